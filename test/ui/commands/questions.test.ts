import { expect } from 'chai'
import { QUESTIONS_UNANSWERED, questionsAnswered } from '../../../lib/tools/messages/plans.ts'
import {
  ANSWER_IN_MESSAGE,
  ANSWER_QUESTIONS,
  ANSWER_TO_YANK,
  DECLINE_QUESTIONS,
  QUESTION_UNANSWERED,
} from '../../../ui/messages/approvals.ts'
import { COMMAND_TITLES } from '../../../ui/messages/commands.ts'
import { createEditor } from '../../../ui/state/editor.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { questionTexts } from '../../../ui/view/messages/approvals.ts'
import { paneTitles } from '../../../ui/view/messages/panes.ts'
import type { Desktop } from '../../support/desktop.ts'
import { conversation } from '../../support/session.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const database = {
  question: 'Which database?',
  header: 'Storage',
  options: [
    { label: 'SQLite', description: 'One file.' },
    { label: 'Postgres', description: 'A service.' },
  ],
  multiSelect: false,
}
const extras = {
  question: 'Which extras?',
  header: '',
  options: [
    { label: 'Metrics', description: '' },
    { label: 'Tracing', description: '' },
    { label: 'Logs', description: '' },
  ],
  multiSelect: true,
}
const ask = (...questions: readonly unknown[]) => [
  { calls: [{ id: 'c1', name: 'AskUserQuestion', args: { questions } }] },
  { text: 'Understood.' },
]

/** What the agent has received for its call. */
function answerTo({ endpoint }: Desktop): string {
  return conversation(endpoint.requests[1]).at(-1) ?? ''
}
const at = ({ workbench }: RootState): number => workbench.approval.forms.get('c1')?.at ?? 0
const isWriting = ({ workbench }: RootState): boolean => workbench.approval.writing !== null

