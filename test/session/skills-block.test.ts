import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { connect } from '../../lib/client/connect.ts'
import { skillsReminder } from '../../lib/prompts/index.ts'
import {
  foreignSkillsBlock,
  NO_FOREIGN_SKILLS_BLOCK,
  skillsBlockReplaced,
} from '../../lib/session/messages/skills.ts'
import type { SessionOptions } from '../../lib/session/services.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import { skillsBlock } from '../../lib/skills/format.ts'
import { messageOf } from '../../lib/util/user-error.ts'
import { SKILLS_BLOCK_TITLE } from '../../ui/messages/skills.ts'
import {
  conversation,
  type OpenedSession,
  type SessionDesk,
  transcript,
} from '../support/session.ts'
import { withSession } from '../support/with-session.ts'
import { withWorkbench } from '../support/with-workbench.ts'

const SKILL = '---\nname: Web Scraper\ndescription: Fetches pages politely\n---\n# Web Scraper\n'
const FILES = { '.skills/web/scraper/SKILL.MD': SKILL }
const TRUSTED = { trustThisRun: true }
const NOTES = 'MY PRECIOUS SKILLS NOTES'

interface ForeignAgent {
  readonly agentId: string
  readonly blockId: string
}

/** An agent that another client has created, with a `skills` block. */
async function createForeignAgent(
  desk: Pick<SessionDesk, 'home' | 'endpoint'>,
  value: string,
): Promise<ForeignAgent> {
  return withClient(desk, async (client) => {
    const agent = await client.agents.create({
      model: 'openai/scripted',
      memory_blocks: [{ label: 'skills', value }],
    })
    return { agentId: agent.id, blockId: agent.blocks?.[0]?.id ?? '' }
  })
}

async function withClient<Value>(
  { home, endpoint }: Pick<SessionDesk, 'home' | 'endpoint'>,
  work: (client: Awaited<ReturnType<typeof connect>>['client']) => Promise<Value>,
): Promise<Value> {
  const database = path.join(home, '.letta', 'letta.db')
  const environment = { OPENAI_API_KEY: 'x', OPENAI_BASE_URL: endpoint.url }
  const connection = await connect({ type: 'embedded', database, environment, demo: false })
  try {
    return await work(connection.client)
  } finally {
    await connection.close()
  }
}

describe('The skills block of an agent in two sessions', () => {
  const desk = withSession()

  it('is not reported as out of date when the other one has written the same list', async () => {
    await desk.start([], { files: FILES, options: TRUSTED })
    await desk.session.opened
    desk.write('.skills/other/SKILL.MD', SKILL.replace('Web Scraper', 'Another'))
    const other = desk.again(TRUSTED)
    await other.session.opened
    await desk.session.skills.refresh()
    const { state } = desk.session.store
    expect(transcript(state).filter((line) => line.startsWith('warning'))).to.deep.equal([])
    const values = [state, other.session.store.state].map(
      ({ memory }) => memory.find(({ block }) => block.label === 'skills')?.block.value,
    )
    expect(values[0]).to.equal(values[1]).and.to.include('Another')
  })
})

