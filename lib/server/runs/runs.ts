import { startOfProcess } from '../../fs/process-identity.ts'
import { sameThread, type Thread } from '../../util/thread.ts'
import { ignoreUserError } from '../../util/user-error.ts'
import { HttpError } from '../errors.ts'
import { newId } from '../ids.ts'
import { agentOrConversationGone, conversationBusy } from '../messages/api.ts'
import type { RunRecord } from '../records.ts'
import { runAgent } from './agent-loop.ts'
import { denyCallsOfRun, denyPending, findPending } from './approvals.ts'
import { endDeadRuns } from './end-dead-runs.ts'
import { createLiveRun, type LiveRun } from './live-run.ts'
import type { LoopContext, RunInput } from './loop-context.ts'
import { resolveAgent } from './resolve-agent.ts'
import { createLiveness, type IsDead, registerRun } from './run-liveness.ts'

/** Starts, finds and cancels the runs of this process. */
export interface RunManager {
  /**
   * Throws a 409 while another run of the conversation is active, in this process or another, and what `refusePending` returns when
   * a call waits for its client.
   */
  start(request: RunRequest): Promise<LiveRun>
  live(runId: string): LiveRun | null
  /** Cancels the run of the conversation, here or in another process, and denies its pending calls. */
  cancel(thread: Thread): Promise<CancelResults>
  cancelRun(runId: string): Promise<CancelResults[string]>
  /** Ends the wait of a run of this process for its next model call. Returns whether there was one. */
  retryNow(thread: Thread): boolean
  /** Cancels all runs of the agent. */
  cancelAll(agentId: string): Promise<void>
  /** Ends the runs of processes that have ended: they are listed as active otherwise. */
  endDead(): void
  close(): Promise<void>
}

export interface RunRequest {
  readonly thread: Thread
  readonly input: RunInput
  readonly background: boolean
  readonly type: RunRecord['type']
  /** The client's ids of the messages, by which a repeated request is recognized. */
  readonly otids: string | null
  /** The session that sent the request; null for other clients. */
  readonly client?: string | null
  /**
   * For a message that is answered with one response: what it is refused with while a call waits, by the id of the message of that
   * call. Without it, the run itself fails. It is checked together with the run that is stored, because another process may have
   * left such a call in the meantime.
   */
  readonly refusePending?: (messageId: string) => HttpError
}

/** The outcome of cancelling each run, by its id. */
export type CancelResults = Readonly<Record<string, 'cancelled' | 'failed'>>

interface ActiveRun {
  readonly run: LiveRun
  readonly done: Promise<void>
}

const HEARTBEAT_INTERVAL_MS = 10_000
/** How long the events of a run are available. */
const EVENT_RETENTION_MS = 3 * 3_600_000
/** How often a process looks for requests of others to cancel its runs, and how long the others wait for it. */
const CANCEL_POLL_MS = 200
const CANCEL_TIMEOUT_MS = 5000

