import type { Letta } from '@letta-ai/letta-client'
import type {
  BlockVersion,
  ChangeAuthor,
  ChangeOrigin,
  MemoryBlock,
  NewestVersions,
} from '../../session/state/memory.ts'
import { isRecord } from '../../util/is-record.ts'
import { isStatus } from '../errors.ts'
import { blockAnswer } from './answers.ts'
import { type BlockState, toBlock } from './blocks.ts'
import { changeHeader, homeOf } from './change-header.ts'
import type { Requests } from './requests.ts'

export interface VersionsQuery {
  readonly limit: number
  /** Only versions before this one. */
  readonly before: number | null
  /** Only versions of this time or before it, in milliseconds since 1970. */
  readonly until?: number
}

export interface VersionTotals {
  readonly versions: number
  readonly characters: number
}

/** The versions of memory blocks, on a server that stores them: the embedded one, and `letta serve`. */
export interface GatewayVersions {
  /** Newest first, with their values; null when the server stores no versions, or has never had the block. */
  list(blockId: string, query: VersionsQuery): Promise<readonly BlockVersion[] | null>
  /** The newest ones without their values, with the lines that each has changed; null as for `list`. */
  newest(blockId: string, limit: number): Promise<NewestVersions | null>
  /** How many versions the server has of the block, and their characters; null when it stores none. */
  totals(blockId: string): Promise<VersionTotals | null>
  /** Null when the server stores no versions, or not this one. */
  retrieve(blockId: string, version: number): Promise<BlockVersion | null>
  /** The deleted blocks that the agent had, newest first; null when the server stores no versions. */
  deleted(agentId: string): Promise<readonly BlockVersion[] | null>
  /** Also restores a deleted block. */
  restore(blockId: string, version: number): Promise<MemoryBlock>
}

export function gatewayVersions(
  client: Letta,
  { call }: Pick<Requests, 'call'>,
  clientId: string,
): GatewayVersions {
  const read = (path: string, query: Readonly<Record<string, unknown>> = {}): Promise<unknown> =>
    call(orUnsupported(client.get<unknown>(path, { query })))
  const toVersions = (answer: unknown): readonly BlockVersion[] | null =>
    Array.isArray(answer) ? answer.map((one) => toVersion(one, clientId)) : null
  return {
    async list(blockId, { limit, before, until }) {
      const query = {
        limit,
        include_values: true,
        ...(before === null ? {} : { before }),
        ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
      }
      return toVersions(await read(versionsPath(blockId), query))
    },
    async newest(blockId, limit) {
      const query = { limit, include_changes: true }
      const request = client.get<unknown>(versionsPath(blockId), { query })
      const answer = await call(orUnsupported(request.withResponse()))
      const { data, response } = Object(answer)
      const totals = response instanceof Response ? totalsIn(response) : null
      if (totals === null || !Array.isArray(data)) return null
      const versions = data.map((one) => {
        const { value: _, ...version } = toVersion(one, clientId)
        const { added_lines: added, removed_lines: removed } = Object(one)
        return { ...version, added: Number(added), removed: Number(removed) }
      })
      // An older server does not count the lines.
      const isCounted = versions.every(({ added, removed }) => !Number.isNaN(added + removed))
      return isCounted ? { blockId, versions, totals } : null
    },
    async totals(blockId) {
      const request = client.get<unknown>(versionsPath(blockId), { query: { limit: 1 } })
      const answer = await call(orUnsupported(request.asResponse()))
      return answer instanceof Response ? totalsIn(answer) : null
    },
    async retrieve(blockId, version) {
      const answer = await read(`${versionsPath(blockId)}/${version}`)
      return isRecord(answer) ? toVersion(answer, clientId) : null
    },
    deleted: async (agentId) => toVersions(await read('/v1/blocks/deleted', { agent_id: agentId })),
    async restore(blockId, version) {
      const headers = changeHeader('restore', clientId)
      const path = `${versionsPath(blockId)}/${version}/restore`
      return toBlock(await call(client.post<BlockState>(path, { headers }), blockAnswer))
    },
  }
}

const headers = { versions: 'x-total-versions', characters: 'x-total-characters' } as const

function totalsIn({ headers: given }: Response): VersionTotals | null {
  const [versions, characters] = [headers.versions, headers.characters].map((name) =>
    Number(given.get(name) ?? Number.NaN),
  )
  const isThere = versions !== undefined && characters !== undefined
  return isThere && !Number.isNaN(versions + characters) ? { versions, characters } : null
}

function versionsPath(blockId: string): string {
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
    readOnly: one.read_only === true,
    ...(typeof author.run_id === 'string' ? { runId: author.run_id } : {}),
    ...(typeof author.step_id === 'string' ? { stepId: author.step_id } : {}),
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
