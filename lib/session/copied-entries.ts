import type { Entry } from './state/entry.ts'

/**
 * The ids of the entries of a copy, by those of the original. A server gives the copied messages other ids, leaves out those that
 * await an answer, and may have summarized the oldest ones: entries belong together that say the same, from the end.
 */
export function copiedEntryIds(
  original: readonly Entry[],
  copy: readonly Entry[],
): ReadonlyMap<string, string> {
  const ids = new Map<string, string>()
  const sayings = original.map(sayingOf)
  let before = sayings.length
  for (const entry of copy.toReversed()) {
    const saying = sayingOf(entry)
    const at = saying === null ? -1 : sayings.lastIndexOf(saying, before - 1)
    const found = original[at]
    if (before === 0 || found === undefined) continue
    ids.set(found.id, entry.id)
    before = at
  }
  return ids
}

/** Null for what no server copies. */
function sayingOf(entry: Entry): string | null {
  if (entry.type === 'notice' || entry.type === 'shellLine') return null
  if (entry.type === 'tool') return `tool\n${entry.call.callId}\n${entry.call.args}`
  return `${entry.type}\n${entry.text}`
}
