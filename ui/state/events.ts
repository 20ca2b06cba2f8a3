import type { UserPrompt } from '../../lib/prompts/user-prompts.ts'
import type { SessionEvent } from '../../lib/session/events.ts'
import type { RuleEffect } from '../../lib/session/state/entry.ts'
import type { BlockDraftText, MergePart, StoredDraft } from '../../lib/session/state/memory.ts'
import type { Attachment } from '../../lib/session/state/queue.ts'
import type { Question } from '../../lib/tools/tool.ts'
import type { DiffView } from '../view/render/diff-page.ts'
import type { Thumbnail } from '../view/render/image-cells.ts'
import type { Size } from '../view/types.ts'
import type { AnswerForm } from './answer-form.ts'
import type { ArchivalEvent } from './archival.ts'
import type { ConversationsPageEvent } from './conversations-page.ts'
import type { DiffSelection, RejectedLine } from './diff-selection.ts'
import type { TextEditor } from './editor.ts'
import type { EntryKind } from './entry-kinds.ts'
import type { MemoryPageEvent } from './memory-page.ts'
import type { PageId } from './pages.ts'
import type {
  Completion,
  ContextView,
  DiscardedHunk,
  EditDraft,
  Focus,
  MergeChoice,
  OtherConversation,
  Overlay,
  PageLine,
  PaneId,
  ScreenCell,
  Scroll,
  Search,
} from './state.ts'
import type { VimState, VimStep } from './vim.ts'

