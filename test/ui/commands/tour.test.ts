import { TOUR, TOUR_TEXTS } from '../../../ui/messages/tour.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { TOUR_STEPS } from '../../../ui/state/tour.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

describe('The tour', () => {
  const step = ({ workbench }: RootState): string | null =>
    workbench.tour === null ? null : (TOUR_STEPS[workbench.tour]?.id ?? 'none')
  const title = (id: string): string =>
    TOUR.title(TOUR_STEPS.findIndex((one) => one.id === id) + 1, TOUR_STEPS.length)

  it(
    'has nine steps, each of which ends when the person has done what it asks for',
    withWorkbench({ answers: [{ text: 'Noted.' }] }, (workbench) =>
      workbench
        .submit('/tour')
        .expectState('step', step, 'write')
        .expectScreen(title('write'))
        .send('Remember that I like short answers.')
        .expectState('step', step, 'entries')
        .press('f5', 'k', 'enter')
        .expectState('step', step, 'entries')
        .press('escape')
        .expectState('step', step, 'memory')
        .press('alt+2')
        .expectState('step', step, 'authors')
        .press('right', 'b')
        .expectState('step', step, 'edit')
        .press('e')
        .expectState('step', step, 'edit')
        .press('escape')
        .expectState('step', step, 'changes')
        .press('alt+3')
        .expectState('step', step, 'shell')
        .press('alt+1')
        .submit('!true')
        .expectState('step', step, 'palette')
        .press('ctrl+p')
        .expectState('step', step, 'palette')
        .press('escape')
        .expectState('step', step, 'help')
        .expectScreen(title('help'))
        .press('f1', 'escape')
        .expectState('step', step, null)
        .expectNotOnScreen(title('help')),
    ),
  )

  it(
    'shows the next step when its key is pressed, and ends after the last one',
    withWorkbench({}, (workbench) =>
      workbench
        .submit('/tour')
        .press(...TOUR_STEPS.slice(1).map(() => 'alt+t'))
        .expectState('step', step, 'help')
        .press('alt+t')
        .expectState('step', step, null)
        .expectFlash(TOUR.ended)
        .press('alt+t')
        .expectState('step', step, null),
    ),
  )

  it(
    'ends when it is asked for again, and shows keys of the keymap in use',
    withWorkbench({}, (workbench) =>
      workbench
        .submit('/tour')
        .press('alt+t', 'alt+t')
        .expectScreen(TOUR_TEXTS.memory.replace('{{key:page.memory}}', 'alt+2').slice(0, 40))
        .submit('/tour')
        .expectState('step', step, null),
    ),
  )

  for (const size of [
    { columns: 60, rows: 15 },
    { columns: 80, rows: 24 },
    { columns: 140, rows: 45 },
  ]) {
    it(
      `shows each of its texts in full with ${size.columns} columns and ${size.rows} rows`,
      withWorkbench({}, (workbench) =>
        TOUR_STEPS.reduce(
          (script, { id }) =>
            script.expectState('step', step, id).expectScreen(lastWords(id)).press('alt+t'),
          workbench.dispatch({ type: 'viewport.changed', size }).submit('/tour'),
        ),
      ),
    )
  }

  it(
    'reports what size it requires when the screen is too small, and does not begin unseen',
    withWorkbench({}, (workbench) =>
      workbench
        .dispatch({ type: 'viewport.changed', size: { columns: 60, rows: 12 } })
        .submit('/tour')
        .expectState('step', step, null)
        .expectFlash(TOUR.tooSmall(60, 15)),
    ),
  )
})

/** The last word of the text, which has no key in it. */
function lastWords(id: keyof typeof TOUR_TEXTS): string {
  return TOUR_TEXTS[id].split(' ').at(-1) ?? ''
}
