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

/**
 * The local tools that are attached to the agent, of those that `--tools` names. A server decides which calls it passes on: one of
 * another tool is refused, whatever the rules are.
 */
export function attachedTools({
  options,
  runner,
  store,
}: Pick<Services, 'options' | 'runner' | 'store'>): readonly string[] {
  const { tools: chosen } = options
  const attached = store.state.agent?.tools ?? []
  const names = runner.tools.map(({ name }) => name)
  return names.filter((name) => attached.includes(name) && chosen?.includes(name) !== false)
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
