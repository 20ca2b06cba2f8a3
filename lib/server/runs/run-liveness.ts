import { hasProcessEnded } from '../../fs/process-identity.ts'
import type { RunRecord } from '../records.ts'

/** Whether the process of a run has ended, or does not work on it any more. */
export type IsDead = (run: RunRecord) => boolean

const DEAD_AFTER_MS = 60_000

/**
 * Heartbeats are only compared with each other: a run is dead when its heartbeat has not changed for a minute of this process's
 * own time. A clock that is set, or that differs between two systems, ends no run. `elapsed`: milliseconds that never go back.
 */
export function createLiveness(elapsed: () => number = () => performance.now()): IsDead {
  const seen = new Map<string, { readonly heartbeat: string; readonly at: number }>()
  return (run) => {
    if (hasEnded(run)) return true
    const before = seen.get(run.id)
    if (before?.heartbeat !== run.heartbeatAt) {
      seen.set(run.id, { heartbeat: run.heartbeatAt, at: elapsed() })
      return false
    }
    return elapsed() - before.at > DEAD_AFTER_MS
  }
}

/** The runs at which the servers of this process work: each session of a workbench has a separate server. */
const runsOfProcess = new Set<string>()

/** The returned function ends it. */
export function registerRun(runId: string): () => void {
  runsOfProcess.add(runId)
  return () => runsOfProcess.delete(runId)
}

/** Another run with this process's own id belongs to an earlier process: in a container all have the same id. */
function hasEnded({ id, processId, processStartedAt }: RunRecord): boolean {
  if (runsOfProcess.has(id)) return false
  return processId === process.pid || hasProcessEnded(processId, processStartedAt ?? null)
}
