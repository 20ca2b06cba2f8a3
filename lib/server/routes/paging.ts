import * as z from 'zod'
import { limitParameter } from '../http/endpoint.ts'

/** The parameters of a list that clients request page by page, until a page is empty. */
export const pageQuery = z.object({
  limit: limitParameter(50),
  /** The id of the last item of the previous page. */
  after: z.string().optional(),
  before: z.string().optional(),
  order: z.enum(['asc', 'desc']).optional(),
})

/** What belongs to one agent is listed completely, unless `limit` is given. */
export const fullListQuery = pageQuery.extend({ limit: limitParameter(1000) })

/** One page of a list whose items are ordered oldest first. */
export function paginate<Item extends { readonly id: string }>(
  oldestFirst: readonly Item[],
  { limit, after, before, order }: z.output<typeof pageQuery>,
): readonly Item[] {
  const items = order === 'desc' ? oldestFirst.toReversed() : oldestFirst
  const from = after === undefined ? -1 : items.findIndex((item) => item.id === after)
  // The item may have been deleted since: starting again would never end.
  if (after !== undefined && from < 0) return []
  const to = before === undefined ? -1 : items.findIndex((item) => item.id === before)
  const within = items.slice(from + 1, to < 0 ? undefined : to)
  return before !== undefined && to >= 0 ? within.slice(-limit) : within.slice(0, limit)
}
