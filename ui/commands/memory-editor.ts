import type { MemoryItem } from '../../lib/session/state/memory.ts'
import {
  CHOOSE_FOR_EACH_CONFLICT,
  CONFLICT_MARKS_LEFT,
  draftContinued,
  draftDiscarded,
  draftKept,
  draftOfMissing,
  noDraft,
  pressAgainToDiscard,
  regainQuestion,
  savedMerged,
  unsavedQuestion,
} from '../messages/memory.ts'
import { composeMarkedMerge, composeMerge, hasConflictMarks, isDecided } from '../state/merge.ts'
import { isChangedEdit } from '../state/selectors.ts'
import type { MergeChoice } from '../state/state.ts'
import { selectedBlock } from '../view/panes/memory-selection.ts'
import { pressedTwice } from './confirm-press.ts'
import { openOverlay } from './open-overlay.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

/** The editor of a block in the memory pane, and the merge of an edit with a change by somebody else. */
export const MEMORY_EDITOR_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'memory.save',
    hidden: true,
    async run(context) {
      const { editing } = context.root.state.workbench.memory
      if (editing === null) return
      closeQuestion(context)
      if (hasConflictMarks(editing.editor.text, editing.before)) {
        flash(context, CONFLICT_MARKS_LEFT)
        return
      }
      await saveEdit(context, editing.label, editing.editor.text, editing.before)
    },
  },
  {
    id: 'memory.discard',
    hidden: true,
    run(context) {
      const { editing } = context.root.state.workbench.memory
      if (editing === null) return
      if (isChangedEdit(editing))
        openOverlay(context, { type: 'unsavedBlock', ...unsavedQuestion(editing.label) })
      else context.root.dispatch({ type: 'memory.editEnded' })
    },
  },
  {
    id: 'memory.leaveDraft',
    hidden: true,
    run(context) {
      const { editing } = context.root.state.workbench.memory
      if (editing === null) return
      closeQuestion(context)
      context.root.dispatch({ type: 'memory.editEnded' })
      const { label } = editing
      const isMissing = context.root.state.session.memory.every(
        ({ block }) => block.label !== label,
      )
      flash(context, isMissing ? draftOfMissing(label) : draftKept(label))
    },
  },
  {
    id: 'memory.discardDraft',
    run(context) {
      const { root } = context
      const { editing } = root.state.workbench.memory
      const label = editing?.label ?? selectedBlock(root.state)?.block.label
      if (label === undefined) return
      if (editing === null && !(label in root.state.workbench.memory.drafts)) {
        flash(context, noDraft(label))
        return
      }
      const isAnswer = closeQuestion(context)
      if (!isAnswer && !pressedTwice(context, 'memory.discardDraft', pressAgainToDiscard(label)))
        return
      root.dispatch({ type: 'memory.draftDiscarded', label })
      flash(context, draftDiscarded(label))
    },
  },
  move('memory.nextConflict', 1),
  move('memory.previousConflict', -1),
  choose('memory.takeMine', 'mine'),
  choose('memory.takeTheirs', 'theirs'),
  choose('memory.takeBoth', 'both'),
  {
    id: 'memory.editMerge',
    hidden: true,
    run({ root }) {
      const { merging } = root.state.workbench.memory
      if (merging === null) return
      const { label, current } = merging
      const draft = { before: current, text: composeMarkedMerge(merging) }
      root.dispatch({ type: 'memory.editStarted', label, value: current, draft })
    },
  },
  {
    id: 'memory.saveMerge',
    hidden: true,
    async run(context) {
      const { merging } = context.root.state.workbench.memory
      if (merging === null) return
      if (!isDecided(merging)) {
        flash(context, CHOOSE_FOR_EACH_CONFLICT)
        return
      }
      await saveEdit(context, merging.label, composeMerge(merging), merging.current)
    },
  },
  {
    id: 'memory.leaveMerge',
    hidden: true,
    run: ({ root }) => root.dispatch({ type: 'memory.mergeEnded' }),
  },
]

/** Whether the question that the editor asks when it is left was open. */
function closeQuestion({ root }: WorkbenchContext): boolean {
  if (root.state.workbench.overlay?.type !== 'unsavedBlock') return false
  root.dispatch({ type: 'overlay.closed' })
  return true
}

/** Opens the editor, with the text of an earlier edit that was not saved. */
export function startBlockEdit(context: WorkbenchContext, { block }: MemoryItem): void {
  const { label, value } = block
  const { drafts, draftCounts } = context.root.state.workbench.memory
  const draft = drafts[label]
  context.root.dispatch({
    type: 'memory.editStarted',
    label,
    value,
    ...(draft === undefined ? {} : { draft }),
  })
  if (draft !== undefined) flash(context, draftContinued(label, draftCounts[label]))
}

/** The draft of a block that the agent no longer has: saving it asks whether it becomes a new block. */
export function continueMissingDraft(context: WorkbenchContext, label: string): void {
  const draft = context.root.state.workbench.memory.drafts[label]
  if (draft === undefined) return
  context.root.dispatch({ type: 'memory.editStarted', label, value: draft.before, draft })
}

/** Saves, or shows the conflicts with what another has changed meanwhile. */
export async function saveEdit(
  context: WorkbenchContext,
  label: string,
  text: string,
  before: string,
): Promise<void> {
  const { root, session } = context
  if (text === before) {
    root.dispatch({ type: 'memory.editSaved', label, typed: text })
    return
  }
  if (!root.state.session.memory.some(({ block }) => block.label === label)) {
    openOverlay(context, {
      type: 'question',
      ...regainQuestion(label),
      action: { type: 'memory.regain', label, text, before },
    })
    return
  }
  const result = await session.memory.edit(label, text, before)
  if (result.type === 'saved') {
    root.dispatch({ type: 'memory.editSaved', label, typed: text })
    if (result.isMerged) flash(context, savedMerged(label))
    return
  }
  const { current, parts } = result
  root.dispatch({
    type: 'memory.mergeStarted',
    label,
    base: before,
    mine: text,
    current: current.value,
    parts,
  })
}

function move(id: 'memory.nextConflict' | 'memory.previousConflict', by: 1 | -1): WorkbenchCommand {
  return {
    id,
    hidden: true,
    run: ({ root }) => root.dispatch({ type: 'memory.mergeMoved', by }),
  }
}

function choose(
  id: 'memory.takeMine' | 'memory.takeTheirs' | 'memory.takeBoth',
  choice: MergeChoice,
): WorkbenchCommand {
  return {
    id,
    hidden: true,
    run: ({ root }) => root.dispatch({ type: 'memory.mergeChosen', choice }),
  }
}

/** The text of a block that the agent has lost while it was edited. */
export async function regainBlock(
  context: WorkbenchContext,
  label: string,
  text: string,
  before: string,
): Promise<void> {
  const base = await context.session.memory.blocks.regain(label, before)
  context.root.dispatch({ type: 'memory.selected', label })
  await saveEdit(context, label, text, base)
}
