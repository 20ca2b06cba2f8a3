import { setTimeout as delay } from 'node:timers/promises'
import type { LeaseActivity } from '../client/gateway/leases.ts'
import { ignoreUserError } from '../util/user-error.ts'
import { LEASE_TIMES, type LeasePorts } from './turn-lease.ts'
import { type ValueWatch, watchChanges } from './value-watch.ts'

/** Work of a client without a lease, such as another program. */
interface OtherWork {
  readonly activity: LeaseActivity
  /** Milliseconds without a change after which it may never end. */
  readonly patience: number
  /** What can be seen of it; null when it has ended. */
  look(): Promise<string | null>
  takeOver(): Promise<void>
}

type WaitPorts = Pick<LeasePorts, 'waiting' | 'isTakeOverRequested'>

/** Returns whether it has waited until the end of the work. */
async function awaitOther(
  ports: WaitPorts,
  work: OtherWork,
  { changes, signal }: { readonly changes: ValueWatch; readonly signal: AbortSignal },
): Promise<boolean> {
  let hasWaited = false
  for (;;) {
    if (ports.isTakeOverRequested()) await work.takeOver()
    const seen = await work.look()
    const isStuck = changes.unchangedFor(seen ?? '') > work.patience && seen !== null
    if (seen === null || isStuck) {
      if (hasWaited) ports.waiting(null)
      return hasWaited && !isStuck
    }
    hasWaited = true
    ports.waiting({ activity: work.activity, processId: null })
    await delay(LEASE_TIMES.poll, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}

/**
 * Waits while calls are pending that a client without a lease may be about to answer. Resolves when there are none, or when nothing
 * has changed for `LEASE_TIMES.foreign`.
 */
export async function awaitOtherClient(
  ports: WaitPorts & Pick<LeasePorts, 'leases' | 'thread'>,
  callIds: () => Promise<readonly string[]>,
  signal: AbortSignal,
): Promise<void> {
  let isTakenOver = false
  const work: OtherWork = {
    activity: 'approval',
    patience: LEASE_TIMES.foreign,
    async look() {
      const { pending } = await ports.leases.read(ports.thread)
      // A session that has a lease is waited for; when it has none any more, its calls are left pending.
      if (pending === null || pending.client !== null || isTakenOver) return null
      return (await callIds()).join(' ') || null
    },
    async takeOver() {
      isTakenOver = true
    },
  }
  await awaitOther(ports, work, { changes: watchChanges(), signal })
}

/**
 * Waits while a client without a lease is answered in the conversation. Returns whether it has waited until the end of that run: one
 * that has written nothing for `LEASE_TIMES.stuck` may never end, and a server may not list it. `changes` spans the attempts of a
 * turn, so that a stuck run is waited for once.
 */
export function awaitOtherRun(
  ports: WaitPorts,
  run: {
    /** What the model of the active run has written so far; null when no run is active. */
    written(): Promise<string | null>
    cancel(): Promise<void>
  },
  wait: { readonly changes: ValueWatch; readonly signal: AbortSignal },
): Promise<boolean> {
  const work: OtherWork = {
    activity: 'model',
    patience: LEASE_TIMES.stuck,
    look: run.written,
    async takeOver() {
      await run.cancel().catch(ignoreUserError)
    },
  }
  return awaitOther(ports, work, wait)
}
