import { PICKER_TITLES } from '../messages/dialogs.ts'
import { NO_JOBS } from '../messages/notices.ts'
import { seconds } from '../view/panes/format.ts'
import { openPicker } from './open-overlay.ts'
import type { WorkbenchCommand } from './workbench-command.ts'

/** Background jobs: which there are, what they print, and how to kill them. */
export const JOB_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'jobs.show',
    slash: 'jobs',
    unavailable: ({ session }) => (session.jobs.length === 0 ? NO_JOBS : null),
    run(context) {
      const items = context.root.state.session.jobs.map(({ id, command, startedAt, status }) => ({
        title: command,
        detail: `${id} · ${status.type} · ${seconds(context.now() - startedAt)}`,
        current: status.type === 'running',
        action: { type: 'job.show', jobId: id } as const,
      }))
      openPicker(context, PICKER_TITLES.jobs, items)
    },
  },
]
