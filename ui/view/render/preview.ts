import type { Preview, Todo } from '../../../lib/tools/tool.ts'
import type { Styles } from '../../theme/styles.ts'
import type { Row } from '../types.ts'
import { renderDiff } from './diff.ts'
import { highlight } from './highlight-code.ts'
import { type LazyRows, toLazyRows } from './lazy-rows.ts'
import { renderMarkdown } from './markdown.ts'
import { clean, cleanLine, reveal } from './sanitize.ts'
import { wrap } from './wrap.ts'

/** What a call would do, for a person to judge, whatever its kind. */
export function renderPreview(preview: Preview, columns: number, styles: Styles): LazyRows {
  switch (preview.kind) {
    case 'diff':
      return renderDiff(preview, columns, styles)
    case 'command':
      return toLazyRows(renderCommand(preview, columns, styles))
    case 'plan':
      return toLazyRows(renderMarkdown(planId(preview), preview.markdown, columns, styles))
    case 'todos':
      return toLazyRows(renderTodos(preview.todos, columns, styles))
    case 'arguments':
      return toLazyRows(wrap(reveal(preview.text, styles.warning), columns, { anywhere: true }))
    case 'impossible':
      return toLazyRows(wrap(styles.error(clean(preview.reason)), columns))
  }
}

const TODO_MARKS = { pending: '☐', in_progress: '▸', completed: '☒' } as const
const TODO_STYLES = { pending: 'text', in_progress: 'strong', completed: 'muted' } as const

/** A list of what is to be done; what is done steps back. */
export function renderTodos(
  todos: readonly Todo[],
  columns: number,
  styles: Styles,
): readonly Row[] {
  return todos.flatMap(({ status, content }) => {
    const paint = styles[TODO_STYLES[status]]
    return wrap(paint(cleanLine(content)), columns, {
      indent: paint(`${TODO_MARKS[status]} `),
      hang: '  ',
    })
  })
}

type CommandPreview = Extract<Preview, { kind: 'command' }>

/**
 * A command, whole: each of its lines behind a prompt of its own (`$`, then `>`), so that a line too long for the row
 * does not look like two.
 */
export function renderCommand(
  preview: CommandPreview,
  columns: number,
  styles: Styles,
): readonly Row[] {
  const { command, description } = preview
  const above = description === null ? [] : wrap(styles.muted(cleanLine(description)), columns)
  const rows = commandLines(command, styles).flatMap((line, index) =>
    wrap(line, columns, {
      indent: styles.accent(index === 0 ? '$ ' : '> '),
      hang: '  ',
      anywhere: true,
    }),
  )
  return [
    ...above,
    ...rows,
    ...warningRows(command, columns, styles),
    ...runRows(preview, columns, styles),
  ]
}

function commandLines(command: string, styles: Styles): readonly string[] {
  const spelled = reveal(command, styles.warning)
  return spelled === command ? highlight(command, 'bash', styles) : spelled.split('\n')
}

// Spelled out, a sequence tears the words apart; what a terminal would show of them is said as well.
function warningRows(command: string, columns: number, styles: Styles): readonly Row[] {
  if (!/[\x1b\x80-\x9f]/.test(command)) return []
  const text = `It holds escape sequences. Without them it reads: ${clean(command)}`
  return wrap(styles.warning(text), columns, { anywhere: true })
}

function runRows(
  { background, timeoutMs }: CommandPreview,
  columns: number,
  styles: Styles,
): readonly Row[] {
  const how = background ? 'in the background' : `for at most ${duration(timeoutMs)}`
  return wrap(styles.muted(`runs ${how}`), columns)
}

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 120) return `${seconds} s`
  return seconds % 60 === 0
    ? `${seconds / 60} min`
    : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

const planIds = new WeakMap<Preview, string>()
let plans = 0

function planId(preview: Preview): string {
  const id = planIds.get(preview) ?? `plan ${plans++}`
  planIds.set(preview, id)
  return id
}
