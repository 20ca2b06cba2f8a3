import type { RuleSuggestion } from '../../lib/permissions/types.ts'
import type { UserPrompt } from '../../lib/prompts/user-prompts.ts'
import type { RuleEffect } from '../../lib/session/state/entry.ts'
import type { BlockDraftText, MergePart } from '../../lib/session/state/memory.ts'
import type { Attachment, Delivery } from '../../lib/session/state/queue.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import type { Preview, Question } from '../../lib/tools/tool.ts'
import type { DiffView } from '../view/render/diff-page.ts'
import type { Thumbnail } from '../view/render/image-cells.ts'
import type { Size } from '../view/types.ts'
import type { AnswerForm } from './answer-form.ts'
import type { ArchivalPage } from './archival.ts'
import type { ConversationsPage } from './conversations-page.ts'
import type { DiffSelection, RejectedLine } from './diff-selection.ts'
import type { TextEditor } from './editor.ts'
import type { EntryKind } from './entry-kinds.ts'
import type { MemoryPage } from './memory-page.ts'
import type { PickerAction, PromptAction, QuestionAction } from './overlay-actions.ts'
import type { PageId } from './pages.ts'
import type { Paste } from './pastes.ts'
import type { VimState } from './vim.ts'

export const PANE_IDS = [
  'header',
  'conversation',
  'tasks',
  'memory',
  'changes',
  'skills',
  'jobs',
  'conversations',
  'approval',
  'tour',
  'composer',
  'status',
] as const
export type PaneId = (typeof PANE_IDS)[number]

/** Panes that can have the focus. */
export type Focus = Exclude<PaneId, 'header' | 'status' | 'tasks' | 'tour'>

/**
 * The first visible row of a pane. `end` follows what is added. `row` counts from the top of the item with the id `item` (an
 * entry, a block, a hunk), so that it does not move when something above or below grows.
 */
export type Scroll =
  | { readonly type: 'end' }
  | { readonly type: 'item'; readonly item: string; readonly row: number }

export interface PickerItem {
  readonly title: string
  readonly detail: string
  readonly current: boolean
  /** It cannot be used now; the detail is the reason. */
  readonly isUnavailable?: true
  /** The text that the query is compared with, when it is not title and detail. */
  readonly searched?: string
  readonly action: PickerAction
}

export type PageLine =
  | { readonly type: 'heading'; readonly text: string }
  | { readonly type: 'text'; readonly text: string }
  /** What the directory's settings allow; with everything invisible spelled out. */
  | { readonly type: 'grant'; readonly text: string }
  | { readonly type: 'fact'; readonly name: string; readonly value: string }
  /** A line of a unified diff: its sign, or `@` for the header of a hunk. */
  | { readonly type: 'diff'; readonly sign: ' ' | '+' | '-' | '@'; readonly text: string }
  | {
      readonly type: 'gauge'
      readonly name: string
      readonly used: number
      readonly limit: number
      /** The limit is the largest of several values. */
      readonly isScale?: true
      readonly value: string
    }

/** A dialog over the panes, which takes the keys. */
export type Overlay =
  /** One of several is picked: palette, models, agents. */
  | {
      readonly type: 'picker'
      readonly title: string
      readonly items: readonly PickerItem[]
      readonly query: TextEditor
      readonly selected: number
      /** The list opened while a message may have been begun: what was typed for it, which returns to the message. */
      readonly begun?: string
    }
  /** The keys and commands, those with all words of the query. */
  | { readonly type: 'help'; readonly query: TextEditor; readonly scroll: number }
  /** Facts to read, such as what fills the context window. */
  | {
      readonly type: 'page'
      readonly title: string
      readonly lines: readonly PageLine[]
      readonly scroll: number
      /** When the rows that are visible now came into view. A key that was pressed before was meant for something else. */
      readonly visibleSince?: number
      /** What the page is shown for: yes or no. */
      readonly question?: { readonly text: string; readonly action: QuestionAction }
    }
  /** What the session has learned, hunk by hunk, to accept or to discard. */
  | {
      readonly type: 'learned'
      readonly title: string
      /** The hunk that keys apply to. */
      readonly selected: number
      /** Rows of it above the first visible one: it can be longer than the dialog. */
      readonly scroll: number
      /** What was discarded last, for an undo. */
      readonly discarded: DiscardedHunk | null
    }
  /** One line of text is typed: a name, a reason, a rule. */
  | {
      readonly type: 'prompt'
      readonly title: string
      readonly explanation: string
      readonly editor: TextEditor
      /** Shown as dots. */
      readonly secret?: true
      /** Why the text was not accepted, until it is edited. */
      readonly error?: string
      readonly action: PromptAction
    }
  /** A rule that allows a pending call always, and where it is saved. */
  | {
      readonly type: 'rule'
      readonly title: string
      readonly callId: string
      readonly rules: readonly string[]
      readonly selected: number
      readonly scope: RuleSuggestion['scope']
      /** What the selected rule would have allowed so far; null while it is computed. */
      readonly effect: RuleEffect | null
      /** When it was opened by a key. Enter that comes with that key was typed for something else. */
      readonly visibleSince?: number
    }
  /** A changed block whose editor was left: save, leave as a draft, or discard. */
  | { readonly type: 'unsavedBlock'; readonly title: string; readonly text: string }
  /** Yes or no. */
  | {
      readonly type: 'question'
      readonly title: string
      readonly text: string
      readonly action: QuestionAction
    }

