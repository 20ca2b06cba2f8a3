import { queuePaused } from '../../../lib/session/messages/turns.ts'
import { QUEUE_NOT_PAUSED } from '../../../ui/messages/composer.ts'
import { NOTHING_TO_RETRY } from '../../../ui/messages/entries.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { composerTexts } from '../../../ui/view/messages/composer.ts'
import { conversationTexts } from '../../../ui/view/messages/conversation.ts'
import type { Desktop } from '../../support/desktop.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

describe('A message whose turn has failed', () => {
  it(
    'is sent again by key, which is named below the error',
    withWorkbench(
      {
        answers: [{ error: { status: 401 } }, { text: 'Now it works.' }],
      },
      (workbench) =>
        workbench
          .send('Well?')
          .expectScreen(conversationTexts.retry)
          .press('f5', 'r')
          .expectScreen('Now it works.')
          .expectNotOnScreen(conversationTexts.retry)
          .press('r')
          .expectFlash(NOTHING_TO_RETRY)
          .expectState('messages', sentTexts, ['Well?', 'Well?']),
    ),
  )
})

describe('Messages that were queued behind a turn that fails', () => {
  const REFUSED = { error: { status: 401 } }
  const sendAll = ({ session }: Desktop): void => {
    for (const text of ['one', 'two', 'three']) session.turns.send(text, 'end')
  }
  const paused = composerTexts.queuedFor.paused

  it(
    'wait, and are sent by key or by a new message',
    withWorkbench({ answers: [REFUSED, { text: 'Ok.', sticky: true }] }, (workbench) =>
      workbench
        .perform(sendAll)
        .expectScreen(`${paused}: two`, `${paused}: three`)
        .expectNotice(queuePaused(2))
        .expectState('what was sent', sentTexts, ['one'])
        .press('alt+g')
        .expectState('what was sent', sentTexts, ['one', 'two', 'three'])
        .expectNotOnScreen(paused)
        .press('alt+g')
        .expectFlash(QUEUE_NOT_PAUSED),
    ),
  )

  it(
    'wait again when the next turn fails, and are sent by enter without a text',
    withWorkbench({ answers: [REFUSED, REFUSED, { text: 'Ok.' }] }, (workbench) =>
      workbench
        .perform(sendAll)
        .expectScreen(`${paused}: two`)
        .press('enter')
        .expectState('what was sent', sentTexts, ['one', 'two'])
        .expectScreen(`${paused}: three`)
        .press('enter')
        .expectState('what was sent', sentTexts, ['one', 'two', 'three'])
        .expectScreen('Ok.'),
    ),
  )

  it(
    'come after the failed one that is sent again',
    withWorkbench({ answers: [REFUSED, { text: 'Ok.', sticky: true }] }, (workbench) =>
      workbench
        .perform(sendAll)
        .expectScreen(`${paused}: two`)
        .press('f5', 'r')
        .expectState('what was sent', sentTexts, ['one', 'one', 'two', 'three']),
    ),
  )
})

function sentTexts({ session: { settled, current } }: RootState): readonly string[] {
  return [...settled, ...current].flatMap((one) => (one.type === 'user' ? [one.text] : []))
}
