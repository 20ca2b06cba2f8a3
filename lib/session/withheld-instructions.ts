import { instructionsOfGrant } from '../settings/messages.ts'
import type { SessionState } from './state/session-state.ts'

/** Files with instructions that the agent does not get, because the directory is not trusted. */
export function withheldInstructions({ grants }: Pick<SessionState, 'grants'>): readonly string[] {
  return grants.flatMap((grant) => instructionsOfGrant(grant) ?? [])
}
