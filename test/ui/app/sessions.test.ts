import { expect } from 'chai'
import { DEFAULT_CONVERSATION } from '../../../lib/util/thread.ts'
import { startAttention } from '../../../ui/app/attention.ts'
import { NO_OTHER_CONVERSATION, SENT_ONCE_OPEN } from '../../../ui/messages/conversations.ts'
import { ATTENTION } from '../../../ui/messages/program.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { statusLine } from '../../../ui/view/messages/panes.ts'
import type { Desktop } from '../../support/desktop.ts'
import { createRootStore } from '../../support/root-store.ts'
import { transcript } from '../../support/session.ts'
import { type WorkbenchScript, withWorkbench } from '../../support/with-workbench.ts'

const ASK = { calls: [{ name: 'Bash', args: { command: 'touch made.txt', description: 'make' } }] }
const FIRST = 'Make a file'
const others = ({ workbench }: RootState) =>
  workbench.others.map(({ conversationId, status, tool }) => [conversationId, status, tool])
const conversationOf = ({ session }: RootState): string => session.conversation.id
const isDefault = (state: RootState): boolean => conversationOf(state) === 'default'
const shown = ({ session }: RootState) =>
  transcript(session).filter((one) => !one.startsWith('info'))
const NONE = { running: 0, answered: 0, failed: 0, asking: [] }

/** The approval has had the focus, and the message has it again. */
const askedAside = (workbench: WorkbenchScript): WorkbenchScript =>
  workbench
    .submit('Make a file')
    .expectApproval('Bash')
    .press('end')
    .expectFocus('approval')
    .press('escape')
    .expectFocus('composer')

