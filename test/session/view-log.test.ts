import { appendFileSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { INSTRUCTIONS_NOT_TRUSTED } from '../../lib/session/messages/settings.ts'
import { runningElsewhere } from '../../lib/session/messages/turns.ts'
import type { Entry } from '../../lib/session/state/entry.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import { entryNote } from '../../ui/view/panes/entry-note.ts'
import { withSession } from '../support/with-session.ts'

const SECRET = 'sk-test-0123456789abcdef0123456789abcdef'
const FAILED = {
  error: { status: 400, body: { error: { message: `Not with ${SECRET}`, type: 'invalid' } } },
}

/** What a person sees of an entry, in addition to its text. */
function shown(state: SessionState) {
  return state.settled.filter(isOfConversation).map((entry) => ({
    type: entry.type,
    note: entryNote(entry, state),
    text: 'text' in entry ? entry.text : entry.call.args,
    outcome: entry.type === 'user' ? entry.outcome : null,
    tookMs:
      entry.type === 'tool' && entry.call.phase.type === 'finished'
        ? entry.call.phase.tookMs
        : null,
    status: entry.type === 'shellLine' ? entry.status : null,
  }))
}

const isOfConversation = (entry: Entry): boolean =>
  entry.type !== 'notice' || entry.level !== 'info'

describe('A conversation that is opened again', () => {
  const desk = withSession()
  const start = () =>
    desk.start(
      [
        { calls: [{ id: 'c1', name: 'Bash', args: { command: 'echo one' } }] },
        { text: 'Done.', usage: { prompt: 5000, completion: 20 } },
        FAILED,
      ],
      { options: { mode: 'bypassPermissions' } },
    )
  const directory = () => join(desk.home, '.letta/view-log')
  const files = () => readdirSync(directory()).map((name) => join(directory(), name))

  it('does not contain notices that were true only at that moment', async () => {
    await desk.start([{ sticky: true, text: 'Hello.' }], {
      files: { 'AGENTS.md': 'Be brief.\n' },
      options: { surroundings: true },
    })
    const reports = ({ settled }: SessionState) =>
      settled.filter(
        (one) => one.type === 'notice' && one.text === INSTRUCTIONS_NOT_TRUSTED.message,
      )
    await desk.says('One')
    expect(reports(await desk.says('Two'))).to.have.length(1)
    await desk.session.close()
    const { session } = desk.again({ surroundings: true, trustThisRun: true })
    await session.opened
    expect(session.store.state.settled.some(({ type }) => type === 'assistant')).to.equal(true)
    expect(reports(session.store.state)).to.deep.equal([])
  })

  it('looks as before: with durations, costs, failed messages, errors and shell lines', async () => {
    await start()
    await desk.says('Run it')
    desk.session.shellLines.run('echo two', true)
    await desk.session.store.when(({ settled }) =>
      settled.find((entry) => entry.type === 'shellLine' && entry.status.type === 'finished'),
    )
    await desk.says('And this')
    const before = desk.session.store.state
    await desk.session.close()
    const { session } = desk.again()
    await session.opened
    const after = session.store.state
    expect(shown(after)).to.deep.equal(shown(before))
    expect(shown(after).map(({ type }) => type)).to.deep.equal([
      'user',
      'tool',
      'assistant',
      'shellLine',
      'user',
      'notice',
    ])
    expect(shown(after)[2]?.note).to.match(/^scripted · 5k tokens/)
    // An earlier turn is no turn of this session.
    expect(after.turnLog).to.deep.equal([])
  })

  it('looks as before after another start in between, which has reported what each start reports', async () => {
    await start()
    await desk.says('Run it')
    await desk.session.close()
    const second = desk.again().session
    await second.opened
    await second.close()
    const before = files().map((file) => readFileSync(file, 'utf8'))
    expect(before).to.have.length(1)
    const third = desk.again().session
    await third.opened
    expect(files().map((file) => readFileSync(file, 'utf8'))).to.deep.equal(before)
  })

  it('does not repeat that another session was at work', async () => {
    await start()
    await desk.says('Run it')
    const { notify, store } = desk.session
    notify('info', 'That is stored.')
    const text = runningElsewhere('model', 4711)
    const notice = { level: 'info', text, hint: null, isMomentary: true } as const
    store.dispatch({ type: 'notice.posted', id: 'n-1', ...notice })
    await desk.session.close()
    const { session } = desk.again()
    await session.opened
    const notices = session.store.state.settled.filter(({ type }) => type === 'notice')
    expect(notices.map((entry) => 'text' in entry && entry.text))
      .to.include('That is stored.')
      .and.not.include(text)
  })

  it('is restored from a file that only its user can read, and that has no keys', async () => {
    await start()
    await desk.says('Run it')
    await desk.says('And this')
    await desk.session.close()
    const [file = ''] = files()
    expect(statSync(file).mode & 0o777).to.equal(0o600)
    expect(readFileSync(file, 'utf8')).to.include('Not with').and.not.include(SECRET)
  })

  it('opens also when the file has lines that are no records, or bytes that are no text', async () => {
    await start()
    await desk.says('Run it')
    await desk.session.close()
    const [file = ''] = files()
    appendFileSync(file, '{"type":"call","key":"x","tookMs":-1}\n{"type":"entry"\n[]\n')
    appendFileSync(file, Buffer.from([0xc3, 0x28, 0xff, 0x0a]))
    const { session } = desk.again()
    await session.opened
    expect(shown(session.store.state).map(({ type }) => type)).to.deep.equal([
      'user',
      'tool',
      'assistant',
    ])
  })

  it('shows durations, costs, failures and shell lines also in a fork of it, up to where it was forked', async () => {
    await start()
    await desk.says('Run it')
    desk.session.shellLines.run('echo two', true)
    await desk.session.store.when(({ settled }) =>
      settled.find((entry) => entry.type === 'shellLine' && entry.status.type === 'finished'),
    )
    await desk.says('And this')
    const original = desk.session.store.state
    await desk.session.conversations.fork()
    const fork = desk.session.store.state
    expect(fork.conversation.id).to.not.equal(original.conversation.id)
    const all = shown(original)
    expect(shown(fork)).to.deep.equal(all)
    const last = fork.settled.findLast(({ type }) => type === 'user')
    await desk.session.conversations.fork({ before: last?.id ?? '' })
    expect(shown(desk.session.store.state)).to.deep.equal(all.slice(0, 4))
  })

  it('shows in a fork before a message what belongs to it, also where what follows says the same', async () => {
    const done = (completion: number) => ({ text: 'Done.', usage: { prompt: 10, completion } })
    await desk.start([done(1), done(22), done(333)])
    await desk.says('One')
    await desk.says('Two')
    await desk.says('Three')
    const original = desk.session.store.state
    const before = shown(original)
    const second = original.settled.filter(({ type }) => type === 'user')[1]
    await desk.session.conversations.fork({ before: second?.id ?? '' })
    expect(shown(desk.session.store.state)).to.deep.equal(before.slice(0, 2))
  })
})
