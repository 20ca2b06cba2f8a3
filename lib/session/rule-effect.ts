import { findDangers } from '../permissions/dangerous-calls.ts'
import { decide } from '../permissions/decide.ts'
import type { PermissionRules, RuleSuggestion } from '../permissions/types.ts'
import { permissionRequest } from './approval-request.ts'
import type { Services } from './services.ts'
import type { Entry, RuleEffect } from './state/entry.ts'

/** Older calls are not looked at. */
const MAX_CALLS = 1000

/** Computed by deciding each call again, without and with the rule. Stops with null once it is no longer wanted. */
export async function ruleEffect(
  services: Services,
  { rule, scope }: RuleSuggestion,
  isWanted: () => boolean,
): Promise<RuleEffect | null> {
  const { store, runner, bounds } = services
  const { settled, current, rules } = store.state
  const added = { ...rules, allow: [...rules.allow, { text: rule, source: scope }] }
  const known = new Map<string, { isAllowed: boolean; isDangerous: boolean }>()
  const dangerous = new Set<string>()
  let calls = 0
  let allowed = 0
  for (const { name, args } of callsOf([...settled, ...current]).slice(-MAX_CALLS)) {
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

function callsOf(entries: readonly Entry[]): readonly { name: string; args: string }[] {
  return entries.flatMap((entry) => {
    if (entry.type !== 'tool' || entry.call.host !== 'local') return []
    return [{ name: entry.call.tool, args: entry.call.args }]
  })
}
