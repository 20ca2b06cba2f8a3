import type { ChangesScope } from '../../lib/session/state/changes.ts'
import { MISSING_FILE } from '../../lib/tools/files/files.ts'
import { NOTHING_TO_STAGE, NOTHING_TO_UNDO } from '../../lib/tools/messages/journal.ts'
import { timeAgo } from '../../lib/util/time-ago.ts'
import { UserError } from '../../lib/util/user-error.ts'
import {
  CHANGE_WITHOUT_TURN,
  CHANGES_OF,
  CHANGES_SINCE_TITLE,
  COMMIT_NEEDS_MESSAGE,
  COMMIT_PROMPT,
  filesStaged,
  hunkStaged,
  NO_FILE_CHANGES,
  NO_HUNK,
  NO_REPOSITORY,
  NOTHING_STAGED,
  PATCH,
  TURN_NOT_SHOWN,
} from '../messages/changes.ts'
import { rewindDetail } from '../messages/rewind.ts'
import { NOTHING_TO_REDO, redoTitle, undoTitle } from '../messages/undo.ts'
import {
  changedLinesOf,
  changesRows,
  isSelectable,
  type SelectableRow,
  selectedChangesRow,
  shownComparison,
  turnOf,
  undoOfRow,
  versionsOf,
} from '../state/changes-rows.ts'
import type { PickerItem, RootState } from '../state/state.ts'
import { currentHunk } from '../view/panes/changes.ts'
import { copyAndReport } from './copy.ts'
import { openPicker, openPrompt } from './open-overlay.ts'
import { applyUndo, refuseUndo, reviewUndo } from './review-undo.ts'
import { changesPlace, showRow } from './scroll.ts'
import {
  flash,
  needsIdle,
  type WorkbenchCommand,
  type WorkbenchContext,
} from './workbench-command.ts'

/** Nothing of the selected row stands. */
const needsStanding = (state: RootState): string | null => {
  const row = selectedChangesRow(state)
  if (row === null) return NO_FILE_CHANGES
  const isUndone =
    (row.type === 'change' && row.change.undone) || (row.type === 'turn' && row.turn.undone)
  return isUndone ? NOTHING_TO_UNDO : needsIdle(state)
}

const needsRow = (state: RootState): string | null =>
  selectedChangesRow(state) === null ? NO_FILE_CHANGES : null

const needsStandingTurn = (state: RootState): string | null => {
  const row = selectedChangesRow(state)
  if (row === null) return NO_FILE_CHANGES
  const turn = turnOf(row, state.session.changes.listed.summary)
  return turn?.undone === true ? NOTHING_TO_UNDO : needsIdle(state)
}

const needsGit = ({ session }: Pick<RootState, 'session'>): string | null =>
  session.git === null ? NO_REPOSITORY : null

const needsRowInGit = (state: RootState): string | null => needsGit(state) ?? needsRow(state)

