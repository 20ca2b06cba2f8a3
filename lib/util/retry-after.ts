/**
 * How long a server asks to wait, in milliseconds; null when it does not say. Reads `retry-after-ms`, and `retry-after` in
 * seconds or as a date. A date is by the clock of the server, so it counts from the `date` of the response where there is one.
 */
export function parseRetryAfter(
  header: (name: string) => string | null | undefined,
  now: number,
): number | null {
  const milliseconds = parseNumber(header('retry-after-ms'))
  if (milliseconds !== null) return milliseconds
  const value = header('retry-after')?.trim() ?? ''
  const seconds = parseNumber(value)
  if (seconds !== null) return seconds * 1000
  const serverNow = Date.parse(header('date') ?? '')
  const wait = Date.parse(value) - (Number.isNaN(serverNow) ? now : serverNow)
  return Number.isNaN(wait) ? null : Math.max(0, wait)
}

function parseNumber(text: string | null | undefined): number | null {
  return typeof text === 'string' && /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : null
}
