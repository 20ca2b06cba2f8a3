import { visibleCompletion } from '../../state/completion.ts'
import type { RootState } from '../../state/state.ts'
import { completionTexts } from '../messages/composer.ts'
import { type Row, row, styled } from '../render/row.ts'
import { cleanLine } from '../render/sanitize.ts'
import type { Style } from '../render/style.ts'
import { textWidth } from '../render/width.ts'
import { fitRow, truncate } from '../render/wrap.ts'
import type { PlacedContent, Rect } from '../types.ts'
import { markedLetters } from './marked-letters.ts'
import type { PaneOptions } from './pane.ts'

const MAX_ROWS = 8
const MAX_COLUMNS = 92

/** The suggestions while a command or a file is typed, above the message. */
export function renderCompletion(
  state: RootState,
  composer: Rect,
  options: PaneOptions,
): PlacedContent | null {
  const open = visibleCompletion(state)
  const height = Math.min(open?.items.length ?? 0, MAX_ROWS, composer.y - 2)
  if (open === null || height < 1) return null
  const columns = Math.min(composer.columns, MAX_COLUMNS)
  const { items, selected } = open
  const top = firstShown(open, height)
  const shown = items.slice(top, top + height)
  const { styles, key } = options
  const edge = styles.border
  const inner = Math.max(1, columns - 4)
  const widest = Math.max(...shown.map(({ title }) => textWidth(cleanLine(title))))
  const titleColumns = Math.min(widest, inner - 2)
  const lines = shown.map(({ title, detail }, index): Row => {
    const isSelected = index + top === selected
    const letters = markedLetters(cleanLine(title), open.trigger.query, styles, isSelected)
    const name = styled(styles.text, fitRow(letters, titleColumns))
    const mark = isSelected ? '▸ ' : '  '
    const line = row(mark, name, '  ', styled(styles.muted, cleanLine(options.message(detail))))
    const fitted = fitRow(truncate(line, inner), inner)
    const shown = isSelected ? styled(styles.selection, fitted) : fitted
    return row(styled(edge, '│'), ' ', shown, ' ', styled(edge, '│'))
  })
  const accept = key('completion.accept')
  const hint = accept === null ? '' : completionTexts.insert(accept)
  const place =
    selected < 0
      ? completionTexts.total(items.length)
      : completionTexts.position(selected + 1, items.length)
  const note = items.length > height ? place : ''
  const words = [hint, note].filter(Boolean).join(' · ')
  const rows = [ruled('╭', '╮', '', columns, edge), ...lines, ruled('╰', '╯', words, columns, edge)]
  const rect = { x: composer.x, y: composer.y - rows.length, columns, rows: rows.length }
  const fitted = rows.map((line) => truncate(line, columns))
  return { rect, render: () => ({ rows: fitted }) }
}

type Suggestions = NonNullable<ReturnType<typeof visibleCompletion>>

function firstShown({ items, selected }: Suggestions, height: number): number {
  return Math.max(0, Math.min(selected - Math.floor(height / 2), items.length - height))
}

/** The index of the suggestion in a row of the box, which has this many with its borders; null outside of them. */
export function suggestionAt(open: Suggestions, boxRows: number, row: number): number | null {
  const height = boxRows - 2
  const isInside = row >= 1 && row <= height
  return isInside ? firstShown(open, height) + row - 1 : null
}

function ruled(left: string, right: string, words: string, columns: number, edge: Style): Row {
  const note = words === '' ? '' : ` ${words} ─`
  const line = '─'.repeat(Math.max(0, columns - 2 - textWidth(note)))
  return styled(edge, `${left}${line}${note}${right}`)
}
