import type { Policy } from '../permissions/types.ts'
import type { Services } from './services.ts'

/** What calls are judged by now: mode and rules as the state has them, paths as the disk has them. */
export function policyOf({ store, ground }: Pick<Services, 'store' | 'ground'>): Policy {
  const { mode, rules } = store.state
  return { mode, rules, view: ground }
}
