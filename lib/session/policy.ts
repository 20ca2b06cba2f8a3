import type { PermissionMode, Policy } from '../permissions/types.ts'
import type { MemoryChecks } from './memory-calls.ts'
import type { Services } from './services.ts'
import type { SessionState } from './state/session-state.ts'

/** The policy for calls now: the mode and the rules of the state. */
export function policyOf({ store, bounds }: Pick<Services, 'store' | 'bounds'>): Policy {
  const { mode, rules, reviewsMemory, jobs } = store.state
  const available = isModeAvailable(mode, store.state) ? mode : 'default'
  const running = jobs.flatMap(({ status, command }) =>
    status.type === 'running' ? [command] : [],
  )
  return { mode: available, rules, bounds, reviewsMemory, running }
}

/** What the text of a change of memory is examined for. */
export function memoryChecks({ settings }: Pick<Services, 'settings'>): MemoryChecks {
  const { askAboutOutsideText, refuseSecretsInMemory } = settings.user
  return { provenance: askAboutOutsideText, secrets: refuseSecretsInMemory }
}

/** Whether a mode may be used: one that allows what rules do not deny needs all of those rules. */
export function isModeAvailable(
  mode: PermissionMode,
  { areDenialsLost }: Pick<SessionState, 'areDenialsLost'>,
): boolean {
  return !areDenialsLost || mode === 'default' || mode === 'plan'
}
