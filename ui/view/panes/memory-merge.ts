import { authorName } from '../../../lib/session/messages/memory.ts'
import type { MemoryItem, MergePart } from '../../../lib/session/state/memory.ts'
import { chosenLines } from '../../state/merge.ts'
import type { MemoryMerge, MergeChoice } from '../../state/state.ts'
import type { Styles } from '../../theme/styles.ts'
import { memoryTexts } from '../messages/memory.ts'
import { EMPTY_ROW, type Row, row, styled } from '../render/row.ts'
import { clean } from '../render/sanitize.ts'
import type { Style } from '../render/style.ts'
import { fitRow, truncate, wrap } from '../render/wrap.ts'
import type { Size } from '../types.ts'
import { keyHints } from './key-hints.ts'
import type { PaneOptions, PaneView } from './pane.ts'

/** Lines of the merged text around a conflict. */
const CONTEXT_LINES = 2

/** The conflicts of an edit, each with the lines of both sides, and the keys that choose. */
export function mergeView(
  merge: MemoryMerge,
  item: MemoryItem | null,
  size: Size,
  { styles, key }: PaneOptions,
): PaneView {
  // The other side can be older than the newest change.
  const change = item !== null && item.block.value === merge.current ? item.change : null
  const author = change === null ? null : authorName(change.by, change.origin ?? {})
  const groups = partRows({ ...merge, author }, size.columns, styles)
  const hints = hintRows(key, size.columns, styles)
  const height = Math.max(1, size.rows - hints.length)
  const rows = groups.flatMap((group) => group.rows)
  const selected = groups.findIndex(({ conflict }) => conflict === merge.selected)
  const above = groups.slice(0, selected).reduce((sum, group) => sum + group.rows.length, 0)
  const top = Math.max(0, Math.min(above - CONTEXT_LINES, rows.length - height))
  const shown = rows.slice(top, top + height)
  const blank = Array.from({ length: height - shown.length }, () => EMPTY_ROW)
  const note = memoryTexts.conflict(merge.selected + 1, merge.choices.length)
  return { rows: [...shown, ...blank, ...hints].slice(0, size.rows), note }
}

interface PartRows {
  /** The number of the conflict; null for merged lines. */
  readonly conflict: number | null
  readonly rows: readonly Row[]
}

interface ShownMerge extends MemoryMerge {
  /** Who has written the other side; null when that is not known. */
  readonly author: string | null
}

function partRows(merge: ShownMerge, columns: number, styles: Styles): readonly PartRows[] {
  let conflict = 0
  return merge.parts.map((part, index): PartRows => {
    if (part.type === 'merged') {
      const isFirst = index === 0
      const isLast = index === merge.parts.length - 1
      return { conflict: null, rows: contextRows(part.lines, { isFirst, isLast }, columns, styles) }
    }
    const number = conflict++
    return { conflict: number, rows: conflictRows(part, merge, number, columns, styles) }
  })
}

function contextRows(
  lines: readonly string[],
  { isFirst, isLast }: { readonly isFirst: boolean; readonly isLast: boolean },
  columns: number,
  styles: Styles,
): readonly Row[] {
  const head = isFirst ? 0 : CONTEXT_LINES
  const tail = isLast ? 0 : CONTEXT_LINES
  const shown = (some: readonly string[]): readonly Row[] =>
    some.flatMap((line) => wrap(styled(styles.muted, clean(line)), columns, { indent: '    ' }))
  if (lines.length <= head + tail + 1) return shown(lines)
  const left = lines.length - head - tail
  return [
    ...shown(lines.slice(0, head)),
    styled(styles.muted, `    ${memoryTexts.unchangedLines(left)}`),
    ...shown(tail === 0 ? [] : lines.slice(-tail)),
  ]
}

function conflictRows(
  part: Extract<MergePart, { type: 'conflict' }>,
  { choices, selected, author }: ShownMerge,
  number: number,
  columns: number,
  styles: Styles,
): readonly Row[] {
  const choice = choices[number] ?? null
  const name = choice === null ? memoryTexts.undecided : memoryTexts[choice]
  const head = row(
    styled(number === selected ? styles.accent : styles.muted, number === selected ? '▸ ' : '  '),
    styled(styles.strong, `${number + 1}/${choices.length} `),
    styled(choice === null ? styles.warning : styles.success, name),
  )
  const first = number === selected ? styled(styles.selection, fitRow(head, columns)) : head
  if (choice !== null && number !== selected) {
    return [first, ...sideRows('=', chosenLines(part, choice), styles.text, columns)]
  }
  const style = (side: Exclude<MergeChoice, null>, usual: Style): Style =>
    choice === null || choice === side || choice === 'both' ? usual : styles.muted
  return [
    first,
    styled(styles.muted, `  ◀ ${memoryTexts.mine}`),
    ...sideRows('◀', part.mine, style('mine', styles.diffAdded), columns),
    styled(styles.muted, truncate(`  ▶ ${memoryTexts.theirsOf(author)}`, columns)),
    ...sideRows('▶', part.theirs, style('theirs', styles.accent), columns),
  ]
}

function sideRows(
  sign: string,
  lines: readonly string[],
  style: Style,
  columns: number,
): readonly Row[] {
  const indent = styled(style, `  ${sign} `)
  if (lines.length === 0) return [row(indent, styled(style, memoryTexts.noLines))]
  return lines.flatMap((line) =>
    wrap(styled(style, clean(line)), columns, { indent, hang: '    ' }),
  )
}

function hintRows(key: PaneOptions['key'], columns: number, styles: Styles): readonly Row[] {
  const hints = [
    ['memory.takeMine', memoryTexts.mine],
    ['memory.takeTheirs', memoryTexts.theirs],
    ['memory.takeBoth', memoryTexts.both],
    ['memory.editMerge', memoryTexts.editMerge],
    ['memory.saveMerge', memoryTexts.save],
    ['memory.leaveMerge', memoryTexts.back],
  ] as const
  const text = keyHints(hints, key).join(' · ')
  return wrap(styled(styles.muted, text), columns, { indent: ' ', hang: ' ' })
}