/** The page of what changed in files. */
export const CHANGES_COMMANDS: readonly WorkbenchCommand[] = [
  { id: 'changes.next', hidden: true, run: (context) => select(context, 1) },
  { id: 'changes.previous', hidden: true, run: (context) => select(context, -1) },
  { id: 'changes.nextHunk', hidden: true, run: (context) => moveToHunk(context, 1) },
  { id: 'changes.previousHunk', hidden: true, run: (context) => moveToHunk(context, -1) },
  { id: 'changes.undoHunk', hidden: true, unavailable: needsStanding, run: undoHunk },
  {
    id: 'changes.undo',
    hidden: true,
    unavailable: needsStanding,
    run: (context) => withRow(context, (row) => reviewUndo(context, undoOfRow(row), 'undo')),
  },
  {
    id: 'changes.undoTurn',
    hidden: true,
    unavailable: needsStandingTurn,
    run: (context) =>
      withRow(context, async (row) => {
        const turn = turnOf(row, context.root.state.session.changes.listed.summary)
        if (turn === null) flash(context, CHANGE_WITHOUT_TURN)
        else {
          const when = timeAgo(Math.max(0, context.now() - turn.at))
          const title = undoTitle(turn.text, when)
          await reviewUndo(context, { turnId: turn.turnId }, 'undo', title)
        }
      }),
  },
  {
    id: 'changes.redo',
    unavailable: needsIdle,
    async run(context) {
      const undo = await context.session.changes.newestUndo()
      if (undo === null) flash(context, NOTHING_TO_REDO)
      else {
        const when = timeAgo(Math.max(0, context.now() - undo.at))
        await reviewUndo(context, undo.selection, 'redo', redoTitle(undo.text, when))
      }
    },
  },
  {
    id: 'changes.open',
    hidden: true,
    unavailable: needsRow,
    async run(context) {
      const { state } = context.root
      const versions = versionsOf(selectedChangesRow(state))
      if (versions === null) return flash(context, NO_HUNK)
      const hunk = shownComparison(state)?.preview.hunks[state.workbench.changes.hunk]
      const first = hunk?.lines.findIndex(({ type }) => type !== 'context') ?? 0
      // Where lines were only removed, the line after them.
      const line = hunk?.lines.find((one, at) => at >= first && one.newNumber !== null)
      await context.editFile(versions.path, line?.newNumber ?? hunk?.newStart ?? 1)
    },
  },
  {
    id: 'changes.copy',
    hidden: true,
    unavailable: needsRow,
    run: (context) =>
      withRow(context, async (row) => {
        const { changes } = context.root.state.session
        const paths = row.type === 'turn' ? row.turn.changes.map(({ path }) => path) : []
        const files = changes.listed.summary.files.filter(({ path }) => paths.includes(path))
        const patched = row.type === 'turn' ? files : [row.type === 'file' ? row.file : row.change]
        const patch = await context.session.changes.patch(patched)
        await copyAndReport(context, PATCH, patch)
      }),
  },
  { id: 'changes.stageHunk', hidden: true, unavailable: needsRowInGit, run: stageHunk },
  { id: 'changes.stage', hidden: true, unavailable: needsRowInGit, run: stageRow },
  {
    id: 'changes.commit',
    hidden: true,
    unavailable: ({ session }) =>
      needsGit({ session }) ?? (session.git?.staged === undefined ? NOTHING_STAGED : null),
    run: (context) => openPrompt(context, { ...COMMIT_PROMPT, action: { type: 'changes.commit' } }),
  },
  { id: 'changes.since', hidden: true, run: chooseScope },
  {
    id: 'changes.goToTurn',
    hidden: true,
    unavailable: needsRow,
    run: (context) =>
      withRow(context, async (row) => {
        const { settled, current, changes } = context.root.state.session
        const id = turnOf(row, changes.listed.summary)?.messageId ?? null
        const isShown = [...settled, ...current].some((entry) => entry.id === id)
        if (id === null || !isShown) return flash(context, TURN_NOT_SHOWN)
        context.root.dispatch({ type: 'page.opened', page: 'chat' })
        context.root.dispatch({ type: 'focus.moved', to: 'conversation' })
        showRow(context, id, 0)
      }),
  },
]

/** This session, this conversation, or since one of its messages. */
async function chooseScope(context: WorkbenchContext): Promise<void> {
  const { session, root } = context
  const { scope } = root.state.session.changes.listed
  const points = await session.rewind.list()
  const now = context.now()
  const item = (title: string, detail: string, other: ChangesScope): PickerItem => ({
    title,
    detail,
    current: JSON.stringify(scope) === JSON.stringify(other),
    action: { type: 'changes.show', scope: other },
  })
  openPicker(context, CHANGES_SINCE_TITLE, [
    item(CHANGES_OF.session, '', { type: 'session' }),
    item(CHANGES_OF.conversation, '', { type: 'conversation' }),
    ...points.map(({ id, text, at, ...counts }) => {
      const when = timeAgo(Math.max(0, now - at))
      const title = text.replaceAll(/\s+/g, ' ')
      return item(title, rewindDetail({ ...counts, blocks: 0, when }), {
        type: 'checkpoint',
        id,
        text,
      })
    }),
  ])
}

function withRow(
  context: WorkbenchContext,
  run: (row: SelectableRow) => Promise<void>,
): Promise<void> | undefined {
  const row = selectedChangesRow(context.root.state)
  if (row === null) flash(context, NO_FILE_CHANGES)
  return row === null ? undefined : run(row)
}

function select({ root }: WorkbenchContext, by: 1 | -1): void {
  const rows = changesRows(root.state.session.changes.listed.summary).filter(isSelectable)
  const at = rows.findIndex(({ id }) => id === selectedChangesRow(root.state)?.id)
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))]
  if (next !== undefined) root.dispatch({ type: 'change.selected', id: next.id })
}

