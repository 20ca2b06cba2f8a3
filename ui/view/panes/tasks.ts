import type { RootState } from '../../state/state.ts'
import { taskTexts } from '../messages/conversation.ts'
import { paneTitles } from '../messages/panes.ts'
import type { RenderOptions } from '../render/formatter.ts'
import { renderTodos } from '../render/preview.ts'
import { type Row, row, rowText, styled } from '../render/row.ts'
import { cleanLine } from '../render/sanitize.ts'
import { fitRow, rowWidth, truncate } from '../render/wrap.ts'
import type { Pane } from './pane.ts'
import { type ListedTodo, openTodoList } from './todo-lists.ts'

/** The to-do list of the agent, in the side column: it is updated in place. */
export const tasks: Pane = {
  id: 'tasks',
  isUntyped: true,
  title: () => paneTitles.tasks,
  render(state, size, options) {
    const todos = openTodoList(state.session)?.todos ?? []
    const rows = taskRows(todos, size.columns - 3, size.rows, options)
    return {
      rows: rows.map((line) => row('  ', line)),
      note: taskTexts.done(doneOf(todos), todos.length),
    }
  },
}

/** A row for each task; when there are more, those that are done are counted, and the last ones. */
function taskRows(
  todos: readonly ListedTodo[],
  columns: number,
  height: number,
  options: RenderOptions,
): readonly Row[] {
  const rowOf = (todo: ListedTodo): Row => {
    const [first = [], ...more] = renderTodos([todo], columns, options)
    const isCut = more.length > 0
    return isCut ? row(truncate(first, columns - 1, ''), '…') : first
  }
  if (todos.length <= height) return todos.map(rowOf)
  const muted = (text: string): Row => truncate(styled(options.styles.muted, text), columns)
  const open = todos.filter(({ status }) => status !== 'completed')
  const done = todos.length - open.length
  const head = done > 0 ? [muted(taskTexts.moreDone(done))] : []
  const room = Math.max(0, height - head.length)
  if (open.length <= room) return [...head, ...open.map(rowOf)]
  const shown = open.slice(0, Math.max(0, room - 1)).map(rowOf)
  return [...head, ...shown, muted(taskTexts.more(open.length - shown.length))].slice(0, height)
}

function doneOf(todos: readonly ListedTodo[]): number {
  return todos.filter(({ status }) => status === 'completed').length
}

/** Above the conversation, where no side column is: the task that is being worked on, and how many are done. */
export function pinnedTask(
  { session }: RootState,
  columns: number,
  { styles }: RenderOptions,
): Row | null {
  const todos = openTodoList(session)?.todos ?? []
  const current = todos.find(({ status }) => status === 'in_progress')
  const next = current ?? todos.find(({ status }) => status === 'pending') ?? todos.at(-1)
  if (next === undefined) return null
  const mark = current === undefined ? (next.status === 'completed' ? '✔' : '○') : '▸'
  const left = row(' ', styled(styles.strong, `${mark} ${cleanLine(next.content)}`))
  const end = styled(styles.muted, ` ${taskTexts.done(doneOf(todos), todos.length)} `)
  const room = Math.max(1, columns - rowWidth(end))
  return row(rowText(left).length > 0 ? fitRow(left, room) : left, end)
}
