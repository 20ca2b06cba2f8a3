import { runAgent } from './agent-loop.ts'
import { denyPending } from './approvals.ts'
import { Refusal } from './failure.ts'
import { newId } from './ids.ts'
import { createLiveRun, type LiveRun } from './live-run.ts'
import type { LoopContext, RunInput } from './loop.ts'
import type { RunRecord } from './records.ts'

/** The runs of this process: started, looked up, cancelled. */
export interface Runs {
  /** Refuses while another run of the agent is under way, in this process or another. */
  start(agentId: string, input: RunInput, background: boolean): Promise<LiveRun>
  live(runId: string): LiveRun | null
  /** Ends what runs and denies what waits; gives the last run's id with what became of it. */
  cancel(agentId: string): Promise<Readonly<Record<string, 'cancelled' | 'failed'>>>
  close(): Promise<void>
}

interface Started {
  readonly run: LiveRun
  readonly done: Promise<void>
}

const HEARTBEAT_MS = 10_000
const DEAD_AFTER_MS = 60_000
/** How long the events of a run can be had again. */
const EVENTS_KEPT_MS = 3 * 3_600_000

export function createRuns(context: LoopContext): Runs {
  const { storage, now } = context
  const live = new Map<string, Started>()
  const beat = setInterval(() => {
    for (const id of live.keys()) storage.runs.beat(id, now().toISOString())
  }, HEARTBEAT_MS)
  beat.unref()
  failDeadRuns(context, live)
  storage.runs.dropEvents(new Date(now().getTime() - EVENTS_KEPT_MS).toISOString())

  const startedOf = (agentId: string): Started | undefined =>
    [...live.values()].find(({ run }) => run.record.agentId === agentId)

  return {
    live: (runId) => live.get(runId)?.run ?? null,
    async start(agentId, input, background) {
      const before = startedOf(agentId)
      // Who has stopped a run may send the next message at once.
      if (before?.run.signal.aborted === true) await before.done
      const record = newRun(agentId, background, now().toISOString())
      storage.together(() => {
        failDeadRuns(context, live)
        const busy = storage.runs.running(agentId)
        if (busy !== null) throw new Refusal(409, busyBody(busy.id))
        storage.runs.insert(record)
      })
      const run = createLiveRun(record)
      // Begins in its own turn, when it is already among the live ones and its reader listens.
      const done = Promise.resolve()
        .then(() => runAgent(context, run, input))
        .finally(() => live.delete(record.id))
      live.set(record.id, { run, done })
      return run
    },
    async cancel(agentId) {
      const started = startedOf(agentId)
      started?.run.abort()
      await started?.done
      const elsewhere = storage.runs.running(agentId)
      if (elsewhere !== null) return { [elsewhere.id]: 'failed' }
      storage.together(() => denyPending(storage, agentId, now()))
      const last = storage.runs.last(agentId)
      return last === null ? {} : { [last.id]: 'cancelled' }
    },
    async close() {
      clearInterval(beat)
      for (const { run } of live.values()) run.abort()
      await Promise.allSettled([...live.values()].map(({ done }) => done))
    },
  }
}

function newRun(agentId: string, background: boolean, at: string): RunRecord {
  return {
    id: newId('run'),
    agentId,
    status: 'running',
    stopReason: null,
    background,
    createdAt: at,
    completedAt: null,
    processId: process.pid,
    heartbeatAt: at,
  }
}

function busyBody(runId: string) {
  const detail = `CONFLICT: Cannot send a new message: Another request (run_id=${runId}) is currently being processed for this conversation. Please wait for it to complete.`
  return { detail, run_id: runId }
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
  if (processId === process.pid || !isProcess(processId)) return true
  return now.getTime() - Date.parse(heartbeatAt) > DEAD_AFTER_MS
}

function isProcess(processId: number): boolean {
  try {
    return process.kill(processId, 0)
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM'
  }
}
