import type { ShellSummary } from '../../lib/tools/process/shell-manager.ts'
import type { Overlay, RootState } from '../state/state.ts'
import { seconds } from '../view/panes/format.ts'
import { pick } from './agents-and-models.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

/** Rows of a job's output that the question shows. */
const TAIL = 12

/** Faster than that nobody reads. */
const FOLLOW_MS = 250

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
      root.dispatch({ type: 'overlay.opened', overlay: questionOf(job, session) })
      follow({ root, session }, job.id)
    },
  },
]

type Question = Extract<Overlay, { kind: 'question' }>

/** The end of what it has said, and whether to end it. */
function questionOf(job: ShellSummary, session: WorkbenchContext['session']): Question {
  const output = session.jobOutput(job.id)?.trimEnd() ?? ''
  const tail = output === '' ? '(no output yet)' : output.split('\n').slice(-TAIL).join('\n')
  const isRunning = job.status.at === 'running'
  return {
    kind: 'question',
    purpose: isRunning ? 'job.kill' : 'job.seen',
    subject: job.id,
    title: job.command,
    text: `${tail}\n\n${isRunning ? 'End it?' : 'It has ended.'}`,
  }
}

/** What stands in the question goes on with the job, as long as it stands. */
function follow({ root, session }: Pick<WorkbenchContext, 'root' | 'session'>, id: string): void {
  const clock = setInterval(() => {
    const job = session.jobs().find((one) => one.id === id)
    const shown = shownOf(root.state, id)
    if (job === undefined || shown === null) return
    const overlay = questionOf(job, session)
    if (overlay.text !== shown.text) root.dispatch({ type: 'overlay.opened', overlay })
  }, FOLLOW_MS)
  const stop = root.subscribe((state) => {
    if (shownOf(state, id) !== null) return
    clearInterval(clock)
    stop()
  })
}

function shownOf({ workbench: { overlay } }: RootState, id: string): Question | null {
  const isJob = overlay?.kind === 'question' && /^job\./.test(overlay.purpose)
  return isJob && overlay.subject === id ? overlay : null
}
