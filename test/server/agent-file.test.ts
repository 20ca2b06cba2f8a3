import { expect } from 'chai'
import fc from 'fast-check'
import {
  notAnAgentFile,
  secondBlock,
  secondLabel,
  unknownBlock,
} from '../../lib/server/messages/api.ts'
import { isRecord } from '../../lib/util/is-record.ts'
import { invalidValues } from '../support/fuzz-values.ts'
import { createAgent, type OpenedServer, openedServer, say } from '../support/letta-server.ts'

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 300)
const CALL = { callId: 'call_1', name: 'Bash', args: '{"command":"ls"}' }

describe('A damaged or hostile agent file', () => {
  let opened: OpenedServer
  let agent = ''
  let file = ''

  before(async () => {
    opened = await openedServer()
    agent = await createAgent(opened.client)
    opened.model.play({ text: 'Hello.' }, { calls: [CALL] })
    for (const text of ['Hi', 'List the files']) {
      await opened.client.agents.messages.create(agent, { messages: say(text) })
    }
    await opened.client.conversations.create({ agent_id: agent, summary: 'Another' })
    file = JSON.stringify(await opened.client.agents.exportFile(agent))
  })
  after(() => opened.close())

  const request = async (path: string, init: RequestInit = {}) => {
    const response = await opened.server.fetch(new Request(`http://embedded.letta/v1${path}`, init))
    return { status: response.status, body: parsed(await response.text()) }
  }
  const imported = (content: string) => {
    const body = new FormData()
    body.append('file', new File([content], 'agent.af'))
    return request('/agents/import', { method: 'POST', body })
  }
  /** What an import must not change, and not add to. */
  const others = async () => {
    const { client } = opened
    const made = await client.agents.retrieve(agent, { include: ['agent.blocks', 'agent.tools'] })
    const tool = (await client.tools.list({ name: 'Bash' })).items[0]
    return JSON.stringify([made, tool?.source_code, tool?.json_schema])
  }

  it('is refused with its place when it has no agents, or when a block of an agent is missing or there twice', async () => {
    const complete = JSON.parse(file)
    const [first] = complete.blocks
    const errorOf = async (content: unknown): Promise<unknown> => {
      const { status, body } = await imported(JSON.stringify(content))
      expect(status).to.equal(400)
      return Object(body)['detail']
    }
    for (const content of [null, []]) {
      expect(await errorOf(content)).to.equal(notAnAgentFile('', ''))
    }
    expect(await errorOf({ ...complete, blocks: complete.blocks.slice(1) })).to.equal(
      notAnAgentFile('agents.0.block_ids', unknownBlock(first.id)),
    )
    expect(await errorOf({ ...complete, blocks: [...complete.blocks, first] })).to.equal(
      notAnAgentFile(`blocks.${complete.blocks.length}.id`, secondBlock(first.id)),
    )
    const [made] = complete.agents
    const agents = [{ ...made, block_ids: [...made.block_ids, 'block-9'] }]
    const blocks = [...complete.blocks, { ...first, id: 'block-9' }]
    expect(await errorOf({ ...complete, agents, blocks })).to.equal(
      notAnAgentFile('agents.0.block_ids', secondLabel(first.label)),
    )
  })

  it('is refused or makes agents that can be read and deleted, and changes no other agent', async () => {
    const before = await others()
    await fc.assert(
      fc.asyncProperty(mutations(file), async (content) => {
        const { status, body } = await imported(content)
        expect(status, JSON.stringify(body)).to.be.within(200, 499)
        const ids: readonly string[] = Object(body)['agent_ids'] ?? []
        for (const id of ids) {
          for (const part of ['', '/context', '/messages', '/core-memory/blocks', '/export']) {
            expect((await request(`/agents/${id}${part}`)).status, part).to.equal(200)
          }
          expect((await request(`/agents/${id}`, { method: 'DELETE' })).status).to.equal(200)
        }
      }),
      { numRuns: RUNS },
    )
    expect(await others()).to.equal(before)
    expect(Object(Object.create({})).polluted).to.equal(undefined)
  })
})

/** The file with one to three of its values removed, or replaced by an invalid value or by another part of the file. */
function mutations(file: string): fc.Arbitrary<string> {
  const parts = partsOf(JSON.parse(file))
  const change = fc.record({
    at: fc.nat(parts.length - 1),
    value: fc.oneof(
      invalidValues,
      fc.constant(undefined),
      fc.nat(parts.length - 1).map((at) => parts[at]?.value),
    ),
  })
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => {
    let changed: unknown = JSON.parse(file)
    for (const { at, value } of changes) changed = replaced(changed, parts[at]?.path ?? [], value)
    return JSON.stringify(changed) ?? ''
  })
}

type Path = readonly (string | number)[]

function partsOf(
  value: unknown,
  path: Path = [],
): readonly { readonly path: Path; readonly value: unknown }[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }]
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return [{ path, value }, ...entries.flatMap(([key, one]) => partsOf(one, [...path, key]))]
}

function replaced(target: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value
  if (Array.isArray(target)) {
    return target.map((one, at) => (at === key ? replaced(one, rest, value) : one))
  }
  if (!isRecord(target) || !Object.hasOwn(target, key)) return target
  return { ...target, [key]: replaced(target[key], rest, value) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