/** Rows of context above a hunk. */
const ROWS_ABOVE = 2

function moveToHunk(context: WorkbenchContext, by: 1 | -1): void {
  const at = changesPlace(context)
  if (at === null) return
  const hunk = currentHunk(context.root.state, at.sheet)
  const next = Math.max(0, Math.min(at.sheet.hunkRows.length - 1, hunk + by))
  const row = at.sheet.hunkRows[next] ?? 0
  const isVisible = at.top <= row && row < at.top + at.body
  const top = isVisible ? at.top : Math.max(0, row - ROWS_ABOVE)
  const scroll = { type: 'item', item: '', row: top } as const
  context.root.dispatch({ type: 'change.hunkSelected', hunk: next, scroll })
}

/**
 * The hunk is on the screen: it is undone at once, unless the file was modified since, is deleted or restored completely, or was not
 * selected by the person.
 */
async function undoHunk(context: WorkbenchContext): Promise<void> {
  const { state } = context.root
  const shown = shownHunks(context)
  if (shown === null) return flash(context, NO_HUNK)
  const { path, before, after, preview, hunk } = shown
  const lines = changedLinesOf(preview.hunks, hunk)
  const selection = { lines: { path, before, after, lines } }
  const { files, expected } = await context.session.changes.plan(selection)
  if (files.some(({ reason }) => reason !== null)) return refuseUndo(context, { files })
  const [file] = files
  if (file === undefined) return flash(context, NOTHING_TO_UNDO)
  const isFile = file.isDeleted || expected[path] === MISSING_FILE
  const isAsked = isFile || !state.workbench.changes.isChosen
  if (isAsked || expected[path] !== after) return reviewUndo(context, selection, 'undo')
  await applyUndo(context, { selection, direction: 'undo', expected })
}

/** The comparison that is shown, and the hunk that keys apply to; null where none is. */
function shownHunks(context: WorkbenchContext) {
  const { state } = context.root
  const shown = shownComparison(state)
  const at = changesPlace(context)
  if (shown === null || at === null || shown.preview.hunks.length === 0) return null
  return { ...shown, hunk: currentHunk(state, at.sheet) }
}

/** Into the index of git, or out of it. */
async function stageHunk(context: WorkbenchContext): Promise<void> {
  const shown = shownHunks(context)
  if (shown === null) return flash(context, NO_HUNK)
  const { path, before, after, preview, hunk } = shown
  const lines = preview.hunks.length === 1 ? null : changedLinesOf(preview.hunks, hunk)
  const row = selectedChangesRow(context.root.state)
  const undone = row?.type === 'change' && row.change.undone
  const isAdded = await context.session.changes.stage([{ path, before, after, lines, undone }])
  flash(context, hunkStaged(isAdded, hunk + 1, preview.path))
}

async function stageRow(context: WorkbenchContext): Promise<void> {
  const row = selectedChangesRow(context.root.state)
  if (row === null) return flash(context, NO_FILE_CHANGES)
  const changes = row.type === 'turn' ? standingOf(row.turn) : [changeOf(row)]
  if (changes.length === 0) return flash(context, NOTHING_TO_STAGE)
  const undone = row.type === 'change' && row.change.undone
  const all = changes.map(({ path, before, after, mode = null, modeAfter = null }) => {
    return { path, before, after, mode, modeAfter, lines: null, undone }
  })
  const isAdded = await context.session.changes.stage(all)
  flash(context, filesStaged(isAdded, [...new Set(changes.map(({ label }) => label))]))
}

function changeOf(row: Exclude<SelectableRow, { type: 'turn' }>) {
  return row.type === 'file' ? row.file : row.change
}

function standingOf({ changes }: Extract<SelectableRow, { type: 'turn' }>['turn']) {
  return changes.filter(({ undone }) => !undone)
}

/** Runs as a command line of the person, so that the hooks and settings of git apply; its output is in the conversation. */
export function commitStaged({ root, session }: WorkbenchContext, message: string): void {
  if (message.trim() === '') throw new UserError(COMMIT_NEEDS_MESSAGE)
  session.shellLines.run(`git commit -m '${message.trim().replaceAll("'", "'\\''")}'`, false)
  root.dispatch({ type: 'page.opened', page: 'chat' })
}
