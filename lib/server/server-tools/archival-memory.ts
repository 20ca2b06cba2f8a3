import * as z from 'zod'
import { newId } from '../ids.ts'
import type { PassageRecord } from '../records.ts'
import { pythonLiteral } from './python-literal.ts'
import { parseDateRange } from './search-dates.ts'
import { defineServerTool, type ServerToolContext, ToolError } from './server-tool.ts'

const date = (edge: string) =>
  z.string().nullish().describe(`Only memories created ${edge} this time (ISO 8601)`)

const searchShape = z.object({
  query: z
    .string()
    .describe('Search query: words in any form and order; the best matches come first'),
  tags: z.array(z.string()).nullish().describe('Only memories with these tags'),
  tag_match_mode: z
    .enum(['any', 'all'])
    .nullish()
    .describe('Whether any of the tags (default) or all of them must match'),
  top_k: z.int().min(1).max(100).nullish().describe('Maximum number of results (default 10)'),
  start_datetime: date('after'),
  end_datetime: date('before'),
})

const insertShape = z.object({
  content: z.string().describe('What to remember, as self-contained text'),
  tags: z.array(z.string()).nullish().describe('Tags by which it can be found'),
})

export const DEFAULT_RESULTS = 10

/** Unlimited memory outside the prompt. */
export const archivalTools = {
  archival_memory_insert: defineServerTool({
    name: 'archival_memory_insert',
    description: 'Store text in long-term memory, where archival_memory_search finds it.',
    shape: insertShape,
    run({ content, tags }, context) {
      context.storage.passages.insert(createPassage(context, content, tags ?? []))
      return 'None'
    },
  }),
  archival_memory_search: defineServerTool({
    name: 'archival_memory_search',
    description: 'Search long-term memory by words, tags and time.',
    shape: searchShape,
    run({ query, tags, tag_match_mode, top_k, start_datetime, end_datetime }, context) {
      const period = parseDateRange(
        { start_datetime, end_datetime },
        (message) => new ToolError(message),
      )
      const found = context.storage.passages.search(context.agent.id, {
        query,
        tags: tags ?? [],
        matchAllTags: tag_match_mode === 'all',
        ...period,
        limit: top_k ?? DEFAULT_RESULTS,
      })
      return pythonLiteral(found.map(toResultJson))
    },
  }),
}

export function createPassage(
  { thread, now }: Pick<ServerToolContext, 'thread' | 'now'>,
  text: string,
  tags: readonly string[],
): PassageRecord {
  const at = now.toISOString()
  return { id: newId('passage'), agentId: thread.agentId, text, tags, createdAt: at }
}

/** A passage in the format of search results. */
export function toResultJson({ id, createdAt, text, tags }: PassageRecord) {
  return { id, timestamp: createdAt.replace('Z', '+00:00'), content: text, tags }
}
