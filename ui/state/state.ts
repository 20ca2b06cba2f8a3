import type { UserPrompt } from '../../lib/prompts/user-prompts.ts'
import type { SessionState } from '../../lib/session/state.ts'
import type { Size } from '../view/types.ts'
import type { TextEditor } from './editor.ts'
import type { PickerAction, PromptAction, QuestionAction } from './overlay-actions.ts'

export const PANE_IDS = [
  'conversation',
  'memory',
  'skills',
  'approval',
  'composer',
  'status',
] as const
export type PaneId = (typeof PANE_IDS)[number]

/** Panes a person can move to. */
export type Focus = Exclude<PaneId, 'status'>

/**
 * Where a pane's first visible row is. `end` follows what is added; `row` counts from the top of the item named `item`
 * (an entry, a block, a hunk), so that it stays put when something above or below grows.
 */
export type Scroll =
  | { readonly type: 'end' }
  | { readonly type: 'item'; readonly item: string; readonly row: number }

export interface PickerItem {
  readonly title: string
  readonly detail: string
  readonly current: boolean
  /** The text that the query is compared with, when it is not title and detail. */
  readonly searched?: string
  readonly action: PickerAction
}

export type PageLine =
  | { readonly type: 'heading'; readonly text: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'fact'; readonly name: string; readonly value: string }
  | {
      readonly type: 'gauge'
      readonly name: string
      readonly used: number
      readonly limit: number
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
    }
  | { readonly type: 'help'; readonly scroll: number }
  /** Facts to read, such as what fills the context window. */
  | {
      readonly type: 'page'
      readonly title: string
      readonly lines: readonly PageLine[]
      readonly scroll: number
    }
  /** One line of text is typed: a name, a reason, a rule. */
  | {
      readonly type: 'prompt'
      readonly title: string
      readonly explanation: string
      readonly editor: TextEditor
      /** Shown as dots. */
      readonly secret?: true
      readonly action: PromptAction
    }
  /** What a background job has printed so far, and whether to kill it. */
  | { readonly type: 'job'; readonly jobId: string }
  /** Yes or no. */
  | {
      readonly type: 'question'
      readonly title: string
      readonly text: string
      readonly action: QuestionAction
    }

export type OverlayOf<Type extends Overlay['type']> = Extract<Overlay, { type: Type }>

/** What is being typed that can be completed. `from` is the place of its `/` or `@`, or where the argument begins. */
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
  /** What stands behind the `/` or `@`, or as the argument; a folder ends with `/`. */
  readonly insert: string
  readonly title: string
  readonly detail: string
}

export interface Completion {
  readonly trigger: CompletionTrigger
  readonly items: readonly CompletionItem[]
  /** -1: none; what is typed counts until the person moves to one. */
  readonly selected: number
}

export interface WorkbenchState {
  readonly viewport: Size
  readonly focus: Focus
  readonly hidden: readonly PaneId[]
  /** Columns of the side panes as a share of the width, 0.2 – 0.8; rows of the approval pane as a share of the height. */
  readonly sideShare: number
  readonly approvalShare: number
  readonly composer: TextEditor
  /** Sent messages, oldest first, and where up/down stands in them (null: at the draft, which is kept). */
  readonly history: {
    readonly sent: readonly string[]
    readonly at: number | null
    readonly draft: string
  }
  /** Commands or files that are offered for the word at the cursor. */
  readonly completion: Completion | null
  /** The word that nothing is offered for any more, because the person said so. */
  readonly declined: CompletionTrigger | null
  readonly scroll: Readonly<Record<Focus, Scroll>>
  readonly memory: {
    readonly selected: string | null
    /** Labels shown whole. */
    readonly open: readonly string[]
    /** The block edited in place: its label, the value it had, and the text. */
    readonly editing: {
      readonly label: string
      readonly before: string
      readonly editor: TextEditor
    } | null
  }
  readonly skills: { readonly selected: string | null }
  /**
   * Call shown in the approval pane; null shows the oldest. `since` when it came on show or took the keys: a key that
   * was on its way then is no answer to it. `armed` is a decision that wants a second key. `offered` is the call that the focus
   * was taken to: it is taken to a call only once, so that a person who goes elsewhere stays there.
   */
  readonly approval: {
    readonly shown: string | null
    readonly since: number
    readonly armed: string | null
    readonly offered: string | null
  }
  /** Entries there were when the conversation was last left at its end: those after them are new. */
  readonly seen: number
  /** Entries shown whole: reasoning, tool output. */
  readonly expanded: readonly string[]
  readonly overlay: Overlay | null
  /** One line over the status line, gone at the next key. */
  readonly flash: { readonly level: 'info' | 'warning' | 'error'; readonly text: string } | null
  /** Milliseconds since 1970, as of the last tick: for "12 s" and the spinner, which only move while a turn runs. */
  readonly now: number
  /** When the last key went to the composer: an approval never takes the keys from under a typing hand. */
  readonly typedAt: number
  readonly terminalFocused: boolean
  readonly theme: string
  readonly keymap: string
  /** Answers are shown as they come; else whole. */
  readonly streaming: boolean
  /** The user's own prompts and the project's, offered as slash commands. */
  readonly prompts: readonly UserPrompt[]
  /** A command armed by its first press, such as quit. */
  readonly armed: { readonly command: string; readonly at: number } | null
}

export interface RootState {
  readonly session: SessionState
  readonly workbench: WorkbenchState
}
