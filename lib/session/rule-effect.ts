import { findDangers } from '../permissions/dangerous-calls.ts'
import { decide } from '../permissions/decide.ts'
import type { PermissionRules, RuleSuggestion } from '../permissions/types.ts'
import { permissionRequest } from './approval-request.ts'
import type { CallRecords } from './recorded-calls.ts'
import type { Services } from './services.ts'
import type { RuleEffect } from './state/entry.ts'

/** Computed by deciding each recorded call again, without and with the rule. Stops with null once it is no longer wanted. */
export async function ruleEffect(
  services: Services,
  { rule, scope }: RuleSuggestion,
  records: CallRecords,
  isWanted: () => boolean,
): Promise<RuleEffect | null> {
  const { store, runner, bounds } = services
  const recorded = await records.read(services, isWanted)
  if (recorded === null) return null
  const { rules } = store.state
  const added = { ...rules, allow: [...rules.allow, { text: rule, source: scope }] }
  const known = new Map<string, { isAllowed: boolean; isDangerous: boolean }>()
  const dangerous = new Set<string>()
  let calls = 0
  let allowed = 0
  for (const { name, args } of recorded) {
    if (!isWanted()) return null
    const made = runner.prepare({ callId: '', turnId: '', agentId: '', name, args })
    if (!made.ok) continue
    calls++
    const { label } = made.prepared
    const request = permissionRequest(made.prepared)
    const key = JSON.stringify(request)
    let effect = known.get(key)
    if (effect === undefined) {
      const allows = async (given: PermissionRules): Promise<boolean> =>
        (await decide({ mode: 'default', rules: given, bounds }, request)).decision === 'allow'
      const isAllowed = (await allows(added)) && !(await allows(rules))
      const isDangerous = isAllowed && (await findDangers(bounds, request)).length > 0
      effect = { isAllowed, isDangerous }
      known.set(key, effect)
    }
    if (effect.isAllowed) allowed++
    if (effect.isDangerous) dangerous.add(label)
  }
  return { calls, allowed, dangerous: [...dangerous] }
}
