import { AGENT_PICKER_COMMANDS } from './agents.ts'
import { APP_COMMANDS } from './app.ts'
import { APPROVAL_COMMANDS } from './approval.ts'
import { APPROVAL_BATCH_COMMANDS } from './approval-batch.ts'
import { APPROVAL_EDITOR_COMMANDS } from './approval-editor.ts'
import { APPROVAL_VIEW_COMMANDS } from './approval-view.ts'
import { CHANGES_COMMANDS } from './changes.ts'
import { COMPLETION_COMMANDS } from './completion.ts'
import { COMPOSER_COMMANDS } from './composer.ts'
import { CONNECT_COMMANDS } from './connect.ts'
import { CONTEXT_COMMANDS } from './context-lines.ts'
import { CONVERSATION_PANE_COMMANDS } from './conversation.ts'
import { CONVERSATION_LIST_COMMANDS } from './conversations.ts'
import { CONVERSATIONS_PAGE_COMMANDS } from './conversations-page.ts'
import { FIND_COMMANDS } from './find.ts'
import { FOCUS_COMMANDS } from './focus.ts'
import { HUNK_COMMANDS } from './hunks.ts'
import { JOB_COMMANDS } from './jobs.ts'
import { MEMORY_PANE_COMMANDS } from './memory.ts'
import { MODEL_COMMANDS } from './models.ts'
import { OVERLAY_COMMANDS } from './overlay.ts'
import { PAGE_COMMANDS } from './pages.ts'
import { PALETTE_COMMANDS } from './palette.ts'
import { PREFERENCE_COMMANDS } from './preferences.ts'
import { QUESTION_COMMANDS } from './questions.ts'
import { QUEUE_COMMANDS } from './queue.ts'
import { REWIND_COMMANDS } from './rewind.ts'
import { RULE_DIALOG_COMMANDS } from './rule-dialog.ts'
import { RULE_COMMANDS } from './rules.ts'
import { SCROLL_COMMANDS } from './scroll.ts'
import { SIDE_QUESTION_COMMANDS } from './side-question.ts'
import { SKILL_COMMANDS } from './skills.ts'
import { SUMMARY_COMMANDS } from './summary.ts'
import { TEXT_COMMANDS } from './text-editing.ts'
import { TOUR_COMMANDS } from './tour.ts'
import { TRUST_COMMANDS } from './trust.ts'
import { UNDO_COMMANDS } from './undo.ts'
import { USAGE_COMMANDS } from './usage.ts'
import { VIM_COMMANDS } from './vim.ts'
import type { WorkbenchCommand } from './workbench-command.ts'

/** All commands that need a screen; `lib/commands` has those of a session. */
export const WORKBENCH_COMMANDS: readonly WorkbenchCommand[] = [
  ...OVERLAY_COMMANDS,
  ...PALETTE_COMMANDS,
  ...MODEL_COMMANDS,
  ...AGENT_PICKER_COMMANDS,
  ...PREFERENCE_COMMANDS,
  ...USAGE_COMMANDS,
  ...RULE_COMMANDS,
  ...RULE_DIALOG_COMMANDS,
  ...TRUST_COMMANDS,
  ...CONNECT_COMMANDS,
  ...FOCUS_COMMANDS,
  ...PAGE_COMMANDS,
  ...COMPOSER_COMMANDS,
  ...QUEUE_COMMANDS,
  ...COMPLETION_COMMANDS,
  ...CONVERSATION_PANE_COMMANDS,
  ...CONVERSATION_LIST_COMMANDS,
  ...FIND_COMMANDS,
  ...APPROVAL_COMMANDS,
  ...APPROVAL_BATCH_COMMANDS,
  ...APPROVAL_EDITOR_COMMANDS,
  ...QUESTION_COMMANDS,
  ...CONTEXT_COMMANDS,
  ...APPROVAL_VIEW_COMMANDS,
  ...MEMORY_PANE_COMMANDS,
  ...SKILL_COMMANDS,
  ...CHANGES_COMMANDS,
  ...UNDO_COMMANDS,
  ...REWIND_COMMANDS,
  ...JOB_COMMANDS,
  ...CONVERSATIONS_PAGE_COMMANDS,
  ...SIDE_QUESTION_COMMANDS,
  ...SUMMARY_COMMANDS,
  ...SCROLL_COMMANDS,
  ...HUNK_COMMANDS,
  ...TEXT_COMMANDS,
  ...VIM_COMMANDS,
  ...TOUR_COMMANDS,
  ...APP_COMMANDS,
]
