import type { PermissionMode, Policy } from '../permissions/types.ts'
import type { Services } from './services.ts'
import type { SessionState } from './state.ts'

/** The policy for calls now: the mode and the rules of the state. */
export function policyOf({ store, bounds }: Pick<Services, 'store' | 'bounds'>): Policy {
  const { mode, rules } = store.state
  return { mode: isModeAvailable(mode, store.state) ? mode : 'default', rules, bounds }
}

/** Whether a mode may be used: one that allows what rules do not deny needs all of those rules. */
export function isModeAvailable(
  mode: PermissionMode,
  { areDenialsLost }: Pick<SessionState, 'areDenialsLost'>,
): boolean {
  return !areDenialsLost || mode === 'default' || mode === 'plan'
}
