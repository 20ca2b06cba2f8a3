const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** A wait longer than a day is not worth a countdown. */
const MAX_WAIT_MS = 86_400_000

/**
 * How long an error message asks to wait, in milliseconds: `Please try again in 20s`, `Retry after 5 seconds.`; null when it does
 * not say.
 */
export function namedWait(message: string): number | null {
  const found =
    /\b(?:try again|retry|retrying)\b[^.\d]{0,20}\b(?:in|after)\s+(?:(\d+)\s?m(?:in(?:utes?)?)?\s?(?=\d))?(\d+(?:\.\d+)?)\s?(ms|milliseconds?|s|sec|secs|seconds?|m|min|mins|minutes?|h|hours?)\b/i.exec(
      message,
    )
  if (found === null) return null
  const [, minutes = '0', amount = '', unit = ''] = found
  const name = unit.toLowerCase()
  const size =
    UNIT_MS[name.startsWith('ms') || name.startsWith('millisecond') ? 'ms' : name.charAt(0)]
  const wait = Number(minutes) * 60_000 + Number(amount) * (size ?? 0)
  return wait > 0 && wait <= MAX_WAIT_MS ? Math.ceil(wait) : null
}
