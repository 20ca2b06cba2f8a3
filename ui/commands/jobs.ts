import { seconds } from '../panes/words.ts'
import { pick } from './choice.ts'
import type { WorkbenchCommand } from './workbench-command.ts'

/** Rows of a job's output that the question shows. */
const TAIL = 12

/** Background shells: what runs, what it says, and how to end it. */
export const JOB_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'jobs.show',
    title: 'Show background shells',
    slash: 'jobs',
    run(context) {
      const jobs = context.session.jobs()
      if (jobs.length === 0) {
        const text = 'No background shell was started.'
        context.root.dispatch({ type: 'flash.shown', level: 'info', text })
        return
      }
      const items = jobs.map(({ id, command, startedAt, status }) => ({
        id,
        title: command,
        detail: `${id} · ${status.at} · ${seconds(context.now() - startedAt)}`,
        current: status.at === 'running',
      }))
      pick(context, 'jobs.look', 'Background shells', items)
    },
  },
  {
    id: 'jobs.look',
    title: 'Look at a background shell',
    hidden: true,
    run({ root, session }, id) {
      const job = session.jobs().find((one) => one.id === id)
      if (job === undefined) return
      const output = session.jobOutput(id)?.trimEnd() ?? ''
      const tail = output === '' ? '(no output yet)' : output.split('\n').slice(-TAIL).join('\n')
      const isRunning = job.status.at === 'running'
      const text = `${tail}\n\n${isRunning ? 'End it?' : 'It has ended.'}`
      const purpose = isRunning ? 'job.kill' : 'job.seen'
      root.dispatch({
        type: 'overlay.opened',
        overlay: { kind: 'question', purpose, subject: id, title: job.command, text },
      })
    },
  },
]
