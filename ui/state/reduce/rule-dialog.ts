import type { RuleEffect } from '../../../lib/session/state/entry.ts'
import { RULE_SCOPES } from '../rule-scopes.ts'
import type { WorkbenchState } from '../state.ts'

/** Another rule has another effect, which is then computed. */
export function changeRule(
  state: WorkbenchState,
  by: { readonly rule: number; readonly scope: number },
): WorkbenchState {
  const { overlay } = state
  if (overlay?.type !== 'rule') return state
  const count = overlay.rules.length
  const selected = (overlay.selected + by.rule + count) % count
  const at = RULE_SCOPES.indexOf(overlay.scope) + by.scope
  const scope = RULE_SCOPES[Math.max(0, Math.min(RULE_SCOPES.length - 1, at))] ?? overlay.scope
  const effect = selected === overlay.selected ? overlay.effect : null
  return { ...state, overlay: { ...overlay, selected, scope, effect } }
}

export function showEffect(
  state: WorkbenchState,
  rule: string,
  effect: RuleEffect,
): WorkbenchState {
  const { overlay } = state
  const isSelected = overlay?.type === 'rule' && overlay.rules[overlay.selected] === rule
  return isSelected ? { ...state, overlay: { ...overlay, effect } } : state
}
