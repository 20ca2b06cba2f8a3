import { countLines } from '../util/unified-diff.ts'
import { memoryLearned } from './messages/memory.ts'
import type { SessionContext } from './session-context.ts'
import type { ChangeAuthor, MemoryItem } from './state/memory.ts'
import type { SessionState } from './state/session-state.ts'

/** After a turn in which memory changed: one line in the conversation, which leads to the complete difference. */
export function reportLearned(
  { store, base }: Pick<SessionContext, 'store' | 'base'>,
  refresh: () => Promise<void>,
): void {
  let before = valuesOf(store.state)
  const report = async (atStart: Values): Promise<void> => {
    await refresh()
    const changes = store.state.memory.flatMap((item) => changeSince(item, atStart))
    if (changes.length === 0) return
    store.dispatch({
      type: 'notice.posted',
      id: base.newId(),
      level: 'info',
      text: memoryLearned(changes),
      hint: null,
      command: 'memory.learned',
    })
  }
  store.subscribe((state, event) => {
    if (event.type === 'turn.started' || event.type === 'memory.loaded') before = valuesOf(state)
    if (event.type === 'turn.finished') void report(before)
  })
}

type Values = ReadonlyMap<string, string>

function valuesOf({ memory }: SessionState): Values {
  return new Map(memory.map(({ block }) => [block.id, block.value]))
}

/** What the person, or letta for the person, has changed is no news. */
const OWN_CHANGES: readonly ChangeAuthor[] = ['user', 'skills', 'import', 'restore', 'letta']

function changeSince({ block, change }: MemoryItem, before: Values) {
  const value = before.get(block.id) ?? ''
  const isOwn =
    change !== null && OWN_CHANGES.includes(change.by) && change.origin?.isOther !== true
  if (value === block.value || change === null || isOwn) return []
  return [{ label: block.label, ...countLines(value, block.value) }]
}
