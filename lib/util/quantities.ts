/** The share of a limit from which on what is used of it is marked and reported. */
export const NEARLY_FULL_SHARE = 0.9

/** `1 line`, `3 lines`, `2 entries`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

interface ChangedLines {
  readonly added: number
  readonly removed: number
}

/** `+2 −1`; a side without lines is left out, as it is no news. */
export function changedLines({ added, removed }: ChangedLines): string {
  const sides = [added > 0 ? `+${added}` : '', removed > 0 ? `−${removed}` : '']
  return sides.filter(Boolean).join(' ')
}

/** `512 B`, `98 KiB`, `1.5 MiB`, `10 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1_048_576) return `${Math.round(bytes / 1024)} KiB`
  return `${(bytes / 1_048_576).toFixed(1).replace(/\.0$/, '')} MiB`
}