export function createRuns(context: LoopContext): RunManager {
  const { storage, now } = context
  const live = new Map<string, ActiveRun>()
  const heartbeat = runPeriodically(HEARTBEAT_INTERVAL_MS, () => {
    // The next heartbeat is early enough, and waiting would block the thread.
    if (live.size === 0 || storage.isLocked()) return
    for (const id of live.keys()) storage.runs.beat(id, now().toISOString())
  })
  const cancelPoll = runPeriodically(CANCEL_POLL_MS, () => {
    if (live.size === 0) return
    for (const id of storage.runs.cancelRequested()) live.get(id)?.run.abort()
  })
  const isDead = createLiveness()
  endDeadRuns(context, live, isDead)
  dropOldEvents(context)

  const findActive = (thread: Thread): ActiveRun | undefined =>
    [...live.values()].find(({ run }) => sameThread(run.record, thread))

  const cancelRun = async (runId: string): Promise<CancelResults[string]> => {
    const started = live.get(runId)
    started?.run.abort()
    await started?.done
    const record = storage.runs.get(runId)
    if (record === null) return 'failed'
    if (record.status !== 'running') {
      storage.transaction(() => denyCallsOfRun(storage, { ...record, status: 'cancelled' }, now()))
      return 'cancelled'
    }
    storage.runs.requestCancel(runId)
    return (await waitForRemoteCancel(context, live, runId, isDead)) ? 'cancelled' : 'failed'
  }

  return {
    live: (runId) => live.get(runId)?.run ?? null,
    async start(request) {
      const { thread, input } = request
      const previous = findActive(thread)
      // A client that has cancelled a run may send the next message at once.
      if (previous?.run.signal.aborted === true) await previous.done
      const record = newRun(request, now().toISOString())
      storage.transaction(() => {
        assertAgentExists(context, thread)
        dropOldEvents(context)
        endDeadRuns(context, live, isDead)
        const busy = storage.runs.running(thread)
        if (busy !== null) throw new HttpError(409, toBusyBody(busy.id))
        assertNoneWaits(context, request)
        updateLastMessageAt(context, thread)
        storage.runs.insert(record, request.otids)
      })
      const unregister = registerRun(record.id)
      const run = createLiveRun(record)
      // The run starts in a later microtask, when it is registered and its reader listens.
      const done = Promise.resolve()
        .then(() => runAgent(context, run, input))
        .finally(() => {
          live.delete(record.id)
          unregister()
        })
      live.set(record.id, { run, done })
      return run
    },
    cancelRun,
    async cancel(thread) {
      const running = storage.runs.running(thread)
      const results = running === null ? null : { [running.id]: await cancelRun(running.id) }
      // A run that ended in the same moment may have left pending calls.
      storage.transaction(() => denyPending(storage, thread, now()))
      if (results !== null) return results
      const last = storage.runs.last(thread)
      return last === null ? {} : { [last.id]: 'cancelled' }
    },
    retryNow: (thread) => findActive(thread)?.run.retryNow() ?? false,
    async cancelAll(agentId) {
      const running = storage.runs.allRunning().filter((run) => run.agentId === agentId)
      await Promise.all(running.map((run) => cancelRun(run.id)))
    },
    endDead() {
      // To be read, a run need not be ended: that waits for no other process.
      if (!storage.isLocked()) endDeadRuns(context, live, isDead)
    },
    async close() {
      clearInterval(heartbeat)
      clearInterval(cancelPoll)
      for (const { run } of live.values()) run.abort()
      await Promise.allSettled([...live.values()].map(({ done }) => done))
    },
  }
}

/** Ignores a locked database or a full disk: the next time may succeed. */
function runPeriodically(milliseconds: number, work: () => void): NodeJS.Timeout {
  const timer = setInterval(() => {
    try {
      work()
    } catch (thrown) {
      ignoreUserError(thrown)
    }
  }, milliseconds)
  return timer.unref()
}

function newRun({ thread, background, type, client }: RunRequest, at: string): RunRecord {
  return {
    ...thread,
    id: newId('run'),
    type,
    status: 'running',
    stopReason: null,
    background,
    client: client ?? null,
    createdAt: at,
    completedAt: null,
    processId: process.pid,
    processStartedAt: startOfProcess(process.pid),
    heartbeatAt: at,
  }
}

/** The agent may have been deleted while the previous run ended. */
function assertAgentExists({ storage }: LoopContext, thread: Thread): void {
  if (resolveAgent(storage, thread) !== null) return
  throw new HttpError(404, agentOrConversationGone(thread.agentId))
}

function assertNoneWaits({ storage }: LoopContext, { thread, input, refusePending }: RunRequest) {
  if (refusePending === undefined || input.replies !== null) return
  const pending = findPending(storage, thread)
  if (pending !== null) throw refusePending(pending.message.id)
}

function updateLastMessageAt({ storage, now }: LoopContext, { conversationId }: Thread) {
  const conversation = storage.conversations.get(conversationId)
  if (conversation === null) return
  const at = now().toISOString()
  storage.conversations.save({ ...conversation, lastMessageAt: at, updatedAt: at })
}

function dropOldEvents({ storage, now }: LoopContext): void {
  storage.runs.dropEvents(new Date(now().getTime() - EVENT_RETENTION_MS).toISOString())
}

function toBusyBody(runId: string) {
  return { detail: conversationBusy(runId), run_id: runId }
}

/** Returns whether the process that owns the run has cancelled it in time. */
async function waitForRemoteCancel(
  context: LoopContext,
  live: ReadonlyMap<string, unknown>,
  runId: string,
  isDead: IsDead,
): Promise<boolean> {
  const isOver = (): boolean => {
    endDeadRuns(context, live, isDead)
    return context.storage.runs.get(runId)?.status !== 'running'
  }
  for (let waited = 0; waited < CANCEL_TIMEOUT_MS && !isOver(); waited += CANCEL_POLL_MS) {
    await new Promise((resolve) => setTimeout(resolve, CANCEL_POLL_MS))
  }
  return context.storage.runs.get(runId)?.status === 'cancelled'
}