/** The block before and after a hunk of it was discarded. */
export interface DiscardedHunk {
  readonly label: string
  readonly before: string
  readonly after: string
}

export type OverlayOf<Type extends Overlay['type']> = Extract<Overlay, { type: Type }>

/** The word at the cursor that can be completed. `from`: the offset of its `/` or `@`, or of the argument. */
export type CompletionTrigger =
  | { readonly type: 'command' | 'file'; readonly from: number; readonly query: string }
  | {
      readonly type: 'argument'
      /** Without the slash. */
      readonly command: string
      readonly from: number
      readonly query: string
    }

export interface CompletionItem {
  /** What is inserted after the `/` or `@`, or as the argument; a directory ends with `/`. */
  readonly insert: string
  readonly title: string
  readonly detail: string
  /** A command that cannot run now: it comes last and is not run. */
  readonly isUnavailable?: true
}

export interface Completion {
  readonly trigger: CompletionTrigger
  readonly items: readonly CompletionItem[]
  /** -1: none, so that the text is used as it was typed. */
  readonly selected: number
}

/** How long a person must not have typed before something new may take the keys. */
export const TYPING_PAUSE_MS = 500

/** One of the places of a text in an entry. */
export interface Occurrence {
  readonly entryId: string
  /** From 0. */
  readonly line: number
  /** Of those in its line, from 0. */
  readonly nth: number
}

/** The last search of the conversation. */
export interface Search {
  readonly query: string
  /** What was found last; null when nothing was. */
  readonly match: Occurrence | null
  /** The number of the match, counted from the oldest one that is loaded, and how many there are. */
  readonly position: number
  readonly count: number
  /** Older messages are being loaded, or many lines compared. */
  readonly isRunning: boolean
}

/** A text that is being typed to find it in the conversation, and what was shown before. */
export interface ShownFinding {
  readonly query: TextEditor
  /** The entry at which the search begins; null for the newest. */
  readonly from: string | null
  readonly origin: {
    readonly scroll: Scroll
    readonly selectedEntry: string | null
    readonly expanded: readonly string[]
  }
}

/** A cell of the screen, from its top left. */
export interface ScreenCell {
  readonly x: number
  readonly y: number
}

/** Text of one element of the screen, in the order of reading, with both ends. */
export interface TextSelection {
  readonly part: string
  readonly anchor: ScreenCell
  readonly head: ScreenCell
}

/** A conversation of another session of the workbench that runs, or whose last turn was not seen yet. */
export interface OtherConversation {
  readonly agentId: string
  readonly agentName: string
  readonly conversationId: string
  readonly title: string | null
  readonly status: 'running' | 'approval' | 'answered' | 'failed'
  /** The tool that awaits approval. */
  readonly tool: string | null
  /** Messages that were not sent yet. */
  readonly queued: readonly string[]
}

/** What the screen shows of a session, while another one is shown. */
export type HiddenScreen = Pick<
  WorkbenchState,
  'approval' | 'expanded' | 'allExpanded' | 'selectedEntry' | 'filter' | 'seenEntries'
> & {
  readonly conversation: Scroll
  /** What awaited approval when another one was shown; null for nothing. */
  readonly waiting: Pick<SessionState, 'agent' | 'conversation' | 'current'> | null
}

