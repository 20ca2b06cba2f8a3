import { orderByBreadth } from '../permissions/rules/order-by-breadth.ts'
import { grantOfRule } from '../settings/messages.ts'

/** What a directory grants, for a person: valid rules from the one that allows most, then directories and prompts. */
export function orderGrants(grants: readonly string[]): readonly string[] {
  const prefix = grantOfRule('')
  const rules = grants.filter((grant) => grant.startsWith(prefix))
  const others = grants.filter((grant) => !grant.startsWith(prefix))
  const ordered = orderByBreadth(rules.map((grant) => grant.slice(prefix.length)))
  return [...ordered.map(grantOfRule), ...others]
}
