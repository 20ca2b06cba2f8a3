/** Stepping through a recording. Its keys are fixed: no keymap binds them. */

export const REPLAY_START = 'start'

export function replayPosition(position: number, count: number, event: string): string {
  return `${position}/${count} ${event} · ←/→ step · PgUp/PgDn 10 steps · Home/End · q quit`
}

export function eventDoesNotFit(number: number, type: string): string {
  return `Event ${number} (${type}) does not fit the session.`
}
