import { APIError, type Letta } from '@letta-ai/letta-client'
import type { ProcessIdentity } from '../../fs/process-identity.ts'
import { isRecord } from '../../util/is-record.ts'
import { DEFAULT_CONVERSATION, type Thread } from '../../util/thread.ts'
import { createUserError } from '../../util/user-error.ts'
import { INVALID_LEASE } from '../messages.ts'
import { text } from '../stream/decode.ts'

/** What a session does with an agent. */
export type LeaseActivity = 'model' | 'tool' | 'approval'

/** The session that is at work on a conversation. Others wait until its turn has ended. */
export interface Lease {
  readonly owner: string
  readonly activity: LeaseActivity
  /** Null when unknown. */
  readonly process: ProcessIdentity | null
  /** Counts the renewals: when it does not change for long, the owner is gone. No clock is compared with another. */
  readonly beat: number
}

export type LeaseDraft = Omit<Lease, 'beat'>

export interface LeaseReport {
  readonly lease: Lease | null
  /** The client whose calls are pending, null for one without a lease; null when nothing is pending or that is unknown. */
  readonly pending: { readonly client: string | null } | null
}

/** Where the sessions of a conversation find each other. */
export interface LeaseTable {
  read(thread: Thread): Promise<LeaseReport>
  /** Takes or renews the lease, or replaces one whose owner is gone. Returns the lease that holds afterwards. */
  hold(
    thread: Thread,
    draft: LeaseDraft,
    replaces: Lease | null,
    signal?: AbortSignal,
  ): Promise<Lease | null>
  release(thread: Thread, owner: string): Promise<void>
}

/** The leases of a server; every method resolves with null when the server has none, as Letta server. */
export interface ServerLeases {
  read(thread: Thread): Promise<LeaseReport | null>
  hold(
    thread: Thread,
    draft: LeaseDraft,
    replaces: Lease | null,
    signal?: AbortSignal,
  ): Promise<LeaseReport | null>
  release(thread: Thread, owner: string): Promise<LeaseReport | null>
}

/** `toUserError` converts what the SDK throws. */
export function serverLeases(
  client: Letta,
  toUserError: (thrown: unknown) => unknown,
): ServerLeases {
  const reportOf = (request: PromiseLike<unknown>): Promise<LeaseReport | null> =>
    readReport(request).catch((thrown: unknown) => {
      throw toUserError(thrown)
    })

  const pathOf = ({ agentId }: Thread): string => `/v1/agents/${encodeURIComponent(agentId)}/lease`
  const optionsOf = ({ conversationId }: Thread, query: Readonly<Record<string, string>> = {}) => {
    const isDefault = conversationId === DEFAULT_CONVERSATION
    const ofConversation = isDefault ? {} : { conversation_id: conversationId }
    return { timeout: LEASE_TIMEOUT_MS, maxRetries: 0, query: { ...query, ...ofConversation } }
  }
  return {
    read: (thread) => reportOf(client.get<unknown>(pathOf(thread), optionsOf(thread))),
    hold: (thread, { owner, activity, process }, replaces, signal) => {
      const place = process && {
        host: process.host,
        process_id: process.processId,
        started_at: process.startedAt,
      }
      const replaced = replaces && { owner: replaces.owner, beat: replaces.beat }
      const body = { owner, activity, process: place, replaces: replaced }
      const options = { ...optionsOf(thread), body, ...(signal === undefined ? {} : { signal }) }
      return reportOf(client.put<unknown>(pathOf(thread), options))
    },
    release: (thread, owner) =>
      reportOf(client.delete<unknown>(pathOf(thread), optionsOf(thread, { owner }))),
  }
}

const LEASE_TIMEOUT_MS = 10_000

async function readReport(request: PromiseLike<unknown>): Promise<LeaseReport | null> {
  try {
    const answer = await request
    if (!isRecord(answer) || !('lease' in answer)) return null
    const { lease, pending } = answer
    return { lease: leaseOf(lease), pending: isRecord(pending) ? pendingOf(pending) : null }
  } catch (thrown) {
    if (thrown instanceof APIError && NOT_SUPPORTED.has(thrown.status ?? 0)) return null
    throw thrown
  }
}

/** What servers answer to a route that they do not have. */
const NOT_SUPPORTED = new Set([401, 403, 404, 405, 422, 501])

export function leaseOf(value: unknown): Lease | null {
  if (!isRecord(value) || text(value['owner']) === '' || typeof value['beat'] !== 'number') {
    return null
  }
  const { owner, activity, process, beat } = value
  return {
    owner: text(owner),
    activity: activity === 'tool' || activity === 'approval' ? activity : 'model',
    process: isRecord(process) ? processOf(process) : null,
    beat,
  }
}

function processOf({ host, process_id, started_at }: Readonly<Record<string, unknown>>) {
  if (typeof process_id !== 'number') return null
  return { host: text(host), processId: process_id, startedAt: text(started_at) || null }
}

function pendingOf({ client }: Readonly<Record<string, unknown>>): { client: string | null } {
  return { client: text(client) || null }
}

/** The leases of the server, or those of files when it has none. */
export function chooseLeases(server: ServerLeases, files: LeaseTable): LeaseTable {
  let isSupported = true
  let hasAnswered = false
  const choose = async <Value>(
    ask: () => Promise<LeaseReport | null>,
    pick: (report: LeaseReport) => Value,
    otherwise: () => Promise<Value>,
  ): Promise<Value> => {
    const report = isSupported ? await ask() : null
    if (report !== null) {
      hasAnswered = true
      return pick(report)
    }
    // A server that has leases always has: here another program, such as a proxy, answered.
    if (hasAnswered) throw createUserError(INVALID_LEASE)
    isSupported = false
    return otherwise()
  }
  return {
    read: (thread) =>
      choose(
        () => server.read(thread),
        (report) => report,
        () => files.read(thread),
      ),
    hold: (thread, draft, replaces, signal) =>
      choose(
        () => server.hold(thread, draft, replaces, signal),
        ({ lease }) => lease,
        () => files.hold(thread, draft, replaces),
      ),
    release: (thread, owner) =>
      choose(
        () => server.release(thread, owner),
        () => undefined,
        () => files.release(thread, owner),
      ),
  }
}
