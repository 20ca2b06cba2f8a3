import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { ask } from '../../../lib/permissions/verdicts.ts'
import { emptySession, type SessionState } from '../../../lib/session/state/session-state.ts'
import type { TextEdit } from '../../../lib/tools/tool.ts'
import { diffHunks } from '../../../lib/util/unified-diff.ts'
import { startMessageDraftSaver } from '../../../ui/app/message-draft-saver.ts'
import { openMessageDrafts } from '../../../ui/app/message-drafts.ts'
import { draftsNotStored, editsLeft, messagesLeft } from '../../../ui/messages/composer.ts'
import { EVERYTHING } from '../../../ui/state/diff-selection.ts'
import { createEditor, redo, undo } from '../../../ui/state/editor.ts'
import { messageText } from '../../../ui/state/selectors.ts'
import { createRootStore } from '../../support/root-store.ts'

const AGENT = {
  id: 'agent-1',
  name: 'Ada',
  model: 'm',
  contextWindow: null,
  effort: null,
  tools: [],
}

describe('The text of messages that were not sent', () => {
  let home: string
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'letta-message-drafts-'))
  })
  afterEach(() => rmSync(home, { recursive: true, force: true }))

  /** A workbench in a directory, from its start until `close`. */
  const opens = (directory = '/project') => {
    const root = createRootStore()
    const problems: string[] = []
    const drafts = openMessageDrafts(home, directory, () => 0)
    const { stop } = startMessageDraftSaver({ root, drafts, report: (text) => problems.push(text) })
    const workbench = {
      root,
      problems,
      types(text: string) {
        root.dispatch({ type: 'text.edited', editor: createEditor(text), at: 0 })
        return workbench
      },
      queues(...texts: readonly string[]) {
        for (const text of texts) root.dispatch({ type: 'message.queued', id: text, text })
        return workbench
      },
      agent(id = AGENT.id) {
        root.dispatch({ type: 'agent.opened', agent: { ...AGENT, id } })
        return workbench
      },
      conversation(id: string) {
        root.dispatch({ type: 'conversation.opened', conversation: { id, title: null } })
        return workbench
      },
      text: () => root.state.workbench.composer.text,
      close: stop,
    }
    return workbench
  }
  const files = (): readonly string[] => readdirSync(path.join(home, 'message-drafts'))

  it('comes back when the agent is opened again, the queue before the draft', async () => {
    await opens().agent().queues('first', 'second').types('a draft').close()
    const again = opens()
    const later = again.root.when(({ workbench }) => workbench.composer.text || undefined)
    again.agent()
    expect(await later).to.equal('first\n\nsecond\n\na draft')
    await again.close()
    expect(again.root.state.session.queue).to.deep.equal([])
    expect(files()).to.have.lengthOf(1)
  })

  it('is named in a line, with the key that sends it, when its process was killed or had queued messages', async () => {
    await opens().agent().types('a draft').close()
    const quiet = opens().agent()
    await quiet.close()
    expect(notices(quiet.root.state.session)).to.deep.equal([])
    await opens().agent().queues('first').types('a draft').close()
    const again = opens().agent()
    await again.close()
    expect(notices(again.root.state.session)).to.deep.equal([messagesLeft(1, true)])
    for (const file of files()) {
      const name = path.join(home, 'message-drafts', file)
      const gone = { host: hostname(), processId: 2 ** 22 + 1, startedAt: '1' }
      const left = {
        ...JSON.parse(readFileSync(name, 'utf8')),
        queue: [],
        text: 'x',
        process: gone,
      }
      writeFileSync(name, JSON.stringify(left))
    }
    const killed = opens().agent()
    await killed.close()
    expect(notices(killed.root.state.session)).to.deep.equal([messagesLeft(0, true)])
  })

  it('stays before what was typed meanwhile', async () => {
    await opens().types('from before').close()
    const again = opens().types('new')
    again.agent()
    await again.root.when(({ workbench }) => workbench.composer.text !== 'new' || undefined)
    expect(again.text()).to.equal('from before\n\nnew')
    expect(again.root.state.workbench.composer.cursor).to.equal(again.text().length)
    await again.close()
  })

  it('belongs to its directory and its agent', async () => {
    await opens('/a').agent('agent-1').types('for one').close()
    for (const other of [opens('/b').agent('agent-1'), opens('/a').agent('agent-2')]) {
      await other.close()
      expect(other.text()).to.equal('')
    }
    const same = opens('/a').agent('agent-1')
    await same.close()
    expect(same.text()).to.equal('for one')
  })

  it('belongs to its conversation, and comes back when that is opened', async () => {
    await opens().agent().conversation('conv-1').types('for one').close()
    const other = opens().agent().conversation('conv-2')
    await other.close()
    expect(other.text()).to.equal('')
    const same = opens().agent().conversation('conv-2')
    const restored = same.root.when(({ workbench }) => workbench.composer.text || undefined)
    same.conversation('conv-1')
    expect(await restored).to.equal('for one')
    await same.close()
  })

  it('has its pasted texts collapsed as before, and in full in the file', async () => {
    const pasted = 'line\n'.repeat(20)
    const first = opens().agent()
    first.root.dispatch({ type: 'text.pasted', text: pasted, at: 0 })
    const label = first.text()
    await first.close()
    const again = opens()
    const restored = again.root.when(({ workbench }) => workbench.composer.text || undefined)
    again.agent()
    expect(await restored).to.equal(label)
    expect(messageText(again.root.state)).to.equal(pasted)
    await again.close()
  })

  it('has the texts of all its pastes, however many they are, and undoes the parts of one together', async () => {
    const texts = Array.from({ length: 250 }, (_, number) => `${number}\n`.repeat(20))
    const first = opens().agent()
    for (const text of texts) first.root.dispatch({ type: 'text.pasted', text, at: 0 })
    expect(messageText(first.root.state)).to.equal(texts.join(''))
    const [beginning = ''] = texts
    first.root.dispatch({ type: 'text.pasted', text: beginning, at: 0 })
    for (const text of ['and\n', 'on\n'])
      first.root.dispatch({ type: 'text.pasted', text, at: 0, continues: true })
    const all = `${texts.join('')}${beginning}and\non\n`
    expect(messageText(first.root.state)).to.equal(all)
    const editor = undo(first.root.state.workbench.composer)
    first.root.dispatch({ type: 'text.edited', editor, at: 0 })
    expect(messageText(first.root.state)).to.equal(texts.join(''))
    first.root.dispatch({ type: 'text.edited', editor: redo(editor), at: 0 })
    expect(messageText(first.root.state)).to.equal(all)
    await first.close()
  })

  it('contains the answers to questions that wait, and the same questions have them again', async () => {
    const first = opens().agent()
    const answers = [
      { chosen: [1], editor: createEditor('') },
      { chosen: [], editor: createEditor('in my words') },
    ]
    const form = { at: 1, cursor: 2, answers }
    first.root.dispatch({ type: 'answer.changed', callId: 'c1', form, writing: null })
    await first.close()
    const again = opens().agent()
    await again.close()
    expect([...again.root.state.workbench.approval.forms]).to.deep.equal([['c1', form]])
    expect(again.text()).to.equal('')
  })

  it('contains the words in answer to questions that are not asked again', async () => {
    const first = opens().agent()
    const form = { at: 0, cursor: 2, answers: [{ chosen: [], editor: createEditor('my words') }] }
    first.root.dispatch({ type: 'answer.changed', callId: 'c1', form, writing: null })
    await first.close()
    const again = opens().agent()
    await again.root.when(({ workbench }) => workbench.approval.forms.size || undefined)
    again.root.dispatch({
      type: 'turn.finished',
      outcome: { type: 'cancelled', text: '' },
      apiMs: 0,
      at: 0,
      id: 'end',
    })
    expect(again.text()).to.equal('my words')
    await again.close()
  })

  describe('contains the edited text of a call', () => {
    const ASIDE = { before: 'proposed', text: 'aside' }
    const asks = (root: ReturnType<typeof createRootStore>, edited?: TextEdit) => {
      root.dispatch({ type: 'turn.started', turnId: 't', at: 0 })
      const call = { callId: 'c1', host: 'local', tool: 'Write', args: '{}' } as const
      root.dispatch({ type: 'tool.delta', ...call, at: 0 })
      const verdict = ask('')
      const preview = { type: 'arguments', text: '' } as const
      const own = edited === undefined ? {} : { edited }
      const request = { callId: 'c1', label: 'a', preview, verdict, suggestion: null, ...own }
      root.dispatch({ type: 'approval.requested', requests: [request], at: 0 })
    }
    const left = async (edit: (root: ReturnType<typeof createRootStore>) => void) => {
      const first = opens().agent()
      asks(first.root)
      edit(first.root)
      await first.close()
      const again = opens().agent()
      await again.close()
      asks(again.root)
      return again.root.state
    }

    it('while it is typed', async () => {
      const { session, workbench } = await left((root) => {
        const started = { callId: 'c1', before: 'proposed', cursor: 0 }
        root.dispatch({ type: 'approval.editStarted', ...started, text: 'my text' })
      })
      expect([...workbench.approval.drafts]).to.deep.equal([
        ['c1', { before: 'proposed', text: 'my text' }],
      ])
      expect(notices(session)).to.deep.equal([editsLeft(1)])
    })

    it('when it was put aside', async () => {
      const { workbench } = await left((root) =>
        root.dispatch({ type: 'approval.editEnded', callId: 'c1', draft: ASIDE }),
      )
      expect([...workbench.approval.drafts]).to.deep.equal([['c1', ASIDE]])
    })

    it('when it awaits approval', async () => {
      const { workbench } = await left((root) =>
        asks(root, { proposed: 'proposed', text: 'accepted' }),
      )
      expect([...workbench.approval.drafts]).to.deep.equal([
        ['c1', { before: 'proposed', text: 'accepted' }],
      ])
    })

    it('with the proposal of the agent, when an accepted text was edited again', async () => {
      const { workbench } = await left((root) => {
        asks(root, { proposed: 'proposed', text: 'accepted' })
        const draft = { before: 'accepted', text: 'again' }
        root.dispatch({ type: 'approval.editEnded', callId: 'c1', draft })
      })
      const draft = { before: 'proposed', text: 'again' }
      expect([...workbench.approval.drafts]).to.deep.equal([['c1', draft]])
    })

    it('until the call is decided', async () => {
      const { session, workbench } = await left((root) => {
        root.dispatch({ type: 'approval.editEnded', callId: 'c1', draft: ASIDE })
        const decided = { callId: 'c1', allow: false, by: 'person', reason: '' } as const
        root.dispatch({ type: 'approval.decided', ...decided })
      })
      expect(workbench.approval.drafts.size).to.equal(0)
      expect(notices(session)).to.deep.equal([])
    })
  })

  describe('contains which parts of a change were rejected', () => {
    const lines = Array.from({ length: 30 }, (_, at) => `line ${at}\n`)
    const changed = (...numbers: readonly number[]): string =>
      lines.map((line, at) => (numbers.includes(at) ? `new ${at}\n` : line)).join('')
    const asks = (root: ReturnType<typeof createRootStore>, ...numbers: readonly number[]) => {
      root.dispatch({ type: 'turn.started', turnId: 't', at: 0 })
      const call = { callId: 'c1', host: 'local', tool: 'Edit', args: '{}' } as const
      root.dispatch({ type: 'tool.delta', ...call, at: 0 })
      const diff = diffHunks(lines.join(''), changed(...numbers))
      const preview = { type: 'diff', path: 'a', created: false, remark: null, ...diff } as const
      const request = { callId: 'c1', label: 'a', preview, verdict: ask(''), suggestion: null }
      root.dispatch({ type: 'approval.requested', requests: [request], at: 0 })
    }
    const rejected = ({ root }: ReturnType<typeof opens>) => [
      ...(root.state.workbench.approval.selections.get('c1')?.rejected ?? []),
    ]
    const selection = { ...EVERYTHING, rejected: new Set([2, 3]) }

    it('for as long as the change is the same', async () => {
      const first = opens().agent()
      asks(first.root, 2, 20)
      first.root.dispatch({ type: 'approval.partSelected', callId: 'c1', selection })
      await first.close()
      const again = opens().agent()
      await again.close()
      asks(again.root, 2, 20)
      expect(rejected(again)).to.deep.equal([2, 3])
      // The call can be shown first.
      const late = opens()
      late.agent()
      asks(late.root, 2, 20)
      await late.close()
      expect(rejected(late)).to.deep.equal([2, 3])
      const other = opens().agent()
      await other.close()
      asks(other.root, 2, 21)
      expect(rejected(other)).to.deep.equal([])
    })

    it('in a conversation that is not shown when the process ends', async () => {
      const hiding = opens().agent().conversation('conv-1')
      asks(hiding.root, 2, 20)
      hiding.root.dispatch({ type: 'approval.partSelected', callId: 'c1', selection })
      const { directory, startedAt } = hiding.root.state.session
      const session = { ...emptySession(directory, startedAt), agent: AGENT }
      hiding.root.dispatch({ type: 'session.shown', session })
      hiding.types('while another one waits')
      await hiding.close()
      const elsewhere = opens().agent()
      await elsewhere.root.when(({ workbench }) => workbench.composer.text || undefined)
      asks(elsewhere.root, 2, 20)
      expect(rejected(elsewhere)).to.deep.equal([])
      elsewhere.conversation('conv-1')
      await elsewhere.close()
      const back = opens().agent().conversation('conv-1')
      await back.close()
      asks(back.root, 2, 20)
      expect(rejected(back)).to.deep.equal([2, 3])
    })
  })

  it('is not taken from a process that is still at work', async () => {
    const first = opens().agent().types('mine')
    // A queued message is written at once, with the text.
    first.queues('queued')
    const second = opens().agent()
    await second.close()
    expect(second.text()).to.equal('')
    await first.close()
    const third = opens().agent()
    await third.close()
    expect(third.text()).to.equal('queued\n\nmine')
  })

  it('is in a file that only the user can read, and that is removed when nothing is left', async () => {
    await opens().agent().types('secret').close()
    const [file = ''] = files()
    const { mode } = statSync(path.join(home, 'message-drafts', file))
    expect((mode & 0o777).toString(8)).to.equal('600')
    const again = opens().agent()
    await again.root.when(({ workbench }) => workbench.composer.text || undefined)
    await again.types('').close()
    expect(files()).to.deep.equal([])
  })

  it('is written by the next save, though it is the same, when the disk was full before', async () => {
    const drafts = openMessageDrafts(home, '/project', () => 0)
    const thread = { agentId: AGENT.id, conversationId: 'default' }
    const unsent = { queue: [], text: 'mine', pastes: [], answers: [], edits: [], selections: [] }
    rmSync(home, { recursive: true })
    writeFileSync(home, '')
    await drafts.save(thread, unsent).then(
      () => expect.fail('It was saved below a file'),
      () => undefined,
    )
    rmSync(home)
    await drafts.save(thread, unsent)
    expect(files()).to.have.lengthOf(1)
  })

  it('is left out when its file is damaged, and reported once when it cannot be saved', async () => {
    await opens().agent().types('lost').close()
    for (const file of files()) writeFileSync(path.join(home, 'message-drafts', file), '{"text":')
    const again = opens().agent()
    await again.close()
    expect([again.text(), again.problems]).to.deep.equal(['', []])
    home = path.join(home, 'file')
    writeFileSync(home, '')
    const without = opens().agent().types('one').queues('two', 'three')
    await without.close()
    expect(without.problems).to.have.lengthOf(1)
    expect(without.problems[0]).to.include(draftsNotStored(''))
  })
})

function notices({ settled, current }: SessionState): readonly string[] {
  return [...settled, ...current].flatMap((entry) => (entry.type === 'notice' ? [entry.text] : []))
}
