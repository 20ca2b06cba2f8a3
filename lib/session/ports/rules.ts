import type { PermissionMode, PermissionRule } from '../../permissions/types.ts'
import { loadRules } from '../create-services.ts'
import type { SessionContext } from '../session-context.ts'

/** Permission mode and rules, and whether those of the project apply. */
export interface RulesPort {
  setMode(mode: PermissionMode): void
  /** Removes a rule that applies to this session only; other rules stay. */
  remove(list: 'allow' | 'deny' | 'ask', rule: PermissionRule): void
  /** Lets the rules of the project's settings allow calls, or no longer. Saved for the directory. */
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
