import { narrownessOfDirectory, narrownessOfRule } from '../permissions/rules/order-by-breadth.ts'
import { grantOfDirectory, grantOfRule } from '../settings/messages.ts'

/**
 * What a directory grants, for a person: valid rules and directories from what allows most, since a reader who stops early must
 * have seen the worst; then prompts and texts.
 */
export function orderGrants(grants: readonly string[]): readonly string[] {
  return grants
    .map((grant) => ({ grant, narrowness: narrownessOf(grant) }))
    .filter(({ narrowness }) => narrowness !== null)
    .toSorted((one, other) => (one.narrowness ?? 0) - (other.narrowness ?? 0))
    .map(({ grant }) => grant)
}

function narrownessOf(grant: string): number | null {
  const [rule, directory] = [grantOfRule(''), grantOfDirectory('')]
  if (grant.startsWith(rule)) return narrownessOfRule(grant.slice(rule.length))
  if (grant.startsWith(directory)) return narrownessOfDirectory(grant.slice(directory.length))
  return Number.MAX_SAFE_INTEGER
}