/** What happened on the screen. `at` is in milliseconds since 1970. */
export type WorkbenchEvent =
  | { readonly type: 'viewport.changed'; readonly size: Size }
  /** `news`: the one that asks, or whose turn has ended, since the last time. */
  | {
      readonly type: 'others.changed'
      readonly others: readonly OtherConversation[]
      readonly news: OtherConversation | null
    }
  | { readonly type: 'terminal.focused'; readonly focused: boolean }
  | { readonly type: 'tick'; readonly at: number }
  | { readonly type: 'focus.moved'; readonly to: Focus }
  | { readonly type: 'focus.stepped'; readonly by: 1 | -1 }
  | { readonly type: 'tour.started' | 'tour.stepped' | 'tour.ended' }
  /** The focus goes to the pane of the page; to the message on the chat page. */
  | { readonly type: 'page.opened'; readonly page: PageId }
  | { readonly type: 'pane.toggled'; readonly pane: PaneId }
  | { readonly type: 'pane.resized'; readonly share: 'side' | 'approval'; readonly by: number }
  | { readonly type: 'text.edited'; readonly editor: TextEditor; readonly at: number }
  /** A long text was pasted into the message. */
  | {
      readonly type: 'text.pasted'
      readonly text: string
      readonly at: number
      /** It is added to the paste before the cursor. */
      readonly continues?: boolean
    }
  /** What this text of the message attaches. */
  | { readonly type: 'thumbnail.changed'; readonly thumbnail: Thumbnail | null }
  | {
      readonly type: 'attachments.found'
      readonly text: string
      readonly attachments: readonly Attachment[]
    }
  | { readonly type: 'composer.sent'; readonly text: string }
  /** The text is in the history and can be pasted. */
  | { readonly type: 'composer.cleared'; readonly text: string }
  /** A text that was not sent and is found in the history. */
  | { readonly type: 'history.added'; readonly text: string }
  /** Answers to questions, by call, that earlier processes have left; the calls are asked again later. */
  | { readonly type: 'answers.found'; readonly forms: readonly (readonly [string, AnswerForm])[] }
  /** Texts of calls that earlier processes have left edited; the calls are asked about again later. */
  | {
      readonly type: 'edits.found'
      readonly edits: readonly ({ readonly callId: string } & EditDraft)[]
    }
  /** What earlier processes have left rejected of changes, by call. */
  | {
      readonly type: 'selections.found'
      readonly selections: readonly {
        readonly callId: string
        readonly rejected: readonly RejectedLine[]
      }[]
    }
  /** What earlier processes have left unsent, oldest first. */
  | {
      readonly type: 'drafts.found'
      readonly texts: readonly string[]
      /** Long texts that were pasted into them. */
      readonly pastes: readonly string[]
    }
  /** The messages of earlier sessions, oldest first. */
  | {
      readonly type: 'history.restored'
      readonly messages: readonly string[]
      /** Long texts that were pasted into them. */
      readonly pastes: readonly string[]
    }
  | { readonly type: 'history.moved'; readonly by: -1 | 1 }
  | { readonly type: 'completion.found'; readonly completion: Completion }
  | { readonly type: 'completion.moved'; readonly by: number }
  | { readonly type: 'completion.dismissed' }
  | { readonly type: 'scroll.moved'; readonly pane: Focus; readonly scroll: Scroll }
  /** A text to find in the conversation is typed in its last row. */
  | { readonly type: 'find.started'; readonly query: string; readonly from: string | null }
  | { readonly type: 'find.progressed'; readonly search: Search | null }
  /** What was shown before is shown again, unless the match is kept. */
  | { readonly type: 'find.ended'; readonly isKept: boolean }
  /** What a match opens is collapsed again when the next one is shown. */
  | { readonly type: 'find.opened'; readonly entryId: string | null }
  | { readonly type: 'find.stopped' }
  /** The mouse button is pressed, moved while it is held, and released. */
  | { readonly type: 'selection.started'; readonly part: string; readonly at: ScreenCell }
  | { readonly type: 'selection.extended'; readonly at: ScreenCell }
  | { readonly type: 'selection.ended' }
  | { readonly type: 'mouse.changed'; readonly on: boolean }
  /** `id`: null for the newest entry. */
  | { readonly type: 'entry.selected'; readonly id: string | null; readonly scroll: Scroll }
  | { readonly type: 'entry.toggled'; readonly id: string }
  | { readonly type: 'entries.collapsed'; readonly collapsed: boolean }
  | { readonly type: 'entries.filtered'; readonly filter: EntryKind | null }
  | { readonly type: 'memory.selected'; readonly label: string }
  | { readonly type: 'memory.toggled'; readonly label: string }
  /** `draft`: what was typed earlier and not saved. */
  | {
      readonly type: 'memory.editStarted'
      readonly label: string
      readonly value: string
      readonly draft?: BlockDraftText
    }
  /** The text that was saved; what was typed since is still to be saved. */
  | { readonly type: 'memory.editSaved'; readonly label: string; readonly typed: string }
  /** The editor is closed; what was typed stays as a draft. */
  | { readonly type: 'memory.editEnded' }
  /** What was typed and what another has changed are in the same lines. */
  | {
      readonly type: 'memory.mergeStarted'
      readonly label: string
      readonly base: string
      readonly mine: string
      readonly current: string
      readonly parts: readonly MergePart[]
    }
  | { readonly type: 'memory.mergeMoved'; readonly by: 1 | -1 }
  | { readonly type: 'memory.mergeChosen'; readonly choice: MergeChoice }
  /** The merge is closed; what was typed is in the editor again. */
  | { readonly type: 'memory.mergeEnded' }
  /** Drafts of an earlier run. */
  | {
      readonly type: 'memory.draftsFound'
      readonly drafts: Readonly<Record<string, StoredDraft>>
    }
  | { readonly type: 'memory.draftDiscarded'; readonly label: string }
  /** Another hunk of what the session has learned is selected. */
  | { readonly type: 'learned.selected'; readonly hunk: number }
  | { readonly type: 'learned.scrolled'; readonly scroll: number }
  | { readonly type: 'learned.accepted'; readonly keys: readonly string[] }
  /** Null after an undo. */
  | { readonly type: 'learned.discarded'; readonly discarded: DiscardedHunk | null }
  | { readonly type: 'change.selected'; readonly id: string }
  | { readonly type: 'change.hunkSelected'; readonly hunk: number; readonly scroll: Scroll }
  | MemoryPageEvent
  | ArchivalEvent
  | ConversationsPageEvent
  | { readonly type: 'skill.selected'; readonly id: string }
  | { readonly type: 'job.selected'; readonly id: string }
  /** The approval fills the main area, or no longer does. */
  | { readonly type: 'approval.zoomed' }
  | { readonly type: 'approval.selected'; readonly callId: string }
  | {
      readonly type: 'approval.partSelected'
      readonly callId: string
      readonly selection: DiffSelection
    }
  | {
      readonly type: 'approval.viewChanged'
      readonly view: DiffView
      readonly isFull: boolean
    }
  /** Rows from `top` up to `to` of the preview are visible, at this width. */
  | {
      readonly type: 'approval.viewed'
      readonly callId: string
      readonly columns: number
      readonly top: number
      readonly to: number
      /** Changed lines of a diff that are seen by then. */
      readonly lines?: number
    }
  /** `before`: the text that awaits approval; `cursor`: an offset in `text`. */
  | {
      readonly type: 'approval.editStarted'
      readonly callId: string
      readonly before: string
      readonly text: string
      readonly cursor: number
    }
  /** The editor is closed. What was not shown for approval stays as a draft. */
  | {
      readonly type: 'approval.editEnded'
      readonly callId: string
      readonly draft: EditDraft | null
    }
  | {
      readonly type: 'approval.contextChanged'
      readonly callId: string
      readonly view: ContextView
    }
  | { readonly type: 'changes.contextChanged'; readonly lines: number }
  /** Something was answered to a question of a call, or another question is shown. */
  | {
      readonly type: 'answer.changed'
      readonly callId: string
      readonly form: AnswerForm
      /** The question that is answered in own words. */
      readonly writing: Question | null
    }
  /** An answer was pressed before the call could be seen. */
  | { readonly type: 'approval.keyIgnored'; readonly at: number }
  | { readonly type: 'approval.confirming'; readonly callId: string; readonly at: number }
  | { readonly type: 'overlay.opened'; readonly overlay: Overlay }
  /** Another rule or another scope is selected. */
  | {
      readonly type: 'ruleDialog.changed'
      readonly by: { readonly rule: number; readonly scope: number }
    }
  | { readonly type: 'ruleDialog.effectFound'; readonly rule: string; readonly effect: RuleEffect }
  /** Another item of a picker is selected. */
  | { readonly type: 'overlay.moved'; readonly by: number }
  /** Help or a page of facts is scrolled by rows. `last`: the scroll position at which its last row is visible. */
  | {
      readonly type: 'overlay.scrolled'
      readonly by: number
      readonly last: number
      readonly at: number
    }
  | { readonly type: 'overlay.closed' }
  /** The page with this title has other lines; nothing when it is closed. */
  | { readonly type: 'page.updated'; readonly title: string; readonly lines: readonly PageLine[] }
  /** The text of the open prompt was not accepted. */
  | { readonly type: 'prompt.refused'; readonly error: string }
  | {
      readonly type: 'flash.shown'
      readonly level: 'info' | 'warning' | 'error'
      readonly text: string
      /** Absent when only the next key removes it. */
      readonly until?: number
      /** Keys that may follow those that were pressed, and what each does. */
      readonly next?: readonly (readonly [stroke: string, title: string])[]
    }
  | { readonly type: 'flash.cleared' }
  | { readonly type: 'theme.changed'; readonly name: string }
  /** `hasModes`: texts are edited as in vim. */
  | { readonly type: 'keymap.changed'; readonly name: string; readonly hasModes?: boolean }
  | {
      readonly type: 'vim.edited'
      readonly editor: TextEditor
      readonly vim: VimState
      /** What `.` repeats; absent for what is no part of a change. */
      readonly step?: VimStep
      readonly at: number
    }
  /** Markdown and code are formatted from now on. */
  | { readonly type: 'formatter.loaded' }
  | { readonly type: 'streaming.changed'; readonly on: boolean }
  | { readonly type: 'prompts.found'; readonly prompts: readonly UserPrompt[] }
  | { readonly type: 'command.pressed'; readonly command: string; readonly at: number }

