import type { Preview } from '../../../lib/tools/tool.ts'
import type { Hunk } from '../../../lib/util/unified-diff.ts'
import type { RenderOptions } from './formatter.ts'
import { languageOf } from './highlight-code.ts'

export type DiffPreview = Extract<Preview, { type: 'diff' }>

/** How a diff is shown. */
export interface DiffView {
  /** Old and new text next to each other, where there is room. */
  readonly isSplit: boolean
  /** Long lines are wrapped; otherwise they are cut. */
  readonly isWrapped: boolean
  /** All blanks are visible, not only those that a change concerns. */
  readonly showsBlanks: boolean
}

export const PLAIN_VIEW: DiffView = { isSplit: false, isWrapped: true, showsBlanks: false }

export type DiffOptions = RenderOptions & { readonly view: DiffView }

/** The options that a diff is laid out with. */
export interface DiffPage extends RenderOptions {
  readonly columns: number
  readonly view: DiffView
  readonly language: string
  /** By `isAllNew`. */
  readonly isNew: boolean
  /** The width of a line number in cells; 0 hides the old one. */
  readonly oldDigits: number
  readonly newDigits: number
  /** Columns for the text of a line. */
  readonly room: number
}

/** Whether the only hunk is all of a file that is created, so that it has no header. */
export function isAllNew({ created, hunks }: Pick<DiffPreview, 'created' | 'hunks'>): boolean {
  return created && hunks.length === 1
}

export function pageFor(
  { path, hunks, created }: DiffPreview,
  columns: number,
  { styles, formatter, view }: DiffOptions,
): DiffPage {
  const oldDigits = digitsOf(hunks, 'oldNumber')
  const newDigits = digitsOf(hunks, 'newNumber')
  const language = languageOf(path)
  const isNew = isAllNew({ created, hunks })
  const page = { columns, styles, formatter, view, language, isNew }
  return columns < TWO_NUMBERS_COLUMNS
    ? withRoom({ ...page, oldDigits: 0, newDigits: Math.max(oldDigits, newDigits) })
    : withRoom({ ...page, oldDigits, newDigits })
}

/** The digits of the last line number, which is the largest. */
function digitsOf(hunks: readonly Hunk[], side: 'oldNumber' | 'newNumber'): number {
  for (const { lines } of hunks.toReversed()) {
    const last = lines.findLast((line) => line[side] !== null)?.[side]
    if (last !== undefined) return String(last).length
  }
  return 0
}

export function withRoom(page: Omit<DiffPage, 'room'>): DiffPage {
  const { oldDigits, newDigits } = page
  const gutter = columnsOf(oldDigits) + columnsOf(newDigits) + SIGN.length
  return { ...page, room: Math.max(MIN_ROOM_COLUMNS, page.columns - gutter) }
}

function columnsOf(digits: number): number {
  return digits === 0 ? 0 : digits + 1
}

const SIGN = '+ '
const MIN_ROOM_COLUMNS = 8

/** Below this width there is room for only one column of numbers. */
const TWO_NUMBERS_COLUMNS = 60
