import { changedLines } from '../../../lib/util/quantities.ts'
import type { Hunk } from '../../../lib/util/unified-diff.ts'
import { changeSince, type LearnedHunk, learnedHunks, selectedHunk } from '../../state/learned.ts'
import type { OverlayOf, RootState } from '../../state/state.ts'
import type { Styles } from '../../theme/styles.ts'
import { learnedTexts } from '../messages/memory.ts'
import { EMPTY_ROW, joinRows, type Row, row, styled } from '../render/row.ts'
import { clean, cleanLine } from '../render/sanitize.ts'
import type { Style } from '../render/style.ts'
import { truncate, wrap } from '../render/wrap.ts'
import type { Size } from '../types.ts'
import { boundKeys } from './key-hints.ts'
import type { PaneOptions } from './pane.ts'

type LearnedOverlay = OverlayOf<'learned'>

/** A blank row and the keys, below the changes. */
const FOOT_ROWS = 2

interface LaidHunk {
  readonly rows: readonly Row[]
  /** Rows above it. */
  readonly top: number
}

/** What the session has learned: all hunks, and the keys of the selected one. */
export function learnedBody(
  state: RootState,
  card: LearnedOverlay,
  size: Size,
  { styles, key }: PaneOptions,
): { readonly rows: readonly Row[]; readonly note?: string } {
  const hunks = learnedHunks(state.session)
  const keys = keysRow(card, hunks.length > 0, size.columns, styles, key)
  if (hunks.length === 0) {
    return { rows: [styled(styles.muted, learnedTexts.none), EMPTY_ROW, keys] }
  }
  const selected = selectedHunk(hunks, card)
  const laid = layHunks(state, hunks, selected, size.columns, styles)
  const rows = laid.flatMap((hunk) => hunk.rows)
  const height = Math.max(1, size.rows - FOOT_ROWS)
  const top = topRow(laid, selected, card.scroll, height)
  const accepted = hunks.filter((one) => state.workbench.memory.accepted.includes(one.key)).length
  return {
    rows: [...rows.slice(top, top + height), EMPTY_ROW, keys],
    note: learnedTexts.position(selected + 1, hunks.length, accepted),
  }
}

/** How far the selected hunk can be scrolled. */
export function lastLearnedScroll(
  state: RootState,
  card: LearnedOverlay,
  size: Size,
  styles: Styles,
): { readonly page: number; readonly last: number } {
  const hunks = learnedHunks(state.session)
  const selected = selectedHunk(hunks, card)
  const laid = layHunks(state, hunks, selected, size.columns, styles)
  const page = Math.max(1, size.rows - FOOT_ROWS - 1)
  return { page, last: Math.max(0, (laid[selected]?.rows.length ?? 0) - page) }
}

/** The selected hunk is visible from its first row, with the ones before it as far as there is room. */
function topRow(
  laid: readonly LaidHunk[],
  selected: number,
  scroll: number,
  height: number,
): number {
  const hunk = laid[selected]
  if (hunk === undefined) return 0
  const last = laid.at(-1)
  const total = last === undefined ? 0 : last.top + last.rows.length
  const wanted = hunk.top + hunk.rows.length - height
  const top = Math.min(hunk.top, Math.max(0, wanted))
  return Math.max(0, Math.min(top + scroll, Math.max(total - height, hunk.top)))
}

function layHunks(
  state: RootState,
  hunks: readonly LearnedHunk[],
  selected: number,
  columns: number,
  styles: Styles,
): readonly LaidHunk[] {
  let top = 0
  return hunks.map((hunk, index) => {
    const isFirst = hunks[index - 1]?.item !== hunk.item
    const isAccepted = state.workbench.memory.accepted.includes(hunk.key)
    const rows = [
      ...(isFirst && index > 0 ? [EMPTY_ROW] : []),
      ...(isFirst ? [blockHeading(hunk, styles, columns)] : []),
      ...hunkRows(hunk, { isSelected: index === selected, isAccepted }, columns, styles),
    ]
    const laid = { rows, top }
    top += rows.length
    return laid
  })
}

function blockHeading({ item, before }: LearnedHunk, styles: Styles, columns: number): Row {
  const counts = styled(styles.muted, `  ${changedLines(changeSince(item, before))}`)
  return truncate(row(styled(styles.heading, cleanLine(item.block.label)), counts), columns)
}

function hunkRows(
  { hunk, item }: LearnedHunk,
  { isSelected, isAccepted }: { readonly isSelected: boolean; readonly isAccepted: boolean },
  columns: number,
  styles: Styles,
): readonly Row[] {
  const bar = isSelected ? styled(styles.accent, '▌') : ' '
  const lines = (sign: string, texts: readonly string[], style: Style): readonly Row[] =>
    texts.flatMap((text) =>
      wrap(styled(style, clean(text)), columns, {
        indent: row(bar, styled(style, `${sign} `)),
        hang: row(bar, '  '),
      }),
    )
  const { above, below } = linesAround(item.block.value, hunk)
  const place = styled(isSelected ? styles.accent : styles.muted, learnedTexts.line(hunk.newStart))
  const mark = isAccepted ? styled(styles.success, `  ${learnedTexts.accepted}`) : ''
  return [
    truncate(row(bar, place, mark), columns),
    ...lines(' ', above, styles.muted),
    ...hunk.lines.flatMap(({ type, text }) =>
      type === 'added'
        ? lines('+', [text], styles.diffAdded)
        : lines('-', [text], styles.diffRemoved),
    ),
    ...lines(' ', below, styles.muted),
  ]
}

/** The unchanged line on either side of a hunk. */
function linesAround(value: string, { newStart, lines }: Hunk) {
  const all = value === '' ? [] : value.split('\n')
  const end = newStart - 1 + lines.filter(({ type }) => type === 'added').length
  const at = Math.max(0, newStart - 2)
  return { above: all.slice(at, newStart - 1), below: all.slice(end, end + 1) }
}

function keysRow(
  { discarded }: LearnedOverlay,
  hasHunks: boolean,
  columns: number,
  styles: Styles,
  key: PaneOptions['key'],
): Row {
  const ofHunk = [
    ['learned.accept', learnedTexts.accept],
    ['learned.discard', learnedTexts.discard],
    ['learned.acceptAll', learnedTexts.acceptAll],
    ['learned.open', learnedTexts.open],
  ] as const
  const keys = [
    ...(hasHunks ? ofHunk : []),
    ...(discarded === null ? [] : [['learned.undo', learnedTexts.undo] as const]),
    ['overlay.close', learnedTexts.close],
  ] as const
  const hints = boundKeys(keys, key).map(([stroke, does]) =>
    row(styled(styles.accent, stroke), ` ${does}`),
  )
  return truncate(joinRows(hints, '   '), columns)
}
