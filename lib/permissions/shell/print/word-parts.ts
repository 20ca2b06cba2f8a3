import type { WordPart } from 'unbash'

export function containsExpansion(parts: readonly WordPart[] | undefined): boolean {
  return (
    parts?.some((part) => {
      if (part.type === 'DoubleQuoted') return containsExpansion(part.parts)
      return !FIXED_PARTS.has(part.type)
    }) ?? false
  )
}

/** Whether nothing but the values of variables, and words that are printed anyway, makes the word. */
export function readsOnlyVariables(parts: readonly WordPart[] | undefined): boolean {
  return (
    parts?.every((part) => {
      if (part.type === 'DoubleQuoted') return readsOnlyVariables(part.parts)
      return FIXED_PARTS.has(part.type) || VARIABLES.has(part.type)
    }) ?? true
  )
}

export const VARIABLES = new Set<string>([
  'SimpleExpansion',
  'ParameterExpansion',
  'CommandExpansion',
])

const FIXED_PARTS = new Set<string>([
  'Literal',
  'SingleQuoted',
  'AnsiCQuoted',
  'Glob',
  'BraceExpansion',
])
