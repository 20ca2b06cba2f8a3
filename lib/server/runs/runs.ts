import { isErrno } from '../../fs/errno.ts'
import { UserError } from '../../util/user-error.ts'
import { HttpError } from '../errors.ts'
import { newId } from '../ids.ts'
import { type RunRecord, sameThread, type Thread } from '../records.ts'
import { runAgent } from './agent-loop.ts'
import { denyCallsOfRun, denyPending } from './approvals.ts'
import { createLiveRun, type LiveRun } from './live-run.ts'
import type { LoopContext, RunInput } from './loop-context.ts'
import { resolveAgent } from './resolve-agent.ts'

/** The runs of this process: started, looked up, cancelled. */
export interface RunManager {
  /** Refuses while another run of the conversation is under way, in this process or another. */
  start(request: RunRequest): Promise<LiveRun>
  live(runId: string): LiveRun | null
  /** Ends what runs in the conversation, here or in another process, and denies what waits. */
  cancel(thread: Thread): Promise<CancelResults>
  cancelRun(runId: string): Promise<CancelResults[string]>
  /** Ends all runs of the agent. */
  cancelAll(agentId: string): Promise<void>
  close(): Promise<void>
}

export interface RunRequest {
  readonly thread: Thread
  readonly input: RunInput
  readonly background: boolean
  readonly type: RunRecord['type']
  /** What the client calls its messages: the request is known by it when it comes again. */
  readonly otids: string | null
}

/** What became of runs, by id. */
export type CancelResults = Readonly<Record<string, 'cancelled' | 'failed'>>

interface ActiveRun {
  readonly run: LiveRun
  readonly done: Promise<void>
}

const HEARTBEAT_INTERVAL_MS = 10_000
const DEAD_AFTER_MS = 60_000
/** How long the events of a run can be had again. */
const EVENT_RETENTION_MS = 3 * 3_600_000
/** How often another process's wish to cancel is looked for, and how long its end is waited for. */
const CANCEL_POLL_MS = 200
const CANCEL_TIMEOUT_MS = 5000

export function createRuns(context: LoopContext): RunManager {
  const { storage, now } = context
  const live = new Map<string, ActiveRun>()
  const beat = runPeriodically(HEARTBEAT_INTERVAL_MS, () => {
    for (const id of live.keys()) storage.runs.beat(id, now().toISOString())
  })
  const look = runPeriodically(CANCEL_POLL_MS, () => {
    if (live.size === 0) return
    for (const id of storage.runs.askedToCancel()) live.get(id)?.run.abort()
  })
  failDeadRuns(context, live)
  dropOldEvents(context)

  const startedIn = (thread: Thread): ActiveRun | undefined =>
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
    storage.runs.askToCancel(runId)
    return (await waitForRemoteCancel(context, live, runId)) ? 'cancelled' : 'failed'
  }

  return {
    live: (runId) => live.get(runId)?.run ?? null,
    async start(request) {
      const { thread, input } = request
      const before = startedIn(thread)
      // Who has stopped a run may send the next message at once.
      if (before?.run.signal.aborted === true) await before.done
      const record = newRun(request, now().toISOString())
      storage.transaction(() => {
        assertAgentExists(context, thread)
        dropOldEvents(context)
        failDeadRuns(context, live)
        const busy = storage.runs.running(thread)
        if (busy !== null) throw new HttpError(409, busyBody(busy.id))
        storage.runs.insert(record, request.otids)
      })
      const run = createLiveRun(record)
      // Begins in its own turn, when it is already among the live ones and its reader listens.
      const done = Promise.resolve()
        .then(() => runAgent(context, run, input))
        .finally(() => live.delete(record.id))
      live.set(record.id, { run, done })
      return run
    },
    cancelRun,
    async cancel(thread) {
      const running = storage.runs.running(thread)
      const became = running === null ? null : { [running.id]: await cancelRun(running.id) }
      // Also what a run has left that came to its end in the same moment.
      storage.transaction(() => denyPending(storage, thread, now()))
      if (became !== null) return became
      const last = storage.runs.last(thread)
      return last === null ? {} : { [last.id]: 'cancelled' }
    },
    async cancelAll(agentId) {
      const running = storage.runs.allRunning().filter((run) => run.agentId === agentId)
      await Promise.all(running.map((run) => cancelRun(run.id)))
    },
    async close() {
      clearInterval(beat)
      clearInterval(look)
      for (const { run } of live.values()) run.abort()
      await Promise.allSettled([...live.values()].map(({ done }) => done))
    },
  }
}

/** The database may be locked or its disk full: the next time will do. */
function runPeriodically(milliseconds: number, work: () => void): NodeJS.Timeout {
  const timer = setInterval(() => {
    try {
      work()
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown
    }
  }, milliseconds)
  return timer.unref()
}

function newRun({ thread, background, type }: RunRequest, at: string): RunRecord {
  return {
    ...thread,
    id: newId('run'),
    type,
    status: 'running',
    stopReason: null,
    background,
    createdAt: at,
    completedAt: null,
    processId: process.pid,
    heartbeatAt: at,
  }
}

/** It may have been deleted while the run before was waited for. */
function assertAgentExists({ storage }: LoopContext, thread: Thread): void {
  if (resolveAgent(storage, thread) !== null) return
  throw new HttpError(404, `Agent with ID ${thread.agentId} or its conversation not found`)
}

function dropOldEvents({ storage, now }: LoopContext): void {
  storage.runs.dropEvents(new Date(now().getTime() - EVENT_RETENTION_MS).toISOString())
}

function busyBody(runId: string) {
  const detail = `CONFLICT: Cannot send a new message: Another request (run_id=${runId}) is currently being processed for this conversation. Please wait for it to complete.`
  return { detail, run_id: runId }
}

/** Whether the process that has the run ended it in time; a dead one's run ends with it. */
async function waitForRemoteCancel(
  context: LoopContext,
  live: ReadonlyMap<string, unknown>,
  runId: string,
): Promise<boolean> {
  const isOver = (): boolean => {
    failDeadRuns(context, live)
    return context.storage.runs.get(runId)?.status !== 'running'
  }
  for (let waited = 0; waited < CANCEL_TIMEOUT_MS && !isOver(); waited += CANCEL_POLL_MS) {
    await new Promise((resolve) => setTimeout(resolve, CANCEL_POLL_MS))
  }
  return context.storage.runs.get(runId)?.status === 'cancelled'
}

/** A run whose process is gone will never end by itself: its agent must be usable again. */
function failDeadRuns({ storage, now }: LoopContext, live: ReadonlyMap<string, unknown>): void {
  for (const run of storage.runs.allRunning()) {
    if (live.has(run.id) || !isDead(run, now())) continue
    const completedAt = now().toISOString()
    storage.runs.finish({ ...run, status: 'failed', stopReason: 'error', completedAt }, [])
  }
}

/** With our own number it was a process before us: in a container each has the same. */
function isDead({ processId, heartbeatAt }: RunRecord, now: Date): boolean {
  if (processId === process.pid || !processExists(processId)) return true
  return now.getTime() - Date.parse(heartbeatAt) > DEAD_AFTER_MS
}

function processExists(processId: number): boolean {
  try {
    return process.kill(processId, 0)
  } catch (thrown) {
    return isErrno(thrown, 'EPERM')
  }
}