describe('The skills block of an agent that another program has created', () => {
  const desk = withSession()

  const stored = (blockId: string): Promise<string> =>
    withClient(desk, async (client) => (await client.blocks.retrieve(blockId)).value)
  const reopen = async (
    { agentId }: ForeignAgent,
    options: Partial<SessionOptions> = {},
  ): Promise<OpenedSession> => {
    const other = desk.again({ agent: { id: agentId }, ...TRUSTED, ...options })
    await other.session.opened
    return other
  }
  const found = ({ skills }: SessionState): string =>
    skillsBlock(skills.directory, skills.found, { source: 'project' })
  const reminders = (): readonly boolean[] =>
    desk.endpoint.requests.map((request) =>
      (conversation(request).at(-1) ?? '').includes('Fetches pages politely'),
    )

  for (const [name, value, options] of [
    ['that contains notes', NOTES, {}],
    ['that is empty', '', {}],
    ['in the format of letta', 'Skills Directory: /x\n\n[NO SKILLS AVAILABLE]', {}],
    ['when tools are linked', NOTES, { link: 'link' }],
    ['when tools are unlinked', NOTES, { link: 'unlink' }],
    ['when permissions are bypassed', NOTES, { mode: 'bypassPermissions' }],
  ] as const) {
    it(`is unchanged ${name}, which is reported`, async () => {
      await desk.start([], { files: FILES, options: TRUSTED })
      await desk.session.opened
      const foreign = await createForeignAgent(desk, value)
      const { session } = await reopen(foreign, options)
      await session.skills.refresh()
      expect(await stored(foreign.blockId)).to.equal(value)
      const notices = transcript(session.store.state).filter((line) => line.startsWith('warning'))
      expect(notices).to.deep.equal([`warning: ${foreignSkillsBlock(true).message}`])
    })
  }

  it('is unchanged when the settings of the project name it', async () => {
    await desk.start([], { files: FILES, options: TRUSTED })
    await desk.session.opened
    const foreign = await createForeignAgent(desk, NOTES)
    const project = path.join(desk.project, '../other')
    mkdirSync(path.join(project, '.letta'), { recursive: true })
    const ids = { localSharedBlockIds: { skills: foreign.blockId } }
    writeFileSync(path.join(project, '.letta/settings.json'), JSON.stringify(ids))
    const { session } = desk.again({ directory: project, agent: 'new' })
    await session.opened
    const shared = desk.again({ directory: project, agent: { id: foreign.agentId } })
    await shared.session.opened
    expect(await stored(foreign.blockId)).to.equal(NOTES)
  })

  it('is left out of the memory of a new agent of a project that names it, or unchanged in it', async () => {
    await desk.start([], { files: FILES, options: TRUSTED })
    await desk.session.opened
    const foreign = await createForeignAgent(desk, NOTES)
    const project = path.join(desk.project, '../third')
    mkdirSync(path.join(project, '.letta'), { recursive: true })
    mkdirSync(path.join(project, '.skills/a'), { recursive: true })
    writeFileSync(path.join(project, '.skills/a/SKILL.MD'), SKILL)
    const ids = { localSharedBlockIds: { skills: foreign.blockId } }
    writeFileSync(path.join(project, '.letta/settings.json'), JSON.stringify(ids))
    const { session } = desk.again({ directory: project })
    await session.opened
    expect(await stored(foreign.blockId)).to.equal(NOTES)
  })

  it('is replaced by a reminder before the next message, once until the skills change', async () => {
    await desk.start([{ text: 'One.' }, { text: 'Two.' }, { text: 'Three.' }], {
      files: FILES,
      options: TRUSTED,
    })
    await desk.session.opened
    const foreign = await createForeignAgent(desk, NOTES)
    const other = await reopen(foreign)
    await other.says('Hello')
    await other.says('Again')
    expect(reminders()).to.deep.equal([true, false])
    const [first] = desk.endpoint.requests
    expect(conversation(first).at(-1)).to.contain(
      skillsReminder(found(other.session.store.state)).slice(0, 80),
    )
    expect(transcript(other.session.store.state)).to.include('user: Hello')
    desk.write('.skills/tests/SKILL.MD', SKILL.replace('Web Scraper', 'Test Writer'))
    await other.session.skills.refresh()
    await other.says('And now?')
    expect(reminders()).to.deep.equal([true, false, true])
  })

  it('is not mentioned to an agent whose block contains the skills', async () => {
    await desk.start([{ text: 'One.' }], { files: FILES, options: TRUSTED })
    await desk.says('Hello')
    expect(reminders()).to.deep.equal([false])
  })

  it('is written with the flag, and follows the skills from then on', async () => {
    await desk.start([], { files: FILES, options: TRUSTED })
    await desk.session.opened
    const foreign = await createForeignAgent(desk, NOTES)
    const { session } = await reopen(foreign, { updateSkillsBlock: true })
    expect(await stored(foreign.blockId)).to.equal(found(session.store.state))
    desk.write('.skills/tests/SKILL.MD', SKILL.replace('Web Scraper', 'Test Writer'))
    await reopen(foreign)
    expect(await stored(foreign.blockId)).to.contain('Test Writer')
  })

  it('is replaced after approval only', async () => {
    await desk.start([], { files: FILES, options: TRUSTED })
    await desk.session.opened
    const foreign = await createForeignAgent(desk, NOTES)
    const { session } = await reopen(foreign)
    expect(session.skills.foreignBlock()).to.deep.include({ value: found(session.store.state) })
    await session.skills.adoptBlock()
    expect(await stored(foreign.blockId)).to.equal(found(session.store.state))
    const again = await session.skills.adoptBlock().catch(messageOf)
    expect(again).to.equal(NO_FOREIGN_SKILLS_BLOCK)
  })
})

describe('The review of a skills block', () => {
  let foreign: ForeignAgent
  const opens = withWorkbench({ files: FILES, options: TRUSTED }, (workbench) =>
    workbench
      .perform(({ session }) => session.opened)
      .perform(async (desk) => {
        foreign = await createForeignAgent(desk, NOTES)
        await desk.session.agents.open({ id: foreign.agentId })
      })
      .submit('/skills-block')
      .expectPage(SKILLS_BLOCK_TITLE)
      .expectScreen(`- ${NOTES}`, '+ Description: Fetches pages politely')
      .press('n')
      .expectNoOverlay()
      .expectState('the block', ({ session }) => session.memory[0]?.block.value, NOTES)
      .submit('/skills-block')
      .expectPage(SKILLS_BLOCK_TITLE)
      .press('y')
      .expectNoOverlay()
      .expectState('change', ({ session }) => session.memory[0]?.change?.by, 'skills')
      .expectState('previous value', ({ session }) => session.memory[0]?.change?.before, NOTES),
  )
  it('shows the difference, and changes the block after a yes only', () => opens())
})

describe('The list of skills', () => {
  const desk = withSession()

  it('names the version that has what a person wrote into it, before it is written again', async () => {
    await desk.start([], { files: FILES, ...TRUSTED })
    await desk.session.opened
    const skills = ({ memory }: SessionState) =>
      memory.find(({ block }) => block.label === 'skills')?.block.value ?? ''
    const listed = skills(desk.session.store.state)
    await desk.session.memory.edit('skills', `${listed}\nMine.`, listed)
    const [mine] = await desk.session.memory.versions('skills', { limit: 1, before: null })
    await desk.session.close()
    const next = desk.again()
    const { message } = skillsBlockReplaced(mine?.version ?? -1)
    await next.session.store.when(
      ({ settled, current }) =>
        [...settled, ...current].some((one) => one.type === 'notice' && one.text === message) ||
        undefined,
    )
    expect(skills(next.session.store.state)).to.equal(listed)
  })
})
