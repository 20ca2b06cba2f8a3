import { NO_AGENT_OPEN, NO_MODEL_CONNECTED } from '../session/messages/agents.ts'
import type { Session } from '../session/session.ts'
import type { SessionState } from '../session/state/session-state.ts'
import type { Command } from './command.ts'
import { TURN_RUNNING } from './messages.ts'

/** A command that works without a screen: it needs only the session. */
export type SessionCommand = Command<SessionState, { readonly session: Session }>

export function needsAgent(state: SessionState): string | null {
  if (state.agent !== null) return null
  return state.start === 'noModel' ? NO_MODEL_CONNECTED : NO_AGENT_OPEN.message
}

export function needsIdleAgent(state: SessionState): string | null {
  return state.turn.type === 'running' ? TURN_RUNNING : needsAgent(state)
}
