import { createHash } from 'node:crypto'
import type { Letta } from '@letta-ai/letta-client'
import type { BlockVersion, ChangeAuthor, ChangeOrigin } from '../../session/state/memory.ts'
import { isRecord } from '../../util/is-record.ts'
import { isStatus } from '../errors.ts'

/** The history of memory blocks on a server that stores it: the embedded one, and `letta serve`. */

/** The tag by which such a server recognizes the value that a client has seen. */
export function valueTag(value: string): string {
  return `"${createHash('sha256').update(value).digest('base64url')}"`
}

/** One process, and the home directory that it has in common with other sessions of the user on this machine. */
export function composeClientId(homeId: string, processId: string): string {
  return `${homeId}.${processId}`
}

function homeOf(clientId: string): string {
  return clientId.split('.', 1)[0] ?? ''
}

/** The header that says for whom a block is changed, and by which session. */
export function changeHeader(
  by: ChangeAuthor,
  clientId: string,
  { call, sources = [] }: ChangeDetails = {},
): Record<string, string> {
  const moved = sources.length === 0 ? [] : [sources.join(',')]
  const words = call === undefined ? moved : [call.agentId, call.callId, call.tool]
  return { 'x-letta-change': [by, clientId, ...words.map(encodeURIComponent)].join(' ') }
}

export interface ChangeDetails {
  /** The call of the agent by which the block is changed. */
  readonly call?: AgentCall
  /** The ids of the blocks from which the user moved or copied lines. */
  readonly sources?: readonly string[]
}

/** A call of an agent, of which the user has approved a part. */
export interface AgentCall {
  readonly agentId: string
  readonly callId: string
  readonly tool: string
}

export interface VersionsQuery {
  readonly limit: number
  /** Only versions before this one. */
  readonly before: number | null
  /** Only versions of this time or before it, in milliseconds since 1970. */
  readonly until?: number
}

/** Newest first, with their values; null when the server stores no versions, or has never had the block. */
export async function listVersions(
  client: Letta,
  blockId: string,
  { limit, before, until }: VersionsQuery,
  clientId: string,
): Promise<readonly BlockVersion[] | null> {
  const query = {
    limit,
    include_values: true,
    ...(before === null ? {} : { before }),
    ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
  }
  const answer = await orUnsupported(client.get<unknown>(versionsPath(blockId), { query }))
  return Array.isArray(answer) ? answer.map((one) => toVersion(one, clientId)) : null
}

/** Null when the server stores no versions, or not this one. */
export async function retrieveVersion(
  client: Letta,
  blockId: string,
  version: number,
  clientId: string,
): Promise<BlockVersion | null> {
  const answer = await orUnsupported(client.get<unknown>(`${versionsPath(blockId)}/${version}`))
  return isRecord(answer) ? toVersion(answer, clientId) : null
}

/** The deleted blocks that the agent had, newest first; null when the server stores no versions. */
export async function listDeletedBlocks(
  client: Letta,
  agentId: string,
  clientId: string,
): Promise<readonly BlockVersion[] | null> {
  const answer = await orUnsupported(
    client.get<unknown>('/v1/blocks/deleted', { query: { agent_id: agentId } }),
  )
  return Array.isArray(answer) ? answer.map((one) => toVersion(one, clientId)) : null
}

export function versionsPath(blockId: string): string {
  return `/v1/blocks/${encodeURIComponent(blockId)}/versions`
}

/** Other servers answer with 404 or 405, or take `deleted` for a malformed id (422). */
function orUnsupported(work: Promise<unknown>): Promise<unknown> {
  return work.catch((thrown: unknown) => {
    if (isStatus(thrown, 404, 405, 422)) return null
    throw thrown
  })
}

const AUTHORS: Readonly<Record<string, ChangeAuthor>> = {
  agent: 'agent',
  client: 'elsewhere',
  import: 'import',
  letta: 'letta',
  restore: 'restore',
  skills: 'skills',
  unknown: 'unknown',
  user: 'user',
}

function toVersion(json: unknown, clientId: string): BlockVersion {
  const one = Object(json)
  const author = Object(one.author)
  const by = AUTHORS[String(author.type)] ?? 'elsewhere'
  return {
    blockId: String(one.block_id),
    version: Number(one.version),
    at: Date.parse(String(one.created_at)),
    by,
    origin: toOrigin(by, author, clientId),
    label: String(one.label),
    value: String(one.value ?? ''),
    limit: Number(one.limit),
    description: typeof one.description === 'string' ? one.description : null,
    isDeletion: one.is_deletion === true,
  }
}

function toOrigin(
  by: ChangeAuthor,
  author: Readonly<Record<string, unknown>>,
  clientId: string,
): ChangeOrigin {
  const { client, agent_id: agentId, tool_call_id: callId, tool_name: tool } = author
  const sources = [author['source_block_ids'] ?? []].flat().map(String)
  const isKnownClient = by !== 'agent' && by !== 'elsewhere' && by !== 'unknown'
  return {
    ...(typeof agentId === 'string' ? { agentId } : {}),
    ...(typeof callId === 'string' ? { callId } : {}),
    ...(typeof tool === 'string' ? { tool } : {}),
    ...(isKnownClient ? sessionOf(String(client), clientId) : {}),
    ...(sources.length === 0 ? {} : { sources }),
    ...(by === 'elsewhere' && typeof client === 'string' ? { client } : {}),
  }
}

function sessionOf(client: string, clientId: string): ChangeOrigin {
  if (client === clientId) return {}
  return homeOf(client) === homeOf(clientId) ? { isOtherSession: true } : { isOther: true }
}
