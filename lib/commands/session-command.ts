import type { Session } from '../session/session.ts'
import type { SessionState } from '../session/state.ts'
import type { Command } from './command.ts'

/** A command that works without a screen: on the session alone. */
export type SessionCommand = Command<SessionState, { readonly session: Session }>

export function needsAgent(state: SessionState): string | null {
  return state.agent === null ? 'No agent is open yet.' : null
}

export function needsRest(state: SessionState): string | null {
  return state.turn.type === 'running'
    ? 'A turn is running: cancel it first (Esc).'
    : needsAgent(state)
}
