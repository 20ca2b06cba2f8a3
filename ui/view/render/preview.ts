import type { Preview, Question, Todo } from '../../../lib/tools/tool.ts'
import type { Styles } from '../../theme/styles.ts'
import { renderDiff } from './diff.ts'
import type { DiffView } from './diff-page.ts'
import { type RenderOptions, renderCode, renderMarkdown } from './formatter.ts'
import type { TextRange } from './highlight-ranges.ts'
import { type LazyRows, toLazyRows } from './lazy-rows.ts'
import { previewTexts } from './messages.ts'
import { type Row, row, rowOf, rowText, sliceRow, styled } from './row.ts'
import { clean, cleanLine, revealLine, revealRow } from './sanitize.ts'
import { contentLines, rowWidth, wrap } from './wrap.ts'

interface PreviewOptions extends RenderOptions {
  /** Parts of a command to warn about, as written. */
  readonly dangers?: readonly string[]
  /** How a diff is shown. */
  readonly view?: DiffView
}

/** The preview of a tool call of any type, for approval. */
export function renderPreview(
  preview: Preview,
  columns: number,
  options: PreviewOptions,
): LazyRows {
  const { styles } = options
  switch (preview.type) {
    case 'diff':
      return renderDiff(preview, columns, options)
    case 'command':
      return toLazyRows(renderCommand(preview, columns, options))
    case 'plan':
      return toLazyRows(renderMarkdown(preview.markdown, columns, options))
    case 'questions':
      return toLazyRows(renderQuestions(preview.questions, columns, options))
    case 'todos':
      return toLazyRows(renderTodos(preview.todos, columns, options))
    case 'arguments': {
      const text = revealRow(preview.text, styles.warning)
      return toLazyRows(wrap(text, columns, { breaks: 'code' }))
    }
    case 'impossible':
      return toLazyRows(wrap(styled(styles.error, clean(preview.reason)), columns))
  }
}

const TODO_MARKS = { pending: '○', in_progress: '▸', completed: '✔' } as const
const TODO_STYLES = { pending: 'text', in_progress: 'strong', completed: 'muted' } as const

/** A todo list, in which finished items are muted. */
export function renderTodos(
  todos: readonly Todo[],
  columns: number,
  { styles }: RenderOptions,
): readonly Row[] {
  return todos.flatMap(({ status, content }) => {
    const style = styles[TODO_STYLES[status]]
    return wrap(styled(style, cleanLine(content)), columns, {
      indent: styled(style, `${TODO_MARKS[status]} `),
      hang: '  ',
    })
  })
}

/** Questions of the agent with their options, as they were asked. */
function renderQuestions(
  questions: readonly Question[],
  columns: number,
  { styles }: RenderOptions,
): readonly Row[] {
  return questions.flatMap(({ question, options }) => [
    ...wrap(styled(styles.text, cleanLine(question)), columns),
    ...options.flatMap(({ label }) =>
      wrap(styled(styles.muted, cleanLine(label)), columns, { indent: '  · ', hang: '    ' }),
    ),
  ])
}

type CommandPreview = Extract<Preview, { type: 'command' }>
type ShownPart = NonNullable<CommandPreview['parts']>[number]

/**
 * The full command. Each line has a prompt (`$`, then `>`), so that a wrapped line does not look like two.
 */
function renderCommand(
  preview: CommandPreview,
  columns: number,
  options: PreviewOptions,
): readonly Row[] {
  const { command, description } = preview
  const { styles } = options
  const above =
    description === null ? [] : wrap(styled(styles.muted, cleanLine(description)), columns)
  const rows = commandLines(command, options).flatMap((line, index) =>
    wrap(line, columns, {
      indent: styled(styles.accent, index === 0 ? '$ ' : '> '),
      hang: '  ',
      breaks: 'code',
    }),
  )
  return [
    ...above,
    ...rows,
    ...warningRows(command, columns, options),
    ...partRows(preview.parts ?? [], columns, options),
    ...runRows(preview, columns, options),
  ]
}

function commandLines(command: string, options: PreviewOptions): readonly Row[] {
  const spelled = revealRow(command, options.styles.warning)
  const isSeen = spelled.length === 1 && spelled[0]?.text === command
  if (!isSeen) return contentLines(spelled)
  return markDangers(renderCode(command, 'bash', options), command, options)
}