describe('Several conversations in one workbench', () => {
  let gone = ''

  it(
    'keep their turns when another is shown, and the one that asks is one key away',
    withWorkbench(
      { answers: [ASK, { text: 'Second answer.' }, { text: 'Made it.' }] },
      (workbench) =>
        askedAside(workbench)
          .submit('/new')
          .expectState('the conversation', isDefault, false)
          .expectState('the others', others, [['default', 'approval', 'Bash']])
          .expectScreen(statusLine.others({ ...NONE, asking: [FIRST] }))
          .submit('Another question')
          .expectState('the entries', shown, [
            'user: Another question',
            'assistant: Second answer.',
          ])
          .expectState('the turns', ({ session }) => session.totals.turns, 1)
          .press('alt+n')
          .expectState('the conversation', isDefault, true)
          .press('end')
          .expectFocus('approval')
          .press('y')
          .expectScreen('Made it.')
          .expectState('the others', others, [])
          .press('alt+n')
          .expectFlash(NO_OTHER_CONVERSATION),
    ),
  )

  it(
    'receive what is sent before a new one is open only there, while the one before waits',
    withWorkbench({ answers: [ASK, { text: 'Second answer.' }] }, (workbench) =>
      askedAside(workbench)
        .perform((desk) => {
          for (const text of ['/new', 'For the new one']) desk.types(text).presses('enter')
        })
        .expectFlash(SENT_ONCE_OPEN)
        .expectState('the conversation', isDefault, false)
        .expectState('the entries', shown, ['user: For the new one', 'assistant: Second answer.'])
        .expectState(
          'the queues',
          ({ workbench: { others: all } }) => all.map((one) => one.queued),
          [[]],
        ),
    ),
  )

  it(
    'receive what is sent before a new one is open only there, after an idle one',
    withWorkbench({ answers: [{ text: 'An answer.' }] }, (workbench) =>
      workbench
        .perform((desk) => {
          for (const text of ['/new', 'For the new one']) desk.types(text).presses('enter')
        })
        .expectState('the conversation', isDefault, false)
        .expectState('the entries', shown, ['user: For the new one', 'assistant: An answer.']),
    ),
  )

  it(
    'that do not open leave the message that was sent to them in the editor',
    withWorkbench({}, (workbench) =>
      workbench
        .perform(async ({ session: { conversations, store } }) => {
          await conversations.start()
          await conversations.setTitle('Gone')
          gone = store.state.conversation.id
          await conversations.open('default')
        })
        .submit('/resume')
        .expectScreen('Gone')
        .type('Gone')
        .perform(({ session }) => session.conversations.delete(gone))
        .perform((desk) => desk.presses('enter').types('Not lost').presses('enter'))
        .expectState('the message', ({ workbench: { composer } }) => composer.text, 'Not lost')
        .expectState('the entries', shown, []),
    ),
  )

  let answer = (): void => {}
  const after = new Promise<void>((resolve) => {
    answer = resolve
  })
  it(
    'report an answer that came while another was shown until it is seen',
    withWorkbench({ answers: [{ text: 'Late.', after }] }, (workbench) =>
      workbench
        .submit('Think')
        .submit('/new')
        .expectState('the conversation', isDefault, false)
        .perform(() => answer())
        .expectState('the others', others, [['default', 'answered', null]])
        .expectScreen(statusLine.others({ ...NONE, answered: 1 }))
        .submit('/resume default')
        .expectState('the conversation', isDefault, true)
        .expectState('the entries', shown, ['user: Think', 'assistant: Late.'])
        .expectState('the others', others, []),
    ),
  )

  /** The number of conversations that the server has in addition to the first one, and whether the first one is shown. */
  const stored = async ({ conversations, root }: Desktop) => [
    (await conversations().list())?.length,
    isDefault(root.state),
  ]

  it(
    'are deleted when they are left empty, and begun once only',
    withWorkbench({ answers: [{ text: 'An answer.' }] }, (workbench) =>
      workbench
        .perform(async (desk) => {
          const conversations = desk.conversations()
          await conversations.start()
          const id = conversationOf(desk.root.state)
          await conversations.start()
          expect(conversationOf(desk.root.state)).to.equal(id)
          await conversations.open(DEFAULT_CONVERSATION)
          expect(await stored(desk)).to.deep.equal([0, true])
          await conversations.start()
          await conversations.setTitle('Named')
          await conversations.open(DEFAULT_CONVERSATION)
          expect(await stored(desk)).to.deep.equal([1, true])
          await conversations.start()
          expect(await stored(desk)).to.deep.equal([2, false])
        })
        .submit('Hello')
        .expectScreen('An answer.')
        .expectState('the turn', ({ session }) => session.turn.type, 'idle')
        .perform(async (desk) => {
          await desk.conversations().open(DEFAULT_CONVERSATION)
          expect(await stored(desk)).to.deep.equal([2, true])
          await desk.conversations().start()
          desk.types('A draft')
          await desk.conversations().open(DEFAULT_CONVERSATION)
          expect(await stored(desk)).to.deep.equal([3, true])
        }),
    ),
  )

  it(
    'are deleted when the program ends while they are empty, and the one before is continued',
    withWorkbench({ answers: [{ text: 'An answer.', sticky: true }] }, (workbench) =>
      workbench
        .perform((desk) => desk.conversations().start())
        .submit('Hello')
        .expectScreen('An answer.')
        .expectState('the turn', ({ session }) => session.turn.type, 'idle')
        .perform(async (desk) => {
          const before = conversationOf(desk.root.state)
          await desk.conversations().start()
          expect(conversationOf(desk.root.state)).not.to.equal(before)
          await desk.ends()
          const { session } = desk.again()
          await session.opened
          expect(session.store.state.conversation.id).to.equal(before)
          const rows = (await session.conversations.list()) ?? []
          expect(rows.map(({ id }) => id)).to.deep.equal([before])
        }),
    ),
  )

  it(
    'have the rules and the mode that the user has set for the session',
    withWorkbench({ answers: [ASK] }, (workbench) =>
      askedAside(workbench)
        .dispatch({
          type: 'rule.added',
          list: 'allow',
          rule: { text: 'Bash(touch:*)', source: 'session' },
        })
        .dispatch({ type: 'mode.changed', mode: 'acceptEdits' })
        .submit('/new')
        .expectState('the mode', ({ session }) => session.mode, 'acceptEdits')
        .expectState('the conversation', isDefault, false)
        .expectState(
          'the rules',
          ({ session }) => session.rules.allow.filter(({ source }) => source === 'session'),
          [{ text: 'Bash(touch:*)', source: 'session' }],
        ),
    ),
  )

  it('call a person to a terminal without focus, by the title of the one that asks', () => {
    const root = createRootStore()
    const done: string[] = []
    const terminal = {
      bell: () => void done.push('bell'),
      notify: (text: string) => void done.push(text),
    }
    startAttention(root, terminal, 'auto')
    root.dispatch({ type: 'terminal.focused', focused: false })
    const asking = {
      agentId: 'a',
      agentName: 'Ada',
      conversationId: 'conv-1',
      title: 'Layout',
      status: 'approval',
      tool: 'Bash',
      queued: [],
    } as const
    root.dispatch({ type: 'others.changed', others: [asking], news: asking })
    root.dispatch({ type: 'others.changed', others: [asking], news: null })
    expect(done).to.deep.equal([
      'bell',
      ATTENTION.elsewhere('Layout', ATTENTION.approval('Ada', 'Bash')),
    ])
  })

  it('keep a half written answer to a call for when it is shown again', () => {
    const root = createRootStore()
    const before = root.state.session
    const form = { at: 0, cursor: 0, answers: [] }
    root.dispatch({ type: 'answer.changed', callId: 'call-1', form, writing: null })
    root.dispatch({
      type: 'overlay.opened',
      overlay: {
        type: 'question',
        title: 'Delete?',
        text: '',
        action: { type: 'directory.trust', grants: [] },
      },
    })
    const session = { ...before, conversation: { id: 'conv-1', title: null } }
    root.dispatch({ type: 'session.shown', session })
    expect(root.state.workbench.overlay).to.equal(null)
    expect([...root.state.workbench.approval.forms.keys()]).to.deep.equal([])
    expect(
      [...root.state.workbench.hiddenScreens.values()].map(({ approval }) => [
        ...approval.forms.keys(),
      ]),
    ).to.deep.equal([['call-1']])
  })
})