export interface WorkbenchState {
  readonly viewport: Size
  readonly focus: Focus
  readonly others: readonly OtherConversation[]
  /** By conversation. */
  readonly hiddenScreens: ReadonlyMap<string, HiddenScreen>
  /** Index of the current step of the tour; null without one. */
  readonly tour: number | null
  /** What fills the main area. */
  readonly page: PageId
  readonly hiddenPanes: readonly PaneId[]
  /** Columns of the side panes as a share of the width, 0.2 – 0.8; rows of the approval pane as a share of the height. */
  readonly sideShare: number
  /** Whether the user has set the width of the side column; otherwise its contents decide, up to the share. */
  readonly hasOwnSideShare: boolean
  readonly approvalShare: number
  readonly composer: TextEditor
  /** What the message attaches, as far as it is known. */
  readonly attachments: readonly Attachment[]
  /** Of the first image among them; null where the terminal shows none. */
  readonly thumbnail: Thumbnail | null
  /** Long texts that were pasted, which the message shows by their labels. */
  readonly pastes: readonly Paste[]
  /** When a message arrives that is sent while the agent works. */
  readonly delivery: Delivery
  readonly history: {
    /** Oldest first. */
    readonly sent: readonly string[]
    /** The message that is shown; null for the draft. */
    readonly index: number | null
    /** The text that was in the input before the first step back. */
    readonly draft: string
  }
  /** Suggestions for the word at the cursor. */
  readonly completion: Completion | null
  /** The word for which the person dismissed the suggestions. */
  readonly dismissedTrigger: CompletionTrigger | null
  readonly scroll: Readonly<Record<Focus, Scroll>>
  readonly memory: {
    /** Label of a block. */
    readonly selected: string | null
    /** Labels of expanded blocks. */
    readonly open: readonly string[]
    readonly editing: MemoryEdit | null
    /** Conflicts of an edit with a change by somebody else; shown instead of the list. */
    readonly merging: MemoryMerge | null
    /** A merge that was left for the editor: its choices are taken again for the same texts. */
    readonly leftMerge: MemoryMerge | null
    /** Texts that were typed and not saved, by the label of their block. */
    readonly drafts: Readonly<Record<string, BlockDraftText>>
    /** How many drafts of a block are on disk, by its label, when more than one was found. */
    readonly draftCounts: Readonly<Record<string, number>>
    /** The changes of this session that the person has seen and accepted, by their keys. */
    readonly accepted: readonly string[]
    readonly page: MemoryPage
    /** Null while the memory page shows the blocks. */
    readonly archival: ArchivalPage | null
  }
  readonly changes: {
    /** Id of a row of the list. */
    readonly selected: string | null
    /** Index of the hunk that keys apply to. */
    readonly hunk: number
    /** Unchanged lines above and below each hunk. */
    readonly context: number
    /** False after the row that the person had selected has left the list. */
    readonly isChosen: boolean
  }
  readonly skills: { readonly selected: string | null }
  /** The id of a background job. */
  readonly jobs: { readonly selected: string | null }
  readonly conversations: ConversationsPage
  readonly approval: {
    /** The call that the approval pane shows; null for the oldest. */
    readonly callId: string | null
    /** When it appeared or got the focus. A key that was pressed before a person could see it is no answer to it. */
    readonly visibleSince: number
    /** It fills the main area while it has the focus. */
    readonly isZoomed: boolean
    /** A dangerous call that was approved with one key and needs the key again. */
    readonly confirming: string | null
    /** How changes are shown. */
    readonly view: DiffView
    /** Whether the pane fills the screen above the message. */
    readonly isFull: boolean
    /**
     * The rows of a preview that were visible one after another from its first; others do not count as seen. `lines`: the same for the
     * changed lines of a diff, which are the same in each of its views.
     */
    readonly seen: {
      readonly callId: string
      readonly columns: number
      readonly rows: number
      readonly lines: number
    } | null
    /** The text of the shown call that the person is editing. */
    readonly editing: ApprovalEdit | null
    /** Texts that were typed and not shown for approval, by call. */
    readonly drafts: ReadonlyMap<string, EditDraft>
    /** Changes that are shown with more or fewer unchanged lines, by call. */
    readonly contexts: ReadonlyMap<string, ContextView>
    /** What was answered so far to the questions of calls, and the call whose answer is being written. */
    readonly forms: ReadonlyMap<string, AnswerForm>
    readonly writing: { readonly callId: string; readonly question: Question } | null
    /** Own words in answer to questions that are no longer asked: they can be yanked, or are in the message. */
    readonly left: { readonly isKilled: boolean } | null
    /** When an answer was pressed too early; null once another call is shown. */
    readonly ignoredKeyAt: number | null
    /** When the last answer gave the focus back to the message, and what was typed into it right afterwards. */
    readonly answeredAt: number
    readonly strayText: string
    /** The call that the focus was last moved to. It is moved once for each call, so that a person who goes elsewhere stays there. */
    readonly focusedFor: string | null
    /** By call, for the changes of which the user has rejected or divided a part. */
    readonly selections: ReadonlyMap<string, DiffSelection>
    /** What an earlier process has left rejected, by call, until the call is shown. */
    readonly leftSelections: ReadonlyMap<string, readonly RejectedLine[]>
  }
  /** How many entries there were when the conversation was last scrolled away from its end: later ones are new. */
  readonly seenEntries: number
  /** The last search, whose text is highlighted; null until the focus is in the message. */
  readonly search: Search | null
  readonly finding: ShownFinding | null
  /** The only entries that the conversation shows; null for all. */
  readonly filter: EntryKind | null
  /** What is being selected with the mouse, in cells of the screen; null while no button is held. */
  readonly textSelection: TextSelection | null
  /** The terminal reports clicks, drags and the wheel; otherwise it selects text itself. */
  readonly mouse: boolean
  /** The entry that keys of the conversation apply to; null for the newest. Another one is used while it is not visible. */
  readonly selectedEntry: string | null
  /** Ids of expanded entries: reasoning, tool output. With `allExpanded`, of those that are not. */
  readonly expanded: readonly string[]
  readonly allExpanded: boolean
  readonly overlay: Overlay | null
  /** A line that replaces the status line until the next key. */
  readonly flash: {
    readonly level: 'info' | 'warning' | 'error'
    readonly text: string
    readonly until?: number
    /** Keys that may follow those that were pressed, and what each does. */
    readonly next?: readonly (readonly [stroke: string, title: string])[]
  } | null
  /** Milliseconds since 1970, as of the last tick: for durations and the spinner, which move only while a turn runs. */
  readonly now: number
  /** When a character was last typed: an approval never takes the keys from a person who is typing. */
  readonly lastTypedAt: number
  readonly terminalFocused: boolean
  readonly theme: string
  /** Whether markdown and code are formatted; the formatter is loaded after the first frame. */
  readonly formatterLoaded: boolean
  readonly keymap: string
  /** The mode in which texts are edited; null when the keymap has no modes. */
  readonly vim: VimState | null
  /** True: answers are shown while they are written; false: when they are complete. */
  readonly streaming: boolean
  /** Prompt files of the user and the project, which are slash commands. */
  readonly prompts: readonly UserPrompt[]
  /** The first press of a command that needs two, such as quit. */
  readonly firstPress: { readonly command: string; readonly at: number } | null
}

