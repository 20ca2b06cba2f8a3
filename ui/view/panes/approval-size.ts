import type { ToolCall } from '../../../lib/session/state.ts'
import type { Preview } from '../../../lib/tools/tool.ts'
import { textWidth } from '../render/width.ts'

/** Title, reasons, answers and the lines between them. */
const AROUND = 8
/** Cells that numbers and signs of a diff take, at most. */
const GUTTER = 14

/** About how many rows a call needs to be judged, counted no further than `most`: the screen is shared out by it. */
export function rowsNeeded({ phase }: ToolCall, columns: number, most: number): number {
  if (phase.type !== 'waiting') return AROUND
  const careful = phase.danger === undefined ? 0 : 1
  return AROUND + careful + previewRows(phase.preview, columns, most)
}

function previewRows(preview: Preview, columns: number, most: number): number {
  let rows = 0
  for (const [line, margin] of linesOf(preview, most * columns)) {
    rows += Math.max(1, Math.ceil(textWidth(line) / Math.max(1, columns - margin)))
    if (rows >= most) break
  }
  return rows
}

function* linesOf(
  preview: Preview,
  most: number,
): Generator<readonly [line: string, margin: number]> {
  if (preview.type !== 'diff') {
    for (const line of textOf(preview).slice(0, most).split('\n')) yield [line, 2]
    return
  }
  yield [preview.path, GUTTER]
  if (preview.remark !== null) yield [preview.remark, 0]
  for (const { lines } of preview.hunks) {
    yield ['', 0]
    for (const { text } of lines) yield [text, GUTTER]
  }
}

function textOf(preview: Exclude<Preview, { type: 'diff' }>): string {
  switch (preview.type) {
    case 'command':
      return `${preview.description ?? ''}\n${preview.command}\n`
    case 'plan':
      return preview.markdown
    case 'todos':
      return preview.todos.map(({ content }) => content).join('\n')
    case 'arguments':
      return preview.text
    case 'impossible':
      return preview.reason
  }
}
