/** Formats a time as Letta server does: `2026-11-23 02:27:49 AM UTC+0000`. */
export function formatTimestamp(now: Date): string {
  const iso = now.toISOString()
  const hours = now.getUTCHours()
  const clock = `${String(hours % 12 || 12).padStart(2, '0')}${iso.slice(13, 19)}`
  return `${iso.slice(0, 10)} ${clock} ${hours < 12 ? 'AM' : 'PM'} UTC+0000`
}
