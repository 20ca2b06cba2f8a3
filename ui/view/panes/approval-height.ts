import type { ToolCall } from '../../../lib/session/state/entry.ts'
import type { Preview, Question } from '../../../lib/tools/tool.ts'
import { isAllNew } from '../render/diff-page.ts'
import { textWidth } from '../render/width.ts'

/** Rows of the title, the answers and the lines between them. */
const SURROUNDING_ROWS = 5

/** The reason is cut after as many. */
const MAX_REASON_ROWS = 3

/** The maximum width of the numbers and signs of a diff. */
const GUTTER_COLUMNS = 14

/** An estimate of the rows that a call needs, counted up to `most`. The layout divides the screen by it. */
export function rowsNeeded({ phase }: ToolCall, columns: number, most: number): number {
  if (phase.type !== 'waiting') return SURROUNDING_ROWS
  const careful = phase.dangers?.length ?? 0
  const { because, rule, part } = phase.verdict
  const reason = [because, rule ?? '', part ?? ''].join(' ')
  const reasonRows = Math.min(MAX_REASON_ROWS, Math.ceil(textWidth(reason) / columns))
  return SURROUNDING_ROWS + reasonRows + careful + previewRows(phase.preview, columns, most)
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
  yield [preview.path, GUTTER_COLUMNS]
  if (preview.remark !== null) yield [preview.remark, 0]
  const hasHeaders = !isAllNew(preview)
  for (const { lines } of preview.hunks) {
    if (hasHeaders) yield ['', 0]
    for (const { text } of lines) yield [text, GUTTER_COLUMNS]
  }
}

function textOf(preview: Exclude<Preview, { type: 'diff' }>): string {
  switch (preview.type) {
    case 'command':
      return [
        `${preview.description ?? ''}\n${preview.command}\n`,
        ...(preview.parts ?? []).map(({ text, because }) => `${text} — ${because}`),
      ].join('\n')
    case 'plan':
      return preview.markdown
    case 'questions':
      return longestQuestion(preview.questions)
    case 'todos':
      return preview.todos.map(({ content }) => content).join('\n')
    case 'arguments':
      return preview.text
    case 'impossible':
      return preview.reason
  }
}

/** Of the question that needs most rows, so that the pane keeps its size. */
function longestQuestion(questions: readonly Question[]): string {
  const texts = questions.map(({ header, question, options }) => {
    const choices = options.map(({ label, description }) => `[x] ${label}  ${description}`)
    return [...(header === '' ? [] : [header]), question, '', ...choices, ''].join('\n')
  })
  return texts.reduce((longest, text) => (text.length > longest.length ? text : longest), '')
}