/** A memory block that is edited in the memory pane. */
export interface MemoryEdit {
  readonly label: string
  /** The value of the block when the edit began. */
  readonly before: string
  readonly editor: TextEditor
}

/** A change with more or fewer unchanged lines around its hunks. */
export interface ContextView {
  /** The change that awaits approval. */
  readonly of: Preview
  readonly lines: number
  readonly preview: Extract<Preview, { type: 'diff' }>
}

/** What a call proposes, while the person edits it in the approval pane. */
export interface ApprovalEdit {
  readonly callId: string
  /** The text that awaits approval. */
  readonly before: string
  readonly editor: TextEditor
}

/** What the person has made of the text of a call, put aside. */
export interface EditDraft {
  /** The text that the person began with: what changes in the file later is no change of the person. Null if not known. */
  readonly before: string | null
  readonly text: string
}

/** How a conflict is resolved; null until the person chooses. */
export type MergeChoice = 'mine' | 'theirs' | 'both' | null

/** An edit and a change by somebody else in the same lines. */
export interface MemoryMerge {
  readonly label: string
  /** The value that both have changed. */
  readonly base: string
  /** The value on the server, which the merge replaces. */
  readonly current: string
  /** What the person has typed. */
  readonly mine: string
  readonly parts: readonly MergePart[]
  /** One for each conflict. */
  readonly choices: readonly MergeChoice[]
  /** The conflict that keys apply to. */
  readonly selected: number
}

export interface RootState {
  readonly session: SessionState
  readonly workbench: WorkbenchState
}
