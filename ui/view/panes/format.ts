/** `0.4 s`, `12 s`, `3 min 5 s`. */
export function seconds(milliseconds: number): string {
  const exact = milliseconds / 1000
  if (exact < 10) return `${exact.toFixed(1)} s`
  if (exact < 60) return `${Math.floor(exact)} s`
  return `${Math.floor(exact / 60)} min ${Math.floor(exact % 60)} s`
}

/** `950`, `12.3k`, `20k`, `1.2M`. */
export function shortCount(count: number): string {
  if (count < 1000) return String(count)
  if (count < 99_950) return `${tenths(count / 1000)}k`
  if (count < 999_500) return `${Math.round(count / 1000)}k`
  return `${tenths(count / 1_000_000)}M`
}

function tenths(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '')
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** The spinner, which changes ten times a second by the elapsed time of the turn. */
export function spinner(milliseconds: number): string {
  return FRAMES[Math.floor(milliseconds / 100) % FRAMES.length] ?? ''
}

/** `$0.42`, `$12.30`, `< $0.01`, `unknown` for null. */
export function money(dollars: number | null): string {
  if (dollars === null) return 'unknown'
  return dollars > 0 && dollars < 0.005 ? '< $0.01' : `$${dollars.toFixed(2)}`
}
