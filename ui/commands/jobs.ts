import { keyReference } from '../../lib/util/references.ts'
import type { WorkbenchCommandId } from '../messages/commands.ts'
import { COPIED_OUTPUT } from '../messages/entries.ts'
import { JOB_NOT_RUNNING, NO_JOBS, NO_RUNNING_JOBS, pressAgainToEnd } from '../messages/jobs.ts'
import type { RootState } from '../state/state.ts'
import { selectedJob } from '../view/panes/jobs.ts'
import { pressedTwice } from './confirm-press.ts'
import { copyAndReport } from './copy.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

/** Background jobs: each can be read and ended. */
export const JOB_COMMANDS: readonly WorkbenchCommand[] = [
  select('jobs.next', 1),
  select('jobs.previous', -1),
  {
    id: 'jobs.end',
    hidden: true,
    unavailable: (state) =>
      selectedJob(state)?.status.type === 'running' ? null : JOB_NOT_RUNNING,
    async run(context) {
      const job = selectedJob(context.root.state)
      if (job === null) return
      await endTwice(context, 'jobs.end', [job.id])
    },
  },
  {
    id: 'jobs.endAll',
    unavailable: (state) => (runningJobs(state).length === 0 ? NO_RUNNING_JOBS : null),
    run: (context) => endTwice(context, 'jobs.endAll', runningJobs(context.root.state)),
  },
  {
    id: 'jobs.copy',
    hidden: true,
    unavailable: (state) => (selectedJob(state) === null ? NO_JOBS : null),
    run: (context) =>
      copyAndReport(context, COPIED_OUTPUT, selectedJob(context.root.state)?.output ?? ''),
  },
]

function runningJobs({ session }: RootState): readonly string[] {
  return session.jobs.flatMap(({ id, status }) => (status.type === 'running' ? [id] : []))
}

/** A job that is ended cannot be continued, so the key is required twice. */
async function endTwice(
  context: WorkbenchContext,
  command: 'jobs.end' | 'jobs.endAll',
  ids: readonly string[],
): Promise<void> {
  const pressed = `${command} ${ids.join(' ')}`
  const hint = pressAgainToEnd(ids.length, keyReference(command))
  if (!pressedTwice(context, pressed, hint)) return
  await Promise.all(ids.map((id) => context.session.jobs.kill(id)))
}

function select(id: WorkbenchCommandId, by: 1 | -1): WorkbenchCommand {
  return {
    id,
    hidden: true,
    run({ root }) {
      const { jobs } = root.state.session
      const selected = selectedJob(root.state)
      if (selected === null) return
      const at = jobs.indexOf(selected)
      const next = jobs[Math.max(0, Math.min(jobs.length - 1, at + by))]
      if (next !== undefined) root.dispatch({ type: 'job.selected', id: next.id })
    },
  }
}
