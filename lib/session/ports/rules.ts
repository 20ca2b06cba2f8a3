import type { PermissionMode, PermissionRule } from '../../permissions/types.ts'
import { loadRules } from '../create-services.ts'
import type { SessionContext } from '../session-context.ts'

/** Permission mode and rules, and whether those of the project count. */
export interface RulesPort {
  setMode(mode: PermissionMode): void
  /** Removes a rule that was given for this session only. */
  remove(list: 'allow' | 'deny' | 'ask', rule: PermissionRule): void
  /** The user's answer to whether the project's settings may allow calls. */
  trust(): Promise<void>
  distrust(): Promise<void>
}

export function createRules(context: SessionContext): RulesPort {
  const { store } = context
  return {
    setMode: (mode) => store.dispatch({ type: 'mode.changed', mode }),
    remove(list, rule) {
      if (rule.source === 'session') store.dispatch({ type: 'rule.removed', list, rule })
    },
    async trust() {
      await context.base.settings.trust()
      loadRules(context.base)
    },
    async distrust() {
      await context.base.settings.distrust()
      loadRules(context.base)
    },
  }
}