/** Every place of a dangerous part in the lines of the command. */
function markDangers(
  lines: readonly Row[],
  command: string,
  { dangers = [], styles }: PreviewOptions,
): readonly Row[] {
  const ranges = dangers.flatMap((part) => placesOf(part, command))
  if (ranges.length === 0) return lines
  let start = 0
  return lines.map((line) => {
    const { length } = rowText(line)
    const own = mergeRanges(
      ranges.flatMap(([from, to]): readonly TextRange[] => {
        const range = [Math.max(0, from - start), Math.min(length, to - start)] as const
        return range[0] < range[1] ? [range] : []
      }),
    )
    start += length + 1
    return own.length === 0 ? line : warnIn(line, own, styles)
  })
}

function placesOf(part: string, text: string): readonly TextRange[] {
  const places: TextRange[] = []
  if (part === '') return places
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) {
    places.push([at, at + part.length])
  }
  return places
}

/** In order and without overlaps. */
function mergeRanges(ranges: readonly TextRange[]): readonly TextRange[] {
  const merged: TextRange[] = []
  for (const [from, to] of [...ranges].sort((one, other) => one[0] - other[0])) {
    const last = merged.at(-1)
    if (last !== undefined && from <= last[1])
      merged[merged.length - 1] = [last[0], Math.max(last[1], to)]
    else merged.push([from, to])
  }
  return merged
}

/** The colors of the syntax would hide the warning. */
function warnIn(line: Row, ranges: readonly TextRange[], styles: Styles): Row {
  const parts: Row[] = []
  let end = 0
  for (const [from, to] of ranges) {
    const danger = rowText(sliceRow(line, from, to))
    parts.push(
      sliceRow(line, end, from),
      styled(styles.diffRemovedWord, styled(styles.error, danger)),
    )
    end = to
  }
  return rowOf([...parts, sliceRow(line, end, Number.POSITIVE_INFINITY)])
}

// Spelled-out sequences split the text, so the text that a terminal would show is added.
function warningRows(command: string, columns: number, { styles }: RenderOptions): readonly Row[] {
  if (!/[\x1b\x80-\x9f]/.test(command)) return []
  const text = previewTexts.escapeSequences(clean(command))
  return wrap(styled(styles.warning, text), columns, { breaks: 'anywhere' })
}

/** The simple commands: which of them need approval and why, and what each of them writes or connects to. */
function partRows(
  parts: readonly ShownPart[],
  columns: number,
  { styles }: PreviewOptions,
): readonly Row[] {
  return parts.flatMap((part) => {
    const { text, needsApproval, because, writes, connects } = part
    const effects = [
      ...(writes.length === 0 ? [] : [previewTexts.writes(writes.map(cleanLine))]),
      ...(connects.length === 0 ? [] : [previewTexts.connects(connects.map(cleanLine))]),
    ]
    const command = styled(styles[needsApproval ? 'text' : 'muted'], revealLine(text))
    const reason = styled(styles.muted, `— ${[cleanLine(because), ...effects].join(' ')}`)
    const indent = row('  ', partSign(part, styles), ' ')
    const line = row(indent, command, ' ', reason)
    if (rowWidth(line) <= columns) return [line]
    return [
      ...wrap(command, columns, { indent, hang: '    ', breaks: 'code' }),
      ...wrap(reason, columns, { indent: '    ', hang: '      ' }),
    ]
  })
}

function partSign({ isDangerous, needsApproval }: ShownPart, styles: Styles): Row {
  if (isDangerous) return styled(styles.error, '!')
  return needsApproval ? styled(styles.warning, '?') : styled(styles.success, '✓')
}

function runRows(
  { background, timeoutMs }: CommandPreview,
  columns: number,
  { styles }: RenderOptions,
): readonly Row[] {
  const text = background ? previewTexts.inBackground : previewTexts.timeout(duration(timeoutMs))
  return wrap(styled(styles.muted, text), columns)
}

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 120) return `${seconds} s`
  return seconds % 60 === 0
    ? `${seconds / 60} min`
    : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
