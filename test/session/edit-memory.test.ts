import { symlinkSync } from 'node:fs'
import { expect } from 'chai'
import { OUTSIDE_PROJECT } from '../../lib/fs/messages.ts'
import { blockNotFound, blockTooLong } from '../../lib/memory/messages.ts'
import type { MemoryItem } from '../../lib/session/state/memory.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import { systemOf } from '../support/session.ts'
import { withSession } from '../support/with-session.ts'

describe('The memory of a session', () => {
  const desk = withSession()

  const item = ({ memory }: SessionState, label: string): MemoryItem => {
    const found = memory.find(({ block }) => block.label === label)
    if (found === undefined) throw new Error(`no block ${label}`)
    return found
  }
  const now = (): SessionState => desk.session.store.state
  const SKILL = '---\nname: Web Scraper\ndescription: Fetches pages politely\n---\n# Web Scraper\n'

  it('shows at once what the agent remembers, and the previous value', async () => {
    await desk.start([
      {
        calls: [
          {
            id: 'c1',
            name: 'memory_rethink',
            args: { label: 'human', new_memory: 'Name: Ada' },
          },
        ],
      },
      { text: 'Nice to meet you, Ada.', hang: true },
    ])
    await desk.session.opened
    const before = item(now(), 'human')
    desk.session.turns.send('I am Ada')
    const changed = await desk.session.store.when((state) => {
      const found = item(state, 'human')
      return found.change === null ? undefined : found
    })
    expect(now().turn.type).to.equal('running')
    expect(changed).to.deep.equal({
      block: { ...before.block, value: 'Name: Ada' },
      change: {
        before: before.block.value,
        by: 'agent',
        at: changed.change?.at,
        origin: { agentId: now().agent?.id, callId: 'c1', tool: 'memory_rethink' },
      },
    })
  })

  it('does not ask about a change of memory without a rule or a setting', async () => {
    await desk.start([
      {
        calls: [
          { id: 'c1', name: 'memory_insert', args: { label: 'human', new_string: 'Likes tea.' } },
        ],
      },
      { text: 'Noted.' },
    ])
    const state = await desk.says('I like tea')
    const call = state.settled.find((entry) => entry.type === 'tool')
    expect(call?.type === 'tool' && [call.call.host, call.call.phase.type]).to.deep.equal([
      'local',
      'finished',
    ])
    const value = await desk.session.store.when((later) => {
      const { block, change } = item(later, 'human')
      return change === null ? undefined : block.value
    })
    expect(value).to.match(/Likes tea\.$/)
  })

  it('contains the edit of the user in the next prompt', async () => {
    await desk.start([{ text: 'One.' }, { text: 'Two.' }])
    await desk.says('Hello')
    const { block } = item(now(), 'human')
    const saved = await desk.session.memory.edit('human', 'Name: Grace', block.value)
    const expected = { ...block, value: 'Name: Grace' }
    expect(saved).to.deep.equal({ type: 'saved', block: expected, isMerged: false })
    const { change } = item(now(), 'human')
    expect(change).to.deep.equal({ before: block.value, by: 'user', at: change?.at })
    await desk.says('Who am I?')
    const [first, second] = desk.endpoint.requests.map(systemOf)
    expect([first?.includes('Name: Grace'), second?.includes('Name: Grace')]).to.deep.equal([
      false,
      true,
    ])
  })

  it('merges an edit with a change in other lines, and shows who made that', async () => {
    await desk.start()
    await desk.session.opened
    const { block } = item(now(), 'human')
    await desk.session.memory.edit('human', 'one\ntwo\nthree', block.value)
    const other = desk.again()
    await other.session.opened
    await other.session.memory.edit('human', 'one\ntwo\nTHREE', 'one\ntwo\nthree')
    const changes: unknown[] = []
    desk.session.store.subscribe((_, event) => {
      if (event.type === 'memory.changed') {
        changes.push([event.block.value, event.by, event.origin?.isOther])
      }
    })
    const saved = await desk.session.memory.edit('human', 'ONE\ntwo\nthree', 'one\ntwo\nthree')
    expect([saved.type, saved.type === 'saved' && saved.isMerged]).to.deep.equal(['saved', true])
    expect(changes).to.deep.equal([
      ['one\ntwo\nTHREE', 'user', true],
      ['ONE\ntwo\nTHREE', 'user', undefined],
    ])
  })

  it('saves nothing of an edit of lines that have changed meanwhile', async () => {
    await desk.start()
    await desk.session.opened
    const { block } = item(now(), 'human')
    const other = desk.again()
    await other.session.opened
    await other.session.memory.edit('human', 'Name: Grace', block.value)
    const result = await desk.session.memory.edit('human', 'Name: Ada', block.value)
    expect(result.type).to.equal('conflict')
    expect(result.type === 'conflict' && result.current.value).to.equal('Name: Grace')
    expect(item(now(), 'human').block.value).to.equal('Name: Grace')
    const again = await desk.session.memory.edit('human', 'Name: Ada', 'Name: Grace')
    expect([again.type, item(now(), 'human').block.value]).to.deep.equal(['saved', 'Name: Ada'])
  })

  it('rejects a value that is longer than the limit, and an unknown block', async () => {
    await desk.start()
    await desk.session.opened
    const { block } = item(now(), 'human')
    const messages = await Promise.all(
      [
        desk.session.memory.edit('human', 'x'.repeat(block.limit + 1), block.value),
        desk.session.memory.edit('nothing', 'x', ''),
      ].map((saving) => saving.then(String, (thrown: Error) => thrown.message)),
    )
    expect(messages).to.deep.equal([
      blockTooLong('human', block.limit + 1, block.limit),
      blockNotFound('nothing'),
    ])
    expect(item(now(), 'human').block.value).to.equal(block.value)
  })

  it('lists the skills of the project from the first start', async () => {
    await desk.start([{ text: 'One.' }], {
      files: { '.skills/web/scraper/SKILL.MD': SKILL },
      options: { trustThisRun: true },
    })
    const state = await desk.says('Hello')
    expect(state.skills.found.map(({ id, name }) => [id, name])).to.deep.equal([
      ['web/scraper', 'Web Scraper'],
    ])
    const { block } = item(state, 'skills')
    expect(block.value).to.contain('Fetches pages politely')
    expect(systemOf(desk.endpoint.requests[0])).to.contain(block.value)
  })

  it('has an updated skills block at the next start', async () => {
    await desk.start()
    await desk.session.opened
    await desk.session.close()
    desk.write('.skills/web/scraper/skill.md', SKILL)
    const next = desk.again({ trustThisRun: true })
    await next.session.opened
    const { block, change } = item(next.session.store.state, 'skills')
    expect([block.value.includes('Fetches pages politely'), change?.by]).to.deep.equal([
      true,
      'skills',
    ])
  })

  it('follows the skills directory while the session is open', async () => {
    await desk.start([], {
      files: { '.skills/web/scraper/SKILL.MD': SKILL },
      options: { watch: true, trustThisRun: true },
    })
    await desk.session.opened
    desk.write('.skills/tests/SKILL.MD', SKILL.replace('Web Scraper', 'Test Writer'))
    const value = await desk.session.store.when((state) => {
      const found = item(state, 'skills').block.value
      return found.includes('Test Writer') ? found : undefined
    })
    expect(value).to.contain('Web Scraper')
  })

  it('lists the skills of another directory when one is given', async () => {
    await desk.start([], { files: { 'more/deploy/SKILL.MD': SKILL } })
    await desk.session.opened
    const next = desk.again({ skills: `${desk.project}/more` })
    await next.session.opened
    const { skills } = next.session.store.state
    expect([skills.directory, skills.found.map(({ id }) => id)]).to.deep.equal([
      `${desk.project}/more`,
      ['deploy'],
    ])
  })

  it('lists more skills than the block can contain, each as briefly as necessary', async () => {
    const many = Array.from({ length: 110 }, (_, index) => [
      `.skills/s${index}/SKILL.MD`,
      `---\nname: S\ndescription: ${'d'.repeat(1000)}\n---\n`,
    ])
    await desk.start([], { files: Object.fromEntries(many) })
    await desk.session.opened
    const { block } = item(now(), 'skills')
    expect(block.value.match(/ID: /g)?.length).to.equal(110)
    expect(block.value.length).to.be.below(block.limit)
  })

  it('does not follow a link of the project to skills elsewhere', async () => {
    await desk.start([], { files: { '../elsewhere/a/SKILL.MD': SKILL } })
    await desk.session.opened
    await desk.session.close()
    symlinkSync(`${desk.project}/../elsewhere`, `${desk.project}/.skills`)
    const next = desk.again()
    await next.session.opened
    const { skills } = next.session.store.state
    expect(skills.found).to.deep.equal([])
    expect(skills.problems).to.deep.equal([
      {
        path: `${desk.project}/.skills`,
        message: OUTSIDE_PROJECT,
      },
    ])
  })
})
