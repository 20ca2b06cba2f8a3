import type { RuleSuggestion } from '../../lib/permissions/types.ts'

/** Where a rule can be saved, from the narrowest. */
export const RULE_SCOPES = [
  'session',
  'local',
  'project',
  'user',
] as const satisfies readonly RuleSuggestion['scope'][]
