import type { Entry, SessionState } from '../../../lib/session/state.ts'

/** The entry with the newest to-do list, of which the older ones are earlier versions; null when there is none. */
export function newestTodoList({ settled, current }: SessionState): string | null {
  return current.findLast(isTodoList)?.id ?? newestSettled(settled)
}

const known = new WeakMap<readonly Entry[], string | null>()

function newestSettled(settled: readonly Entry[]): string | null {
  const before = known.get(settled)
  if (before !== undefined) return before
  const id = settled.findLast(isTodoList)?.id ?? null
  known.set(settled, id)
  return id
}

function isTodoList(entry: Entry): boolean {
  if (entry.type !== 'tool' || entry.call.phase.type !== 'finished') return false
  const { preview, status } = entry.call.phase
  return preview?.type === 'todos' && status === 'success'
}
