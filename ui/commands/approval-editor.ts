import { NOTHING_EDITED, TOO_LONG_TO_EDIT } from '../messages/approvals.ts'
import { type ShownApproval, shownApproval } from '../state/shown-approval.ts'
import { editedLineOffset } from '../view/panes/approval-editor.ts'
import { approvedSelection } from './selected-change.ts'
import {
  flash,
  needsPendingApproval,
  type WorkbenchCommand,
  type WorkbenchContext,
} from './workbench-command.ts'

/** The text of a call is edited before it is approved: in the pane, or in the external editor. */
export const APPROVAL_EDITOR_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'approval.edit',
    unavailable: ({ session }) => needsPendingApproval(session),
    run: (context) => onShown(context, editHere),
  },
  {
    id: 'approval.editOutside',
    unavailable: ({ session }) => needsPendingApproval(session),
    run: (context) => onShown(context, editOutside),
  },
  {
    id: 'approval.showEdited',
    hidden: true,
    async run(context) {
      const { editing } = context.root.state.workbench.approval
      if (editing === null) return
      await show(context, editing.callId, editing.before, editing.editor.text)
    },
  },
  {
    id: 'approval.closeEditor',
    hidden: true,
    run({ root }) {
      const { editing } = root.state.workbench.approval
      if (editing === null) return
      const { callId, before, editor } = editing
      const draft = editor.text === before ? null : { before, text: editor.text }
      root.dispatch({ type: 'approval.editEnded', callId, draft })
    },
  },
]

async function onShown(
  context: WorkbenchContext,
  run: (context: WorkbenchContext, shown: ShownApproval) => Promise<void>,
): Promise<void> {
  const shown = shownApproval(context.root.state)
  if (shown !== null) await run(context, shown)
}

/** A longer text is edited in the external editor: each key would lay it out again. */
const MAX_CHARACTERS_HERE = 200_000

async function editHere(context: WorkbenchContext, shown: ShownApproval): Promise<void> {
  const { root, session } = context
  const { callId } = shown.call
  const { text: proposed } = await session.approvals.proposedText(callId)
  // The next key may have answered the call, or shown another.
  if (shownApproval(root.state)?.call.callId !== callId) return
  const draft = root.state.workbench.approval.drafts.get(callId)
  const before = draft?.before ?? proposed
  const text = draft?.text ?? proposed
  if (text.length > MAX_CHARACTERS_HERE) {
    flash(context, TOO_LONG_TO_EDIT)
    return
  }
  const cursor = editedLineOffset(shown, text)
  root.dispatch({ type: 'approval.editStarted', callId, before, text, cursor })
}

async function editOutside(context: WorkbenchContext, { call }: ShownApproval): Promise<void> {
  const { callId } = call
  const { approval } = context.root.state.workbench
  const { text: proposed, fileName } = await context.session.approvals.proposedText(callId)
  const draft = approval.drafts.get(callId)
  const before = approval.editing?.before ?? draft?.before ?? proposed
  const begun = approval.editing?.editor.text ?? draft?.text ?? proposed
  const saved = await context.edit(begun, fileName)
  // Editors add a line break at the end of a file.
  const text = begun.endsWith('\n') ? saved : saved.replace(/\n$/, '')
  // Nothing that was written is lost when it is refused.
  context.root.dispatch({ type: 'approval.editEnded', callId, draft: { before, text } })
  await show(context, callId, before, text)
}

/** An error leaves the text where it was typed. */
async function show(
  context: WorkbenchContext,
  callId: string,
  before: string,
  text: string,
): Promise<void> {
  const { root, session } = context
  const selection = approvedSelection(root.state, callId)
  if (text === before) flash(context, NOTHING_EDITED)
  else await session.approvals.edit(callId, text, { before, selection })
  root.dispatch({ type: 'approval.editEnded', callId, draft: null })
}
