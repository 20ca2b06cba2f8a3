import { setTimeout as delay } from 'node:timers/promises'
import type { Lease, LeaseActivity, LeaseTable } from '../client/gateway/leases.ts'
import { identifyProcess, isProcessAlive, type ProcessIdentity } from '../fs/process-identity.ts'
import type { Thread } from '../util/thread.ts'
import { createUserError, UserError } from '../util/user-error.ts'
import { conversationAtWork } from './messages/conversations.ts'
import { TURN_TAKEN_OVER } from './messages/turns.ts'
import type { Services } from './services.ts'
import type { TurnHolder } from './state/turn.ts'
import { type ValueWatch, watchChanges } from './value-watch.ts'

/** The agent belongs to this session until the lease is released. */
export interface TurnLease {
  /** Whether another session was at work first: its messages are new to this one. */
  readonly hasWaited: boolean
  report(activity: LeaseActivity): void
  release(): Promise<void>
}

export interface LeasePorts {
  readonly leases: LeaseTable
  readonly thread: Thread
  /** The name of this session in leases. */
  readonly owner: string
  /** Reports for whom this session waits; null when it no longer does. */
  waiting(holder: TurnHolder | null): void
  /** Another session has taken the lease over. */
  lost(reason: TakenOver): void
  /** Whether the user has asked to take the agent over since the last call. */
  isTakeOverRequested(): boolean
}

/** Another session has taken the turn over: this one must neither answer nor cancel anything of it. */
export class TakenOver extends UserError {
  override readonly name = 'TakenOver'

  constructor() {
    super(TURN_TAKEN_OVER.message, { hint: TURN_TAKEN_OVER.hint })
  }
}

/**
 * Milliseconds.
 * @internal
 */
export const LEASE_TIMES = {
  renewal: 2000,
  poll: 250,
  silence: 20_000,
  foreign: 60_000,
  stuck: 300_000,
}

/**
 * Waits until no other session is at work on the agent, and takes its lease. The lease of a process that has ended is taken at
 * once, that of a process on another machine when it was not renewed for `LEASE_TIMES.silence`, measured by this process alone.
 * A process that exists keeps its lease, however long it is stopped.
 */
export async function acquireLease(ports: LeasePorts, signal: AbortSignal): Promise<TurnLease> {
  const { leases, thread, owner } = ports
  const own = await ownProcess()
  let activity: LeaseActivity = 'model'
  const hold = (replaces: Lease | null, given?: AbortSignal): Promise<Lease | null> =>
    leases.hold(thread, { owner, activity, process: own }, replaces, given)
  const take = async (replaces: Lease | null): Promise<Lease | null> => {
    try {
      // The database may be locked for long: a cancellation ends the wait for it.
      return await hold(replaces, signal)
    } catch (thrown) {
      if (signal.aborted) await releaseTaken(ports)
      throw thrown
    }
  }
  const isOwn = (lease: Lease | null): boolean => lease === null || lease.owner === owner
  const changes = watchChanges()
  let hasWaited = false
  for (;;) {
    signal.throwIfAborted()
    const { lease } = await leases.read(thread)
    const isFree = isOwn(lease) || (lease !== null && (await isGone(lease, own, changes)))
    const isTaken = isFree || ports.isTakeOverRequested()
    if (isTaken && isOwn(await take(isOwn(lease) ? null : lease))) break
    if (lease !== null && !isTaken) {
      hasWaited = true
      ports.waiting(holderOf(lease, own))
    }
    await delay(LEASE_TIMES.poll * (0.5 + Math.random()), undefined, { signal }).catch(() =>
      signal.throwIfAborted(),
    )
  }
  if (hasWaited) ports.waiting(null)
  const renew = async (): Promise<void> => {
    // A server that cannot be reached is reported by the turn itself.
    const lease = await hold(null).catch(() => null)
    if (lease === null || lease.owner === owner || isReleased) return
    stop()
    ports.lost(new TakenOver())
  }
  let isReleased = false
  let renewing: Promise<void> = Promise.resolve()
  const beat = (): void => {
    renewing = renewing.then(renew)
  }
  const timer = setInterval(beat, LEASE_TIMES.renewal).unref()
  const stop = (): void => clearInterval(timer)
  return {
    hasWaited,
    report(next) {
      if (next === activity || isReleased) return
      activity = next
      beat()
    },
    async release() {
      stop()
      isReleased = true
      await renewing
      // Others find out that the owner is gone, or that it does not renew the lease.
      await leases.release(thread, owner).catch(() => undefined)
    },
  }
}

/** The server may have granted the lease in the moment in which its request was aborted. */
async function releaseTaken({ leases, thread, owner }: LeasePorts): Promise<void> {
  try {
    const { lease } = await leases.read(thread)
    if (lease?.owner === owner) await leases.release(thread, owner)
  } catch {
    // Others find out that the owner is gone, or that it does not renew the lease.
  }
}

let identity: Promise<ProcessIdentity> | null = null

function ownProcess(): Promise<ProcessIdentity> {
  identity ??= identifyProcess()
  return identity
}

async function isGone(lease: Lease, own: ProcessIdentity, changes: ValueWatch): Promise<boolean> {
  const silence = changes.unchangedFor(`${lease.owner} ${lease.beat}`)
  const isAlive = lease.process === null ? null : await isProcessAlive(lease.process, own)
  return isAlive === null ? silence > LEASE_TIMES.silence : !isAlive
}

function holderOf({ activity, process }: Lease, own: ProcessIdentity): TurnHolder {
  const isHere = process !== null && process.host === own.host
  return { activity, processId: isHere ? process.processId : null }
}

/** Another session, whose process may exist, that is at work on the conversation; null when none is. */
export async function findHolder(
  { leases, gateway }: Pick<Services, 'leases' | 'gateway'>,
  thread: Thread,
): Promise<TurnHolder | null> {
  const { lease } = await leases.read(thread)
  if (lease === null || lease.owner === gateway.session) return null
  const own = await ownProcess()
  const isAlive = lease.process === null || (await isProcessAlive(lease.process, own)) !== false
  return isAlive ? holderOf(lease, own) : null
}

/** Throws a `UserError` while another session is at work on the conversation: a deletion would cancel its turn. */
export async function assertNotAtWork(
  services: Pick<Services, 'leases' | 'gateway'>,
  thread: Thread,
): Promise<void> {
  const holder = await findHolder(services, thread)
  if (holder !== null) throw createUserError(conversationAtWork(holder.processId))
}
