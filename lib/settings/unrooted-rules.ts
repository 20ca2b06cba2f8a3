import { ruleWithoutEffect } from './messages.ts'
import { examineRoot } from './rule-root.ts'
import type { Decoded, Permissions } from './schema.ts'

/** Adds the rules whose paths begin where nothing is, seen from a project. */
export function withUnrootedRules<Value extends { readonly permissions: Permissions }>(
  decoded: Decoded<Value>,
  directory: string,
): Decoded<Value> {
  const found = (['deny', 'ask', 'allow'] as const).flatMap((list) =>
    decoded.value.permissions[list].flatMap((rule, index) => {
      const problem = examineRoot(rule, directory)
      return problem === null ? [] : [{ list, rule, index, problem }]
    }),
  )
  const problems = found.map(({ list, rule, index, problem: { reason, meant } }) => ({
    at: ['permissions', list, index],
    message: ruleWithoutEffect(list, rule, reason, meant),
  }))
  const isLost = found.some(({ list, problem }) => list !== 'allow' && problem.isUnusable)
  return {
    ...decoded,
    problems: [...decoded.problems, ...problems],
    lostDenials: decoded.lostDenials || isLost,
  }
}
