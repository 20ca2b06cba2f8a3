import { expect } from 'chai'
import { IS_ARCHIVED } from '../../../lib/session/messages/conversations.ts'
import {
  ARCHIVED,
  foundMessagesTitle,
  NOT_ARCHIVED,
  noMessages,
  SEARCH_MESSAGES,
} from '../../../ui/messages/conversations.ts'
import type { Desktop } from '../../support/desktop.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const starts = (desk: Desktop): Promise<void> => desk.session.conversations.start()

describe('The search of all messages', () => {
  it(
    'finds messages of every conversation, and Enter goes to the place',
    withWorkbench(
      { answers: [{ text: 'Tea it is.' }, { text: 'Cats are fine.' }, { text: 'Later.' }] },
      (workbench) =>
        workbench
          .send('I drink tea')
          .perform(starts)
          .send('I have a cat')
          .perform(starts)
          .submit('/search')
          .expectPrompt(SEARCH_MESSAGES.title)
          .type('TEA')
          .press('enter')
          .expectPicker(foundMessagesTitle('TEA'), ['Tea it is.', 'I drink tea'])
          .press('down', 'enter')
          .expectState('the focus', ({ workbench: { focus } }) => focus, 'conversation')
          .expectScreen('I drink tea', 'Tea it is.')
          .expectNotOnScreen('Cats are fine.')
          .press('f6')
          .submit('/search have a cat')
          .expectPicker(foundMessagesTitle('have a cat'), ['I have a cat'])
          .press('enter')
          .expectScreen('Cats are fine.')
          .press('f6')
          .submit('/archive')
          .expectScreen(ARCHIVED)
          .press('f6')
          .submit('/search have a cat')
          .expectPicker(foundMessagesTitle('have a cat'), ['I have a cat'])
          .expectScreen(`· I have a cat · ${IS_ARCHIVED}`)
          .press('enter')
          .expectScreen('Cats are fine.')
          .press('f6')
          .submit('/archive')
          .expectNotice(NOT_ARCHIVED)
          .check(async ({ session }) => {
            const listed = await session.conversations.listAll()
            expect(listed.map(({ title }) => title)).to.include('I have a cat')
          })
          .submit('/search zebra')
          .expectFlash(noMessages('zebra')),
    ),
  )

  it(
    'goes to the older of two messages with the same text',
    withWorkbench({ answers: [{ text: 'One.' }, { text: 'Two.' }] }, (workbench) =>
      workbench
        .send('go on')
        .send('go on')
        .submit('/search go on')
        .expectPicker(foundMessagesTitle('go on'), ['go on', 'go on'])
        .press('down', 'enter')
        .expectNoOverlay()
        .expectScreen(/▎ ▌ go on[^▌]*One\./),
    ),
  )
})
