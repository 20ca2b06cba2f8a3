import type { Policy } from '../permissions/types.ts'
import type { Services } from './services.ts'

/** The policy for calls now: the mode and the rules of the state. */
export function policyOf({ store, bounds }: Pick<Services, 'store' | 'bounds'>): Policy {
  const { mode, rules } = store.state
  return { mode, rules, bounds }
}
