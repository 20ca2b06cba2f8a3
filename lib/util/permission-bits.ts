/** Permission bits before and after a change; null where they are not recorded. */
export interface FileModes {
  readonly mode?: number | null
  readonly modeAfter?: number | null
}

/** Whether the permission bits of a file have changed. */
export function hasOtherMode({ mode = null, modeAfter = null }: FileModes): boolean {
  return mode !== null && modeAfter !== null && mode !== modeAfter
}

/** How permission bits have changed: `+x`, `−x`, or both in octal digits, `644 → 600`; null when they have not. */
export function describeModes(modes: FileModes): string | null {
  if (!hasOtherMode(modes)) return null
  const [before, after] = [modes.mode ?? 0, modes.modeAfter ?? 0]
  const isExecution = (before & ~0o111) === (after & ~0o111)
  const [had, has] = [before, after].map((mode) => (mode & 0o100) !== 0)
  if (isExecution && had !== has) return has === true ? '+x' : '−x'
  return `${octal(before)} → ${octal(after)}`
}

function octal(mode: number): string {
  return mode.toString(8).padStart(3, '0')
}
