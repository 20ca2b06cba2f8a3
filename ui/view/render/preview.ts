import type { Preview, Todo } from '../../../lib/tools/tool.ts'
import { renderDiff } from './diff.ts'
import { type RenderOptions, renderCode, renderMarkdown } from './formatter.ts'
import { type LazyRows, toLazyRows } from './lazy-rows.ts'
import { previewTexts } from './messages.ts'
import { type Row, styled } from './row.ts'
import { clean, cleanLine, revealRow } from './sanitize.ts'
import { splitLines, wrap } from './wrap.ts'

/** The preview of a tool call of any type, for approval. */
export function renderPreview(preview: Preview, columns: number, options: RenderOptions): LazyRows {
  const { styles } = options
  switch (preview.type) {
    case 'diff':
      return renderDiff(preview, columns, options)
    case 'command':
      return toLazyRows(renderCommand(preview, columns, options))
    case 'plan':
      return toLazyRows(renderMarkdown(preview.markdown, columns, options))
    case 'todos':
      return toLazyRows(renderTodos(preview.todos, columns, options))
    case 'arguments': {
      const text = revealRow(preview.text, styles.warning)
      return toLazyRows(wrap(text, columns, { anywhere: true }))
    }
    case 'impossible':
      return toLazyRows(wrap(styled(styles.error, clean(preview.reason)), columns))
  }
}

const TODO_MARKS = { pending: '☐', in_progress: '▸', completed: '☒' } as const
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

type CommandPreview = Extract<Preview, { type: 'command' }>

/**
 * The full command. Each line has a prompt (`$`, then `>`), so that a wrapped line does not look like two.
 */
function renderCommand(
  preview: CommandPreview,
  columns: number,
  options: RenderOptions,
): readonly Row[] {
  const { command, description } = preview
  const { styles } = options
  const above =
    description === null ? [] : wrap(styled(styles.muted, cleanLine(description)), columns)
  const rows = commandLines(command, options).flatMap((line, index) =>
    wrap(line, columns, {
      indent: styled(styles.accent, index === 0 ? '$ ' : '> '),
      hang: '  ',
      anywhere: true,
    }),
  )
  return [
    ...above,
    ...rows,
    ...warningRows(command, columns, options),
    ...runRows(preview, columns, options),
  ]
}

function commandLines(command: string, options: RenderOptions): readonly Row[] {
  const spelled = revealRow(command, options.styles.warning)
  const isSeen = spelled.length === 1 && spelled[0]?.text === command
  return isSeen ? renderCode(command, 'bash', options) : splitLines(spelled)
}

// Spelled-out sequences split the text, so the text that a terminal would show is added.
function warningRows(command: string, columns: number, { styles }: RenderOptions): readonly Row[] {
  if (!/[\x1b\x80-\x9f]/.test(command)) return []
  const text = previewTexts.escapeSequences(clean(command))
  return wrap(styled(styles.warning, text), columns, { anywhere: true })
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
