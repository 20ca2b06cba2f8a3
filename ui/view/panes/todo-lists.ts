import type { Entry } from '../../../lib/session/state/entry.ts'
import type { SessionState } from '../../../lib/session/state/session-state.ts'
import type { Preview } from '../../../lib/tools/tool.ts'

export type ListedTodo = Extract<Preview, { type: 'todos' }>['todos'][number]

interface TodoList {
  /** The entry that shows it. */
  readonly id: string
  readonly todos: readonly ListedTodo[]
}

/** The newest to-do list, of which the older ones are earlier versions; null when there is none. */
export function newestTodoList({ settled, current }: SessionState): TodoList | null {
  for (let at = current.length - 1; at >= 0; at--) {
    const list = todoListOf(current[at])
    if (list !== null) return list
  }
  return newestSettled(settled)
}

/** The list that the agent works on: null once all of it is done and the turn has ended. */
export function openTodoList(session: SessionState): TodoList | null {
  const list = newestTodoList(session)
  if (list === null || list.todos.length === 0) return null
  const isDone = list.todos.every(({ status }) => status === 'completed')
  return isDone && session.turn.type === 'idle' ? null : list
}

const known = new WeakMap<readonly Entry[], TodoList | null>()

function newestSettled(settled: readonly Entry[]): TodoList | null {
  const before = known.get(settled)
  if (before !== undefined) return before
  let list: TodoList | null = null
  for (let at = settled.length - 1; at >= 0 && list === null; at--) list = todoListOf(settled[at])
  known.set(settled, list)
  return list
}

function todoListOf(entry: Entry | undefined): TodoList | null {
  if (entry?.type !== 'tool' || entry.call.phase.type !== 'finished') return null
  const { preview, status } = entry.call.phase
  return preview?.type === 'todos' && status === 'success'
    ? { id: entry.id, todos: preview.todos }
    : null
}
