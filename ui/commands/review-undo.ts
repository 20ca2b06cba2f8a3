import type { UndoPlan } from '../../lib/session/state/changes.ts'
import type { UndoSelection } from '../../lib/tools/journal/journal.ts'
import { NOTHING_TO_UNDO } from '../../lib/tools/messages/journal.ts'
import { UserError } from '../../lib/util/user-error.ts'
import {
  cannotUndoShown,
  moreDiffLines,
  reverted,
  revertedWithKey,
  UNDO_BINARY,
  UNDO_MERGED,
  UNDO_QUESTIONS,
  UNDO_REFUSED,
  UNDO_TITLES,
  undoHeading,
  undoModes,
} from '../messages/undo.ts'
import type { QuestionAction } from '../state/overlay-actions.ts'
import type { PageLine } from '../state/state.ts'
import { hunkLines } from './memory-diff.ts'
import { openReview } from './open-overlay.ts'
import { flash, type WorkbenchContext } from './workbench-command.ts'

type FilesUndo = Extract<QuestionAction, { type: 'files.undo' }>

/** Shows what an undo would change, before a yes. When a file prevents it, the reason. */
export async function reviewUndo(
  context: WorkbenchContext,
  selection: UndoSelection,
  direction: FilesUndo['direction'],
  title: string = UNDO_TITLES[direction],
): Promise<void> {
  const plan = await context.session.changes.plan(selection)
  if (plan.files.length === 0) return flash(context, NOTHING_TO_UNDO)
  if (plan.files.some(({ reason }) => reason !== null)) return refuseUndo(context, plan)
  openReview(context, {
    title,
    lines: undoLines(plan),
    question: {
      text: UNDO_QUESTIONS[direction],
      action: { type: 'files.undo', selection, direction, expected: plan.expected },
    },
  })
}

/** Nothing is undone. Where lines were modified since, both texts are shown, and a key opens the file there. */
export function refuseUndo(context: WorkbenchContext, { files }: Pick<UndoPlan, 'files'>): void {
  const message = cannotUndoShown(files.flatMap(({ reason }) => reason ?? []))
  const file = files.find(({ clash }) => clash !== undefined)
  if (file?.clash === undefined) throw new UserError(message)
  const { undo, since, line } = file.clash
  openReview(context, {
    title: UNDO_REFUSED.title,
    lines: [
      { type: 'text', text: message },
      { type: 'text', text: '' },
      { type: 'heading', text: UNDO_REFUSED.since(file.label) },
      ...since.flatMap(hunkLines),
      { type: 'text', text: '' },
      { type: 'heading', text: UNDO_REFUSED.undo(file.label) },
      ...undo.flatMap(hunkLines),
    ].slice(0, MAX_LINES) as readonly PageLine[],
    question: {
      text: UNDO_REFUSED.question(line),
      action: { type: 'file.edit', path: file.path, line },
    },
  })
}

/** All of the changes, or none. When a file was modified since it was shown, it is shown again. */
export async function applyUndo(
  context: WorkbenchContext,
  { selection, expected, direction }: Omit<FilesUndo, 'type'>,
): Promise<void> {
  const { session } = context
  try {
    const labels = await session.changes.undo(selection, expected)
    session.notify('info', reverted(labels, direction === 'redo'))
    if (context.root.state.workbench.page === 'changes') {
      flash(context, revertedWithKey(labels, direction === 'redo'))
    }
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown
    session.notify('warning', thrown.message)
    await reviewUndo(context, selection, direction)
  }
}

const MAX_LINES = 2_000

export function undoLines({ files }: Pick<UndoPlan, 'files'>): readonly PageLine[] {
  const lines = files.flatMap((file): readonly PageLine[] => [
    { type: 'heading', text: undoHeading(file) },
    ...(file.isMerged ? [{ type: 'text', text: UNDO_MERGED } as const] : []),
    ...(file.modes === null ? [] : [{ type: 'text', text: undoModes(file.modes) } as const]),
    ...(file.isBinary ? [{ type: 'text', text: UNDO_BINARY } as const] : []),
    ...file.hunks.flatMap(hunkLines),
    { type: 'text', text: '' },
  ])
  if (lines.length <= MAX_LINES) return lines.slice(0, -1)
  const more: PageLine = { type: 'text', text: moreDiffLines(lines.length - MAX_LINES) }
  return [...lines.slice(0, MAX_LINES), more]
}
