import { type LoopContext, type RunInput, runAgent } from './agent-loop.ts'
import { denyPending } from './approvals.ts'
import { Refusal } from './failure.ts'
import { newId } from './ids.ts'
import { createLiveRun, type LiveRun } from './live-run.ts'
import type { RunRecord } from './records.ts'

/** The runs of this process: started, looked up, cancelled. */
export interface Runs {
  /** Refuses while another run of the agent is under way, in this process or another. */
  start(agentId: string, input: RunInput, background: boolean): LiveRun
  live(runId: string): LiveRun | null
  /** Ends what runs and denies what waits; gives the last run's id with what became of it. */
  cancel(agentId: string): Promise<Readonly<Record<string, string>>>
  close(): Promise<void>
}

export function createRuns(context: LoopContext): Runs {
  const live = new Map<string, { readonly run: LiveRun; readonly done: Promise<void> }>()
  const { storage, now } = context
  failDeadRuns(context)

  return {
    live: (runId) => live.get(runId)?.run ?? null,
    start(agentId, input, background) {
      const record: RunRecord = {
        id: newId('run'),
        agentId,
        status: 'running',
        stopReason: null,
        background,
        createdAt: now().toISOString(),
        completedAt: null,
        processId: process.pid,
      }
      storage.together(() => {
        failDeadRuns(context)
        const busy = storage.runs.running(agentId)
        if (busy !== null) throw new Refusal(409, busyBody(busy.id))
        storage.runs.insert(record)
      })
      const run = createLiveRun(record)
      const done = runAgent(context, run, input).finally(() => live.delete(record.id))
      live.set(record.id, { run, done })
      return run
    },
    async cancel(agentId) {
      const running = [...live.values()].find(({ run }) => run.record.agentId === agentId)
      running?.run.abort()
      await running?.done
      denyPending(storage, agentId, now())
      const last = storage.runs.last(agentId)
      return last === null ? {} : { [last.id]: 'cancelled' }
    },
    async close() {
      for (const { run } of live.values()) run.abort()
      await Promise.allSettled([...live.values()].map(({ done }) => done))
    },
  }
}

function busyBody(runId: string) {
  const detail = `CONFLICT: Cannot send a new message: Another request (run_id=${runId}) is currently being processed for this conversation. Please wait for it to complete.`
  return { detail, run_id: runId }
}

/** A run whose process is gone will never end by itself: its agent must be usable again. */
function failDeadRuns({ storage, now }: LoopContext): void {
  for (const run of storage.runs.allRunning()) {
    if (isAlive(run.processId)) continue
    const completedAt = now().toISOString()
    storage.runs.finish({ ...run, status: 'failed', stopReason: 'error', completedAt }, [])
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM'
  }
}
