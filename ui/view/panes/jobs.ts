import type { Job } from '../../../lib/session/state/job.ts'
import type { RootState } from '../../state/state.ts'
import type { Styles } from '../../theme/styles.ts'
import { jobTexts } from '../messages/conversation.ts'
import { pageTitles, paneTitles } from '../messages/panes.ts'
import { type Row, row, styled } from '../render/row.ts'
import { clean, cleanLine } from '../render/sanitize.ts'
import { fitRow, rowWidth, truncate, wrap } from '../render/wrap.ts'
import type { Rect, Size } from '../types.ts'
import { seconds } from './format.ts'
import { divideList, listAndDetail } from './list-and-detail.ts'
import type { Pane } from './pane.ts'
import { type RowList, visibleRows } from './virtual-list.ts'

/** The background jobs, and what the selected one prints. */
export const jobs: Pane = {
  id: 'jobs',
  isUntyped: true,
  title: ({ workbench }) => (workbench.page === 'chat' ? pageTitles.jobs : paneTitles.jobs),
  render(state, size, { styles }) {
    const all = state.session.jobs
    const selected = selectedJob(state)
    if (selected === null) {
      return { rows: wrap(styled(styles.muted, jobTexts.none), size.columns).slice(0, size.rows) }
    }
    const running = all.filter(({ status }) => status.type === 'running').length
    const note = jobTexts.running(running)
    if (state.workbench.page === 'chat')
      return { rows: listRows(state, null, { ...size, columns: size.columns - 1 }, styles), note }
    const places = divideList(size, all.length)
    const rows = listRows(state, selected, places.list, styles)
    const printed = visibleRows(
      outputList(state, places.detail.columns, styles),
      state.workbench.scroll.jobs,
      places.detail.rows,
    ).rows
    return { rows: listAndDetail(rows, printed, places, styles), note }
  },
}

/** The job that keys apply to: the selected one, else the newest. */
export function selectedJob({ session, workbench }: RootState): Job | null {
  const chosen = session.jobs.find(({ id }) => id === workbench.jobs.selected)
  return chosen ?? session.jobs.at(-1) ?? null
}

/** The output of the selected job, an item for each line. Only visible lines are laid out. */
export function outputList(state: RootState, columns: number, styles: Styles): RowList {
  const output = selectedJob(state)?.output.trimEnd() ?? ''
  const lines = output === '' ? [] : output.split('\n')
  const none = [styled(styles.muted, jobTexts.noOutputYet)]
  return {
    length: Math.max(1, lines.length),
    id: String,
    rows: (index) =>
      lines.length === 0
        ? none
        : wrap(styled(styles.text, clean(lines[index] ?? '')), columns, { breaks: 'anywhere' }),
    indexOf: Number,
  }
}

/** The job in the list of the page at a place in the pane. */
export function jobIdAt(
  state: RootState,
  size: Size,
  { x, y }: Pick<Rect, 'x' | 'y'>,
): string | null {
  const { jobs } = state.session
  const { list } = divideList(size, jobs.length)
  if (x < 0 || x >= list.columns || y >= list.rows) return null
  return visibleJobs(jobs, selectedJob(state), list.rows)[y]?.id ?? null
}

/** Without a selection, the newest are listed. */
function visibleJobs(all: readonly Job[], selected: Job | null, rows: number): readonly Job[] {
  const at = selected === null ? all.length : all.indexOf(selected)
  const top = Math.max(0, Math.min(at - Math.floor(rows / 2), all.length - rows))
  return all.slice(top, top + rows)
}

function listRows(
  { session, workbench }: RootState,
  selected: Job | null,
  { columns, rows }: Size,
  styles: Styles,
): readonly Row[] {
  return visibleJobs(session.jobs, selected, rows).map((job) => {
    const { mark, style } = MARKS[outcomeOf(job)]
    const state = stateOf(job, workbench.now)
    const isSelected = job === selected
    const room = Math.max(1, columns - rowWidth(state) - 5)
    const name = fitRow(cleanLine(job.command), room)
    if (isSelected)
      return styled(
        styles.selection,
        fitRow(`▸ ${mark} ${name.map((part) => part.text).join('')} ${state}`, columns),
      )
    return truncate(
      row(
        '  ',
        styled(styles[style], mark),
        ' ',
        styled(styles.text, name),
        ' ',
        styled(styles.muted, state),
      ),
      columns,
    )
  })
}

type Outcome = 'running' | 'succeeded' | 'failed'

const MARKS = {
  running: { mark: '●', style: 'accent' },
  succeeded: { mark: '✔', style: 'success' },
  failed: { mark: '✗', style: 'error' },
} as const

function outcomeOf({ status }: Job): Outcome {
  if (status.type === 'running') return 'running'
  return status.code === 0 ? 'succeeded' : 'failed'
}

function stateOf({ status, startedAt }: Job, now: number): string {
  if (status.type === 'running') return seconds(Math.max(0, now - startedAt))
  return status.code === null ? jobTexts.killed : jobTexts.exited(status.code)
}
