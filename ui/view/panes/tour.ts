import { resolveReferences } from '../../../lib/util/references.ts'
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
    const lines = wrap(text, textColumns(columns))
    return { rows: lines.slice(0, rows).map((line) => row('  ', line)), note: message(TOUR.keys) }
  },
}

/** Rows of the longest text. Keys and commands are about as long as `ctrl+home`. */
export function tourTextRows(columns: number): number {
  const lengths = Object.values(TOUR_TEXTS).map(
    (text) =>
      wrap(
        resolveReferences(text, () => 'ctrl+home'),
        textColumns(columns),
      ).length,
  )
  return Math.max(...lengths)
}

function textColumns(columns: number): number {
  return Math.max(1, columns - 2)
}
