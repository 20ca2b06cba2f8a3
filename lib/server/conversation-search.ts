import type { MessageRecord } from './records.ts'
import type { Storage } from './storage/storage.ts'

export interface Search {
  readonly query: string
  /** All when left out. */
  readonly roles?: readonly string[] | undefined
  readonly limit: number
}

/** Rows looked at for each result wanted: what matches only in a call's arguments is no result. */
const LOOKED_AT = 20
/** Characters of a result that are shown. */
const SHOWN = 2000

/** The newest messages of the agent whose text holds the query, as the model reads them. */
export function searchConversation(
  { query, roles, limit }: Search,
  place: { readonly agentId: string; readonly storage: Storage; readonly now: Date },
): string {
  const wanted = query.toLowerCase()
  const found = place.storage.messages
    .search({ agentId: place.agentId }, query, limit * LOOKED_AT)
    .filter(({ body }) => roles === undefined || roles.includes(body.role))
    .filter((message) => textOf(message).toLowerCase().includes(wanted))
    .slice(0, limit)
  if (found.length === 0) return 'No results found.'
  const results = found.map((message) => ({
    timestamp: message.createdAt,
    time_ago: ago(place.now.getTime() - Date.parse(message.createdAt)),
    role: message.body.role,
    content: textOf(message).slice(0, SHOWN),
  }))
  return JSON.stringify({ message: `Showing ${results.length} results:`, results }, null, 2)
}

function textOf({ body }: MessageRecord): string {
  if (body.role !== 'user') return body.text
  return body.content.map((part) => (part.type === 'text' ? part.text : '[Image]')).join('')
}

function ago(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 60) return `${seconds}s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ago`
  return seconds < 86_400
    ? `${Math.floor(seconds / 3600)}h ago`
    : `${Math.floor(seconds / 86_400)}d ago`
}
