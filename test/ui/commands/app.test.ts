import { expect } from 'chai'
import { NOT_QUIT_WITH_TEXT, PRESS_AGAIN_TO_QUIT } from '../../../ui/messages/program.ts'
import type { Desktop } from '../../support/desktop.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const done =
  (...expected: readonly string[]) =>
  (desk: Desktop) =>
    expect(desk.done).to.deep.equal(expected)

describe('The key ctrl+c', () => {
  it(
    'clears the message first, then quits when it is pressed twice at once',
    withWorkbench({}, (workbench) =>
      workbench
        .type('draft')
        .press('ctrl+c')
        .expectMessage('')
        .check(done())
        .stopClock()
        .press('ctrl+c')
        .expectFlash(PRESS_AGAIN_TO_QUIT)
        .check(done())
        .press('ctrl+c')
        .check(done('quit')),
    ),
  )

  it(
    'does not quit when the second press comes late',
    withWorkbench({}, (workbench) =>
      workbench
        .press('ctrl+c')
        // Each key takes two seconds of the clock.
        .press('f12')
        .press('ctrl+c')
        .expectFlash(PRESS_AGAIN_TO_QUIT)
        .check(done()),
    ),
  )

  it(
    'cancels a running turn, and keeps the message',
    withWorkbench({ answers: [{ text: 'I begin', hang: true }] }, (workbench) =>
      workbench
        .submit('Go')
        .expectScreen('I begin')
        .type('draft')
        .press('ctrl+c')
        .expectState('the turn', ({ session }) => session.turn.type, 'idle')
        .expectMessage('draft')
        .check(done()),
    ),
  )
})

describe('The key ctrl+d', () => {
  it(
    'deletes a character of a message, and quits when it is empty',
    withWorkbench({}, (workbench) =>
      workbench
        .type('ab')
        .press('home', 'ctrl+d')
        .expectMessage('b')
        .check(done())
        .press('ctrl+d', 'ctrl+d')
        .check(done('quit')),
    ),
  )

  it(
    'reports why it does not quit at the end of a message',
    withWorkbench({}, (workbench) =>
      workbench
        .type('ab')
        .press('ctrl+d')
        .expectFlash(NOT_QUIT_WITH_TEXT)
        .expectMessage('ab')
        .check(done()),
    ),
  )
})

describe('The key escape', () => {
  it(
    'goes back to the message from a side pane without cancelling the turn',
    withWorkbench({ answers: [{ text: 'I begin', hang: true }] }, (workbench) =>
      workbench
        .submit('Go')
        .expectScreen('I begin')
        .press('f2', 'escape')
        .expectFocus('composer')
        .expectState('the turn', ({ session }) => session.turn.type, 'running')
        .press('escape')
        .expectState('the turn', ({ session }) => session.turn.type, 'idle'),
    ),
  )
})
