import * as z from 'zod'

/** A list parameter that can be repeated. */
export const texts = z.array(z.string()).optional()

/**
 * Filters on what this server does not have, such as projects and identities. No record has any, so a list with such a
 * filter is empty: ignoring it would return records that the client did not ask for.
 */
export const unmatchable = z.object({
  project_id: texts,
  identity_id: texts,
  identifier_keys: texts,
  template_id: texts,
  base_template_id: texts,
  created_by_id: texts,
  trace_ids: texts,
  group_id: texts,
})

/** Whether the query contains a filter that no record can match. */
export function isUnmatchable(query: Partial<z.output<typeof unmatchable>>): boolean {
  return Object.keys(unmatchable.shape).some((name) => name in query)
}

/** Whether a text contains the search term in any case; true without a term. */
export function containsText(text: string | null, term: string | undefined): boolean {
  return term === undefined || (text ?? '').toLowerCase().includes(term.toLowerCase())
}

/** Whether a value is one of the requested ones; true when none were requested. */
export function isOneOf(value: string, requested: readonly string[] | undefined): boolean {
  return requested === undefined || requested.includes(value)
}

/** Whether the tags contain one of the requested ones, or all of them; true when none were requested. */
export function hasTags(
  tags: readonly string[],
  requested: readonly string[] | undefined,
  mustMatchAll: boolean | undefined,
): boolean {
  if (requested === undefined || requested.length === 0) return true
  const isTagged = (tag: string): boolean => tags.includes(tag)
  return mustMatchAll === true ? requested.every(isTagged) : requested.some(isTagged)
}
