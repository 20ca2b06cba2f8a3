const DAY_MS = 86_400_000

/** For people: `just now`, `12 s ago`, `5 min ago`, `3 h ago`, `4 days ago`. */
export function timeAgo(milliseconds: number): string {
  if (milliseconds < 5000) return 'just now'
  if (milliseconds < 60_000) return `${Math.floor(milliseconds / 1000)} s ago`
  if (milliseconds < 3_600_000) return `${Math.floor(milliseconds / 60_000)} min ago`
  if (milliseconds < 2 * DAY_MS) return `${Math.floor(milliseconds / 3_600_000)} h ago`
  return `${Math.floor(milliseconds / DAY_MS)} days ago`
}

/** For models, in the form of the Letta server: `12s ago`, `5m ago`, `3h ago`, `4d ago`. */
export function compactTimeAgo(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  if (seconds < 60) return `${seconds}s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ago`
  return seconds < 86_400
    ? `${Math.floor(seconds / 3600)}h ago`
    : `${Math.floor(seconds / 86_400)}d ago`
}
