import * as z from 'zod'
import { compactTimeAgo } from '../../util/time-ago.ts'
import { NO_RESULTS, showingResults } from '../messages/tools.ts'
import type { MessageRecord } from '../records.ts'
import type { MessageScope } from '../storage/messages.ts'
import type { Storage } from '../storage/storage.ts'
import { pythonLiteral } from './python-literal.ts'
import { type DateRange, isWithin, parseDateRange } from './search-dates.ts'
import { defineServerTool, ToolError } from './server-tool.ts'

const date = (edge: string) =>
  z
    .string()
    .nullish()
    .describe(
      `Only messages from this time ${edge} (ISO 8601, \`2024-01-15\` or \`2024-01-15T14:30\`)`,
    )

const shape = z.object({
  query: z.string().nullish().describe('Search text; all messages when omitted'),
  roles: z
    .array(z.enum(['assistant', 'user', 'tool']))
    .nullish()
    .describe('Only messages of these roles'),
  limit: z.int().min(1).max(50).nullish().describe('Maximum number of results'),
  start_date: date('on'),
  end_date: date('back'),
})

export const conversationSearch = defineServerTool({
  name: 'conversation_search',
  description:
    'Search all earlier messages by text or date, including those of other conversations.',
  shape,
  run({ query, roles, limit, start_date, end_date }, { agent, storage, now }) {
    const period = parseDateRange({ start_date, end_date }, (message) => new ToolError(message))
    const options = {
      query: query ?? '',
      roles: roles ?? null,
      period,
      limit: limit ?? DEFAULT_LIMIT,
    }
    const found = searchStoredMessages(storage, { agentId: agent.id }, options)
    if (found.length === 0) return pythonLiteral({ message: NO_RESULTS, results: [] })
    const results = found.map((message) => ({
      timestamp: message.createdAt.replace('Z', '+00:00'),
      time_ago: compactTimeAgo(now.getTime() - Date.parse(message.createdAt)),
      role: message.body.role,
      relevance: { search_mode: 'sql' },
      content: textOf(message).slice(0, MAX_SHOWN_CHARACTERS),
    }))
    return pythonLiteral({ message: showingResults(results.length), results })
  },
})

const DEFAULT_LIMIT = 5

const MAX_SHOWN_CHARACTERS = 2000

interface ConversationSearch {
  readonly query: string
  /** All roles when null. */
  readonly roles: readonly string[] | null
  readonly period: DateRange
  readonly limit: number
}

/** Rows read per result: a match in the arguments of a call only is not a result. */
const ROWS_PER_RESULT = 20

/** The newest messages whose text contains the query. */
export function searchStoredMessages(
  storage: Storage,
  scope: MessageScope,
  { query, roles, period, limit }: ConversationSearch,
): readonly MessageRecord[] {
  const lowerCaseQuery = query.toLowerCase()
  return storage.messages
    .search(scope, { words: query, ...period, limit: limit * ROWS_PER_RESULT })
    .filter(({ createdAt }) => isWithin(period, createdAt))
    .filter(({ body }) => body.role !== 'summary')
    .filter(({ body }) => roles === null || roles.includes(body.role))
    .filter((message) => textOf(message) !== '')
    .filter((message) => textOf(message).toLowerCase().includes(lowerCaseQuery))
    .slice(0, limit)
}

function textOf({ body }: MessageRecord): string {
  if (body.role !== 'user') return body.text
  return body.content.map((part) => (part.type === 'text' ? part.text : '[Image]')).join('')
}
