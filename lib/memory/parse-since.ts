/** Since when changes are shown: a version of a block, or a time in milliseconds since 1970. */
export type Since =
  | { readonly type: 'version'; readonly version: number }
  | { readonly type: 'time'; readonly at: number }

const UNITS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
}

/** `12`, `today`, `yesterday`, `3 days ago`, `2h`, `2026-11-28`, `2026-11-28T14:30`. Null when it is none of these. */
export function parseSince(text: string, now: number): Since | null {
  const word = text.trim().toLowerCase()
  if (/^v?\d{1,9}$/.test(word)) {
    return { type: 'version', version: Number(word.replace('v', '')) }
  }
  const midnight = new Date(now)
  midnight.setHours(0, 0, 0, 0)
  if (word === 'today') return { type: 'time', at: midnight.getTime() }
  if (word === 'yesterday') {
    midnight.setDate(midnight.getDate() - 1)
    return { type: 'time', at: midnight.getTime() }
  }
  const [, count, unit] =
    /^(\d{1,6}) ?(m|min|minutes?|h|hours?|d|days?|w|weeks?)( ago)?$/.exec(word) ?? []
  if (unit !== undefined) {
    return { type: 'time', at: now - Number(count) * (UNITS[unit[0] ?? ''] ?? 0) }
  }
  // A date without a time is the beginning of that day here, not in Greenwich.
  const at = Date.parse(/^\d{4}-\d\d-\d\d$/.test(word) ? `${word}T00:00` : text.trim())
  return /^\d{4}-/.test(word) && !Number.isNaN(at) ? { type: 'time', at } : null
}