describe('A question of the agent', () => {
  it(
    'is answered with the option at the cursor by one key, and the agent gets the option as result',
    withWorkbench({ answers: ask(database) }, (workbench) =>
      workbench
        .submit('Go')
        .expectApproval('AskUserQuestion')
        .press('f4')
        .expectScreen(paneTitles.questions, 'Which database?', 'SQLite', questionTexts.ownWords)
        .press('j', 'enter')
        .expectScreen('Understood.')
        .check((desk) =>
          expect(answerTo(desk)).to.include(
            questionsAnswered([database], [{ chosen: [1], text: '' }]),
          ),
        ),
    ),
  )

  it(
    'takes several options and own words, returns to a previous question, and shows all answers before they are sent',
    withWorkbench({ answers: ask(database, extras) }, (workbench) =>
      workbench
        .submit('Go')
        .expectApproval('AskUserQuestion')
        .press('f4', 'enter')
        .expectState('the question', at, 1)
        .press('space', 'j', 'j', 'space', 'j', 'space')
        .expectState('whether an answer is written', isWriting, true)
        .type('jk only locally')
        .press('escape', 'left')
        .expectState('the question', at, 0)
        .expectScreen('(•) SQLite')
        .press('j', 'space', 'enter', 'enter')
        .expectScreen(questionTexts.send, 'Metrics, Logs; jk only locally', 'Postgres')
        .press('enter')
        .expectScreen('Understood.')
        .check((desk) =>
          expect(answerTo(desk)).to.include(
            questionsAnswered(
              [database, extras],
              [
                { chosen: [1], text: '' },
                { chosen: [0, 2], text: 'jk only locally' },
              ],
            ),
          ),
        ),
    ),
  )

  it(
    'with one answer takes own words in place of an option',
    withWorkbench({ answers: ask(database) }, (workbench) =>
      workbench
        .submit('Go')
        .expectApproval('AskUserQuestion')
        .press('f4', 'space', 'o')
        .type('Both')
        .press('enter')
        .expectScreen('Understood.')
        .check((desk) =>
          expect(answerTo(desk)).to.include(
            questionsAnswered([database], [{ chosen: [], text: 'Both' }]),
          ),
        ),
    ),
  )

  it(
    'is not sent while the text is empty and no option is selected',
    withWorkbench({ answers: ask(database) }, (workbench) =>
      workbench
        .submit('Go')
        .expectApproval('AskUserQuestion')
        .press('f4', 'o', 'enter')
        .expectFlash(QUESTION_UNANSWERED)
        .type('Redis')
        .press('enter')
        .expectScreen('Understood.')
        .check((desk) =>
          expect(answerTo(desk)).to.include(
            questionsAnswered([database], [{ chosen: [], text: 'Redis' }]),
          ),
        ),
    ),
  )

  it(
    'is declined with a reason after Escape, which the agent gets',
    withWorkbench({ answers: ask(database) }, (workbench) =>
      workbench
        .submit('Go')
        .expectApproval('AskUserQuestion')
        .press('f4', 'escape')
        .expectPrompt(DECLINE_QUESTIONS.title, '')
        .type('Ask me later')
        .press('enter')
        .expectScreen('Understood.')
        .check((desk) => expect(answerTo(desk)).to.include('Ask me later')),
    ),
  )

  it(
    'waits for the person in the mode that allows everything, and no other approval answers it',
    withWorkbench({ answers: ask(database), options: { mode: 'bypassPermissions' } }, (workbench) =>
      workbench
        .submit('Go')
        .expectApproval('AskUserQuestion')
        .perform(({ session, root }) => {
          session.approvals.allow('c1')
          session.approvals.allowMany(['c1'])
          const decided = { type: 'approval.decided', callId: 'c1', allow: true } as const
          root.dispatch({ ...decided, by: 'rule', reason: '', answers: [] })
        })
        .expectApproval('AskUserQuestion')
        .press('ctrl+p')
        .type(COMMAND_TITLES['approval.allow'])
        .press('enter')
        .expectFlash(ANSWER_QUESTIONS)
        .press('f4', 'enter')
        .expectScreen('Understood.')
        .check((desk) => expect(answerTo(desk)).to.not.include(QUESTIONS_UNANSWERED)),
    ),
  )

  it(
    'is not answered by keys that were pressed before it was shown',
    withWorkbench({ answers: ask(database) }, (workbench) =>
      workbench
        .submit('Go')
        .expectApproval('AskUserQuestion')
        .stopClock()
        .press('f4', 'enter', 'space', 'escape')
        .expectNoOverlay()
        .expectState('the answers', ({ workbench: w }) => w.approval.forms.size, 0)
        .startClock(),
    ),
  )

  it(
    'that is cancelled puts what was written into the empty message',
    withWorkbench({ answers: ask(database) }, (workbench) =>
      workbench
        .submit('Go')
        .expectApproval('AskUserQuestion')
        .press('f4', 'o')
        .type('a long thought')
        .perform(({ session }) => session.turns.cancel())
        .expectState('the phase', ({ session }) => session.turn.type, 'idle')
        .expectNotice(ANSWER_IN_MESSAGE)
        .expectMessage('a long thought'),
    ),
  )

  it(
    'that is cancelled while the message has a text leaves what was written to be pasted, and says so',
    withWorkbench({ answers: ask(database) }, (workbench) =>
      workbench
        .submit('Go')
        .expectApproval('AskUserQuestion')
        .perform(({ root }) => {
          root.dispatch({ type: 'focus.moved', to: 'composer' })
          root.dispatch({ type: 'text.edited', editor: createEditor('draft '), at: 0 })
        })
        .press('f4', 'o')
        .type('a long thought')
        .perform(({ session }) => session.turns.cancel())
        .expectState('the phase', ({ session }) => session.turn.type, 'idle')
        .expectNotice(ANSWER_TO_YANK)
        .expectMessage('draft ')
        .press('f6', 'ctrl+y')
        .expectMessage('draft a long thought'),
    ),
  )

  it(
    'keeps its turn and its text at the first ctrl+c while own words are written',
    withWorkbench({ answers: ask(database) }, (workbench) =>
      workbench
        .submit('Go')
        .expectApproval('AskUserQuestion')
        .press('f4', 'o')
        .type('a long thought')
        .press('ctrl+c')
        .expectState('whether an answer is written', isWriting, false)
        .expectState('the turn', ({ session }) => session.turn.type, 'running')
        .expectScreen('a long thought')
        .press('ctrl+c')
        .expectState('the turn', ({ session }) => session.turn.type, 'idle')
        .expectMessage('a long thought'),
    ),
  )

  it(
    'that is declined puts what was written into the message',
    withWorkbench({ answers: ask(database) }, (workbench) =>
      workbench
        .submit('Go')
        .expectApproval('AskUserQuestion')
        .press('f4', 'o')
        .type('a long thought')
        .press('escape', 'escape')
        .expectPrompt(DECLINE_QUESTIONS.title, '')
        .press('enter')
        .expectScreen('Understood.')
        .expectMessage('a long thought'),
    ),
  )
})
