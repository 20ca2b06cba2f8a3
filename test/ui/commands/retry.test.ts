import { NOTHING_TO_RETRY } from '../../../ui/messages/notices.ts'
import { conversationTexts } from '../../../ui/view/messages.ts'
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
          .expectState(
            'messages',
            ({ session: { settled, current } }) =>
              [...settled, ...current].flatMap((one) => (one.type === 'user' ? [one.text] : [])),
            ['Well?', 'Well?'],
          ),
    ),
  )
})
