import type { ShellSummary } from '../../lib/tools/process/shell-manager.ts'
import type { OverlayOf, RootState } from '../state/state.ts'
import { seconds } from '../view/panes/format.ts'
import { openPicker, openQuestion } from './open-overlay.ts'
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
      const jobs = context.session.jobs.list()
      if (jobs.length === 0) {
        const text = 'No background shell was started.'
        context.root.dispatch({ type: 'flash.shown', level: 'info', text })
        return
      }
      const items = jobs.map(({ id, command, startedAt, status }) => ({
        title: command,
        detail: `${id} · ${status.at} · ${seconds(context.now() - startedAt)}`,
        current: status.at === 'running',
        action: { type: 'job.show', jobId: id } as const,
      }))
      openPicker(context, 'Background shells', items)
    },
  },
]

type Question = OverlayOf<'question'>

/** The output of a job, followed while the dialog is open. */
export function showJob({ root, session }: WorkbenchContext, id: string): void {
  const job = session.jobs.list().find((one) => one.id === id)
  if (job === undefined) return
  openQuestion({ root }, questionOf(job, session))
  follow({ root, session }, job.id)
}

/** The end of what it has said, and whether to end it. */
function questionOf(
  job: ShellSummary,
  session: WorkbenchContext['session'],
): Omit<Question, 'type'> {
  const output = session.jobs.output(job.id)?.trimEnd() ?? ''
  const tail = output === '' ? '(no output yet)' : output.split('\n').slice(-TAIL).join('\n')
  const isRunning = job.status.at === 'running'
  return {
    action: { type: isRunning ? 'job.kill' : 'job.close', jobId: job.id },
    title: job.command,
    text: `${tail}\n\n${isRunning ? 'End it?' : 'It has ended.'}`,
  }
}

/** What stands in the question goes on with the job, as long as it stands. */
function follow({ root, session }: Pick<WorkbenchContext, 'root' | 'session'>, id: string): void {
  const clock = setInterval(() => {
    const job = session.jobs.list().find((one) => one.id === id)
    const shown = shownOf(root.state, id)
    if (job === undefined || shown === null) return
    const question = questionOf(job, session)
    if (question.text !== shown.text) openQuestion({ root }, question)
  }, FOLLOW_MS)
  const stop = root.subscribe((state) => {
    if (shownOf(state, id) !== null) return
    clearInterval(clock)
    stop()
  })
}

function shownOf({ workbench: { overlay } }: RootState, id: string): Question | null {
  const isJob = overlay?.type === 'question' && 'jobId' in overlay.action
  return isJob && overlay.action.jobId === id ? overlay : null
}
