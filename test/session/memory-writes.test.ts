import { Letta } from '@letta-ai/letta-client'
import { expect } from 'chai'
import { type LettaServe, startLettaServe } from '../support/letta-serve.ts'
import type { OpenedSession } from '../support/session.ts'
import { withSession } from '../support/with-session.ts'

/** A call of each tool of the server that changes memory, all of which it would accept. */
const CALLS = (
  [
    ['memory_insert', { label: 'human', new_string: 'CHANGED' }],
    ['memory_rethink', { label: 'human', new_memory: 'CHANGED' }],
    ['memory_rethink', { label: 'human', target_block_label: 'persona', new_memory: 'CHANGED' }],
    ['memory_replace', { label: 'human', old_string: '', new_string: 'CHANGED' }],
    ['memory', { command: 'insert', path: '/memories/human', insert_text: 'CHANGED' }],
    ['memory', { command: 'insert', path: 'human', insert_text: 'CHANGED' }],
    ['memory', { command: 'create', path: 'own', description: 'd', file_text: 'CHANGED' }],
    ['memory', { command: 'rename', path: '//human', description: 'CHANGED' }],
    ['memory', { command: 'rename', old_path: '/human', new_path: 'CHANGED' }],
    ['memory', { command: 'delete', path: '/memories/human' }],
    ['archival_memory_insert', { content: 'CHANGED' }],
  ] as const
).map(([name, args], at) => ({ id: `c${at}`, name, args }))

describe('The memory that a mode or a rule protects', () => {
  const desk = withSession()
  let letta: LettaServe | null = null
  afterEach(async () => {
    await letta?.stop()
    letta = null
  })

  /** The answer has all calls, of which none is asked about. */
  const changes = async ({ session, says }: OpenedSession): Promise<string> => {
    await session.opened
    const texts = (): string =>
      JSON.stringify(
        session.store.state.memory.map(({ block }) => [
          block.label,
          block.value,
          block.description,
        ]),
      )
    const before = texts()
    await says('Remember this')
    await session.memory.refresh()
    return texts() === before ? 'none' : texts()
  }
  const ANSWERS = [{ calls: CALLS }, { sticky: true, text: 'I see.' }] as const
  const deny = ['Memory(human)', 'Memory(persona)', 'Memory(own)', 'Memory(archival)']

  it('stays as it is on the embedded server, whichever tool changes it', async () => {
    await desk.start(ANSWERS)
    expect(await changes(desk)).to.include('CHANGED')
    await desk.start(ANSWERS, { options: { mode: 'plan' } })
    expect(await changes(desk)).to.equal('none')
    await desk.start(ANSWERS, { options: { disallowed: deny } })
    expect(await changes(desk)).to.equal('none')
  })

  it('stays as it is on a server of letta serve, as another client sees it', async () => {
    for (const protecting of [{ mode: 'plan' as const }, { disallowed: deny }]) {
      await desk.start(ANSWERS)
      await desk.session.opened
      letta = await startLettaServe({ OPENAI_API_KEY: 'x', OPENAI_BASE_URL: desk.endpoint.url })
      const backend = { type: 'selfHosted', url: letta.url, password: letta.token } as const
      const opened = desk.again({ backend, ...protecting })
      expect(await changes(opened)).to.equal('none')
      const client = new Letta({ baseURL: letta.url, apiKey: letta.token ?? '', logLevel: 'off' })
      const agentId = opened.session.store.state.agent?.id ?? ''
      const seen = [
        (await client.agents.blocks.list(agentId)).items,
        await client.agents.passages.list(agentId),
      ]
      expect(JSON.stringify(seen)).to.not.include('CHANGED')
      expect(seen[0]?.map(({ label }: { label?: string | null }) => label)).to.include('human')
      await letta.stop()
      letta = null
    }
  })
})