export function isWorkbenchEvent(event: SessionEvent | WorkbenchEvent): event is WorkbenchEvent {
  return event.type in WORKBENCH_EVENTS
}

const WORKBENCH_EVENTS: Readonly<Record<WorkbenchEvent['type'], true>> = {
  'viewport.changed': true,
  'others.changed': true,
  'terminal.focused': true,
  tick: true,
  'focus.moved': true,
  'focus.stepped': true,
  'page.opened': true,
  'pane.toggled': true,
  'pane.resized': true,
  'text.edited': true,
  'text.pasted': true,
  'attachments.found': true,
  'thumbnail.changed': true,
  'composer.sent': true,
  'composer.cleared': true,
  'history.added': true,
  'answers.found': true,
  'edits.found': true,
  'selections.found': true,
  'drafts.found': true,
  'history.restored': true,
  'history.moved': true,
  'completion.found': true,
  'completion.moved': true,
  'completion.dismissed': true,
  'scroll.moved': true,
  'find.started': true,
  'find.progressed': true,
  'find.ended': true,
  'find.opened': true,
  'find.stopped': true,
  'selection.started': true,
  'selection.extended': true,
  'selection.ended': true,
  'mouse.changed': true,
  'entry.selected': true,
  'entry.toggled': true,
  'entries.collapsed': true,
  'entries.filtered': true,
  'memory.selected': true,
  'memory.toggled': true,
  'memory.editStarted': true,
  'memory.editSaved': true,
  'memory.editEnded': true,
  'memory.mergeStarted': true,
  'memory.mergeMoved': true,
  'memory.mergeChosen': true,
  'memory.mergeEnded': true,
  'memory.draftsFound': true,
  'memory.draftDiscarded': true,
  'learned.selected': true,
  'learned.scrolled': true,
  'learned.accepted': true,
  'learned.discarded': true,
  'change.selected': true,
  'change.hunkSelected': true,
  'memoryPage.columnChosen': true,
  'memoryPage.factsRead': true,
  'memoryPage.newestRead': true,
  'memoryPage.markdownToggled': true,
  'memoryPage.olderRead': true,
  'memoryPage.sharingRead': true,
  'memoryPage.authorsToggled': true,
  'memoryPage.lineMoved': true,
  'memoryPage.versionMoved': true,
  'memoryPage.versionMarked': true,
  'memoryPage.queried': true,
  'memoryPage.linesMarked': true,
  'archival.opened': true,
  'archival.closed': true,
  'archival.read': true,
  'archival.selected': true,
  'skill.selected': true,
  'job.selected': true,
  'conversations.listed': true,
  'conversations.selected': true,
  'conversations.findStarted': true,
  'conversations.findEnded': true,
  'conversations.found': true,
  'conversations.previewed': true,
  'approval.zoomed': true,
  'approval.selected': true,
  'approval.confirming': true,
  'approval.keyIgnored': true,
  'approval.viewed': true,
  'approval.viewChanged': true,
  'approval.editStarted': true,
  'approval.editEnded': true,
  'approval.partSelected': true,
  'answer.changed': true,
  'approval.contextChanged': true,
  'changes.contextChanged': true,
  'overlay.opened': true,
  'overlay.moved': true,
  'ruleDialog.changed': true,
  'ruleDialog.effectFound': true,
  'overlay.scrolled': true,
  'overlay.closed': true,
  'page.updated': true,
  'tour.started': true,
  'tour.stepped': true,
  'tour.ended': true,
  'prompt.refused': true,
  'flash.shown': true,
  'flash.cleared': true,
  'theme.changed': true,
  'keymap.changed': true,
  'vim.edited': true,
  'formatter.loaded': true,
  'streaming.changed': true,
  'prompts.found': true,
  'command.pressed': true,
}
