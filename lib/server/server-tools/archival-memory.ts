import * as z from 'zod'
import { newId } from '../ids.ts'
import type { PassageRecord } from '../records.ts'
import { pythonLiteral } from './python-literal.ts'
import { parseDateRange } from './search-dates.ts'
import { defineServerTool, type ServerToolContext, ToolError } from './server-tool.ts'

const date = (edge: string) =>
  z.string().nullish().describe(`Only memories made ${edge} this time (ISO 8601)`)

const searchShape = z.object({
  query: z
    .string()
    .describe('Words to look for, in any form and order; the best matches come first'),
  tags: z.array(z.string()).nullish().describe('Only memories with these tags'),
  tag_match_mode: z
    .enum(['any', 'all'])
    .nullish()
    .describe('Whether one of the tags is enough (any, as usual) or all are needed'),
  top_k: z.int().min(1).max(100).nullish().describe('How many results at most (usually 10)'),
  start_datetime: date('after'),
  end_datetime: date('before'),
})

const insertShape = z.object({
  content: z.string().describe('What to remember: a text that is understood by itself'),
  tags: z.array(z.string()).nullish().describe('Words by which it can be found again'),
})

export const DEFAULT_RESULTS = 10

/** Memory without end, outside the prompt. */
export const archivalTools = {
  archival_memory_insert: defineServerTool({
    name: 'archival_memory_insert',
    description: 'Store a text in long-term memory, where archival_memory_search finds it.',
    shape: insertShape,
    run({ content, tags }, place) {
      place.storage.passages.insert(newPassage(place, content, tags ?? []))
      return 'None'
    },
  }),
  archival_memory_search: defineServerTool({
    name: 'archival_memory_search',
    description: 'Search long-term memory by words, tags and time.',
    shape: searchShape,
    run({ query, tags, tag_match_mode, top_k, start_datetime, end_datetime }, place) {
      const period = parseDateRange(
        { start_datetime, end_datetime },
        (problem) => new ToolError(problem),
      )
      const found = place.storage.passages.search(place.agent.id, {
        query,
        tags: tags ?? [],
        matchAllTags: tag_match_mode === 'all',
        ...period,
        limit: top_k ?? DEFAULT_RESULTS,
      })
      return pythonLiteral(found.map(resultJson))
    },
  }),
}

export function newPassage(
  { thread, now }: Pick<ServerToolContext, 'thread' | 'now'>,
  text: string,
  tags: readonly string[],
): PassageRecord {
  const at = now.toISOString()
  return { id: newId('passage'), agentId: thread.agentId, text, tags, createdAt: at }
}

/** A passage as searches give it. */
export function resultJson({ id, createdAt, text, tags }: PassageRecord) {
  return { id, timestamp: createdAt.replace('Z', '+00:00'), content: text, tags }
}
