import type * as z from 'zod'
import type { DeniedFileFilter } from '../permissions/paths/denied-file-filter.ts'
import type { Access, CommandPart, PermissionSubject } from '../permissions/types.ts'
import type { Hunk } from '../util/unified-diff.ts'
import type { FileVersions } from './files/file-versions.ts'
import type { Journal } from './journal/journal.ts'
import type { ShellManager } from './process/shell-manager.ts'
import type { UnattendedCommand } from './process/shell-process.ts'
import type { Workspace } from './workspace.ts'

/** The services that one call may use. */
export interface ToolContext {
  readonly workspace: Workspace
  readonly callId: string
  readonly turnId: string
  readonly signal: AbortSignal
  /** Reports output while the tool runs. It is for the screen only, and the receiver bounds it. */
  output(text: string): void
  readonly files: FileVersions
  readonly shells: ShellManager
  readonly journal: Journal
  /** Removes the files that a search must not show; null when it may show all. */
  readonly withoutDenied: DeniedFileFilter | null
  /** The changed lines of the diff that the user rejected; null when the complete change is approved. */
  readonly selection: ChangeSelection | null
  /** The text of the user in place of the proposed one; null when it was not edited. */
  readonly edited: TextEdit | null
  /** What the user answered; null when the call asks nothing, or before the answer. */
  readonly answers: readonly QuestionAnswer[] | null
  /** The command to run in place of the written one; null when the user approved that one, or in bypass mode. */
  readonly unattended: UnattendedCommand | null
  /** The real paths that the call was judged with, in the order of its subject; null before it runs. */
  readonly judged: readonly string[] | null
}

/** What the call would do, for the user to approve. It is data only, which the screen renders. */
export type Preview =
  | {
      readonly type: 'diff'
      readonly path: string
      readonly created: boolean
      readonly hunks: readonly Hunk[]
      readonly added: number
      readonly removed: number
      /** Shown above the diff, e.g. "line endings preserved: CRLF". */
      readonly remark: string | null
      /** The change can only be approved completely: a part of it might not be a valid file. */
      readonly isIndivisible?: true
      /** It is what remains after the user rejected a part. */
      readonly isPartial?: true
    }
  | {
      readonly type: 'command'
      readonly command: string
      readonly description: string | null
      readonly background: boolean
      readonly timeoutMs: number
      /** The command that runs without approval, when it differs: printed from the parsed words that were checked. */
      readonly runs?: string
      /** Its simple commands, when there is more to review than the line. */
      readonly parts?: readonly CommandPart[]
    }
  | { readonly type: 'plan'; readonly markdown: string }
  /** Only answers of the user approve it: see `QuestionAnswer`. */
  | { readonly type: 'questions'; readonly questions: readonly Question[] }
  | { readonly type: 'todos'; readonly todos: readonly Todo[] }
  | { readonly type: 'arguments'; readonly text: string }
  /** The call cannot succeed; running it would return this text. */
  | { readonly type: 'impossible'; readonly reason: string }

/** A question of the agent to the user. */
export interface Question {
  readonly question: string
  /** Its subject in a few words; may be empty. */
  readonly header: string
  readonly options: readonly { readonly label: string; readonly description: string }[]
  /** Whether several options can be chosen. */
  readonly multiSelect: boolean
}

/** What the user answered to one question: options, or own words, or both. */
export interface QuestionAnswer {
  /** Indexes of options, in their order. */
  readonly chosen: readonly number[]
  readonly text: string
}

/** The part of a change that the user approved. */
export interface ChangeSelection {
  /** Numbers of the rejected lines, as in `RejectedLines`. Never empty. */
  readonly rejectedLines: readonly number[]
  /** What the user said about the rejected part. */
  readonly comment?: string
}

/** What a call proposes as a text: the content of the file afterwards, the command, the plan. */
export interface ProposedText {
  readonly text: string
  /** A file name for it, by which editors recognize its language. */
  readonly fileName: string
}

/** What the user made of a proposed text before approving it. */
export interface TextEdit {
  readonly proposed: string
  readonly text: string
}

/** How the user can edit a call before it is approved. */
interface TextEditing<Args> {
  propose(args: Args, context: ToolContext): Promise<ProposedText>
  /** The arguments with the text of the user; absent where the tool takes it from `ToolContext.edited`. */
  revise?(args: Args, text: string): Args
}

export interface Todo {
  readonly content: string
  readonly status: 'pending' | 'in_progress' | 'completed'
}

export interface ToolImage {
  readonly mediaType: string
  readonly base64: string
}

/** What the agent reads. */
export interface ToolAnswer {
  readonly status: 'success' | 'error'
  readonly text: string
  readonly stdout?: readonly string[]
  readonly stderr?: readonly string[]
  readonly images?: readonly ToolImage[]
}

/** Who has modified what a preview was about. `toolWithin`: a tool, and the text that the file would have is still the shown one. */
export type OutdatedBy = 'tool' | 'toolWithin' | 'others'

export interface Tool<Args = unknown> {
  /** As the agent calls it: `Read`. */
  readonly name: string
  readonly access: Access
  /** For the model. */
  readonly description: string
  readonly parameters: z.ZodType<Args>
  /** A run of it, which the user approves, ends plan mode. */
  readonly endsPlanMode?: true
  /** Absent when its calls can only be approved as they are. */
  readonly editing?: TextEditing<Args>
  /** One line for the transcript: `src/app.ts`, `npm test`. */
  label(args: Args, workspace: Workspace): string
  subject(args: Args, workspace: Workspace): PermissionSubject
  preview(args: Args, context: ToolContext): Promise<Preview>
  /** Who has modified what the preview was about, so that it has to be shown again. */
  outdatedBy?(args: Args, context: ToolContext): Promise<OutdatedBy | null>
  run(args: Args, context: ToolContext): Promise<ToolAnswer>
}
