import type { RootState } from '../../../ui/state/state.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const queued = ({ session }: RootState): readonly string[] => session.queue.map(({ text }) => text)

describe('A message that is queued while a turn runs', () => {
  it(
    'comes back with the up key, the newest first, and is sent as it was edited',
    withWorkbench(
      { answers: [{ text: 'I begin', hang: true }, { text: 'Both done.' }] },
      (workbench) =>
        workbench
          .submit('Go')
          .expectScreen('I begin')
          .submit('first')
          .submit('secnd')
          .expectState('the queue', queued, ['first', 'secnd'])
          .expectScreen('⋯ first', '⋯ secnd')
          .press('up')
          .expectMessage('secnd')
          .expectState('the queue', queued, ['first'])
          .press('backspace', 'backspace')
          .submit('ond')
          .expectState('the queue', queued, ['first', 'second'])
          .press('up', 'ctrl+u', 'up')
          .expectMessage('first')
          .expectState('the queue', queued, [])
          .press('ctrl+u', 'escape')
          .expectState('the turn', ({ session }) => session.turn.type, 'idle')
          .expectState('the queue', queued, []),
    ),
  )

  it(
    'stays in the queue while another text is edited, and becomes history after it was taken out',
    withWorkbench({ answers: [{ text: 'I begin', hang: true }] }, (workbench) =>
      workbench
        .submit('Go')
        .expectScreen('I begin')
        .submit('later')
        .type('draft')
        .press('up', 'down')
        .expectMessage('draft')
        .expectState('the queue', queued, ['later'])
        .press('ctrl+u', 'up', 'ctrl+u', 'up')
        .expectMessage('later')
        .expectState('the queue', queued, []),
    ),
  )
})
