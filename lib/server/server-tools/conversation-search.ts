import * as z from 'zod'
import type { MessageRecord } from '../records.ts'
import type { MessageScope } from '../storage/messages.ts'
import type { Storage } from '../storage/storage.ts'
import { pythonLiteral } from './python-literal.ts'
import { isWithin, type Period, periodOf } from './search-dates.ts'
import { serverTool, ToolError } from './server-tool.ts'

const date = (edge: string) =>
  z
    .string()
    .nullish()
    .describe(
      `Only messages from this time ${edge} (ISO 8601, \`2024-01-15\` or \`2024-01-15T14:30\`)`,
    )

const shape = z.object({
  query: z.string().nullish().describe('Text to look for; all messages when left out'),
  roles: z
    .array(z.enum(['assistant', 'user', 'tool']))
    .nullish()
    .describe('Only messages of these roles'),
  limit: z.int().min(1).max(50).nullish().describe('How many results at most'),
  start_date: date('on'),
  end_date: date('back'),
})

export const conversationSearch = serverTool({
  name: 'conversation_search',
  description:
    'Search all earlier messages, those of other conversations too, for a text or a time.',
  shape,
  run({ query, roles, limit, start_date, end_date }, { agent, storage, now }) {
    const period = periodOf({ start_date, end_date }, (problem) => new ToolError(problem))
    const wanted = { query: query ?? '', roles: roles ?? null, period, limit: limit ?? USUAL_LIMIT }
    const found = searchMessages(storage, { agentId: agent.id }, wanted)
    if (found.length === 0) return pythonLiteral({ message: 'No results found.', results: [] })
    const results = found.map((message) => ({
      timestamp: message.createdAt.replace('Z', '+00:00'),
      time_ago: ago(now.getTime() - Date.parse(message.createdAt)),
      role: message.body.role,
      relevance: { search_mode: 'sql' },
      content: textOf(message).slice(0, SHOWN),
    }))
    return pythonLiteral({ message: `Showing ${results.length} results:`, results })
  },
})

const USUAL_LIMIT = 5
/** Characters of a result that are shown. */
const SHOWN = 2000

export interface Search {
  readonly query: string
  /** All when null. */
  readonly roles: readonly string[] | null
  readonly period: Period
  readonly limit: number
}

/** Rows looked at for each result wanted: what matches only in a call's arguments is no result. */
const LOOKED_AT = 20

/** The newest messages whose text holds the query. */
export function searchMessages(
  storage: Storage,
  scope: MessageScope,
  { query, roles, period, limit }: Search,
): readonly MessageRecord[] {
  const wanted = query.toLowerCase()
  return storage.messages
    .search(scope, { words: query, ...period, limit: limit * LOOKED_AT })
    .filter(({ createdAt }) => isWithin(period, createdAt))
    .filter(({ body }) => body.role !== 'summary')
    .filter(({ body }) => roles === null || roles.includes(body.role))
    .filter((message) => textOf(message) !== '')
    .filter((message) => textOf(message).toLowerCase().includes(wanted))
    .slice(0, limit)
}

export function textOf({ body }: MessageRecord): string {
  if (body.role !== 'user') return body.text
  return body.content.map((part) => (part.type === 'text' ? part.text : '[Image]')).join('')
}

function ago(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  if (seconds < 60) return `${seconds}s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ago`
  return seconds < 86_400
    ? `${Math.floor(seconds / 3600)}h ago`
    : `${Math.floor(seconds / 86_400)}d ago`
}
