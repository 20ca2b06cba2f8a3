import { limits } from '../../permissions/messages.ts'
import type { PermissionMode, PermissionRule } from '../../permissions/types.ts'
import { UserError } from '../../util/user-error.ts'
import { loadRules } from '../create-services.ts'
import { DENIALS_LOST_HINT, modeUnavailable } from '../messages/settings.ts'
import { isModeAvailable } from '../policy.ts'
import type { SessionContext } from '../session-context.ts'
import { findSkills, updateSkillsBlock } from '../skills-block.ts'

/** Permission mode and rules, and whether those of the project apply. */
export interface RulesPort {
  /** Throws a `UserError` when denials are lost and the mode would need them. */
  setMode(mode: PermissionMode): void
  /** Removes a rule that applies to this session only, or an allow rule from its file; other rules stay. */
  remove(list: 'allow' | 'deny' | 'ask', rule: PermissionRule): Promise<void>
  /** Saves the user's setting: whether changes of memory require approval. */
  reviewMemory(isOn: boolean): Promise<void>
  /**
   * Lets the rules of the project's settings allow calls, or no longer. Saved for the directory. `shown`: what the user was asked
   * about; rules that were added since stay without effect.
   */
  trust(shown: readonly string[]): Promise<void>
  distrust(): Promise<void>
}

/** Whether a rule can be removed: one of the session, or what a file allows, as that can only lead to more questions. */
export function isRemovable(list: 'allow' | 'deny' | 'ask', { source }: PermissionRule): boolean {
  return source === 'session' || (list === 'allow' && source !== 'flag')
}

export function createRules(context: SessionContext): RulesPort {
  const { store } = context
  return {
    setMode(mode) {
      if (!isModeAvailable(mode, store.state)) {
        throw new UserError(modeUnavailable(mode), { hint: DENIALS_LOST_HINT })
      }
      store.dispatch({ type: 'mode.changed', mode })
      // The embedded server asks before each change of memory.
      const isEmbedded = context.services === null || context.services.gateway.type === 'embedded'
      if (mode === 'plan' && !isEmbedded) context.base.notify('info', limits.planMemory)
    },
    async remove(list, rule) {
      const { text, source } = rule
      if (!isRemovable(list, rule)) return
      if (source === 'session') store.dispatch({ type: 'rule.removed', list, rule })
      else if (source !== 'flag') {
        await context.base.settings.removeRule(source, text)
        loadRules(context.base)
      }
    },
    async reviewMemory(isOn) {
      const { settings } = context.base
      await settings.update('user', (value) => ({ ...value, reviewMemory: isOn }))
      loadRules(context.base)
    },
    async trust(shown) {
      const { settings } = context.base
      await settings.trust(shown)
      loadRules(context.base)
      // The agent may now read what the skills of the directory say.
      await findSkills(context.base)
      if (context.services !== null) await updateSkillsBlock(context.services)
    },
    async distrust() {
      await context.base.settings.distrust()
      loadRules(context.base)
    },
  }
}
