import type { SessionEvent } from '../events.ts'
import type { Job } from '../state/job.ts'
import type { SessionState } from '../state/session-state.ts'

/** Only for the screen: the agent reads the output of a job through its tool. */
export const MAX_JOB_OUTPUT_CHARACTERS = 20_000

/** Background jobs. */
export function reduceJobs(state: SessionState, event: SessionEvent): SessionState {
  switch (event.type) {
    case 'job.started': {
      const { jobId: id, command, at: startedAt } = event
      const job: Job = { id, command, startedAt, output: '', status: { type: 'running' } }
      return { ...state, jobs: [...state.jobs, job] }
    }
    case 'job.output':
      return changeJob(state, event.jobId, (job) => ({
        ...job,
        output: (job.output + event.text).slice(-MAX_JOB_OUTPUT_CHARACTERS),
      }))
    case 'job.exited': {
      const { code, signal } = event
      return changeJob(state, event.jobId, (job) => ({
        ...job,
        status: { type: 'exited', code, signal },
      }))
    }
    default:
      return state
  }
}

function changeJob(state: SessionState, id: string, change: (job: Job) => Job): SessionState {
  return { ...state, jobs: state.jobs.map((job) => (job.id === id ? change(job) : job)) }
}
