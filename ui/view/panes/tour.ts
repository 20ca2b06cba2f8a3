import { TOUR, TOUR_TEXTS } from '../../messages/tour.ts'
import { TOUR_STEPS } from '../../state/tour.ts'
import { row } from '../render/row.ts'
import { wrap } from '../render/wrap.ts'
import type { Pane } from './pane.ts'

/** The current step of the tour, above the message. */
export const tour: Pane = {
  id: 'tour',
  title: ({ workbench }) => TOUR.title((workbench.tour ?? 0) + 1, TOUR_STEPS.length),
  render({ workbench }, { columns, rows }, { message }) {
    const step = TOUR_STEPS[workbench.tour ?? 0]
    const text = step === undefined ? '' : message(TOUR_TEXTS[step.id])
    const lines = wrap(text, Math.max(1, columns - 2))
    return { rows: lines.slice(0, rows).map((line) => row('  ', line)), note: message(TOUR.keys) }
  },
}
