import type * as z from 'zod'
import type { DeniedFileFilter } from '../permissions/paths/denied-file-filter.ts'
import type { Access, PermissionSubject } from '../permissions/types.ts'
import type { Hunk } from '../util/unified-diff.ts'
import type { FileLedger } from './files/file-versions.ts'
import type { Journal } from './files/journal.ts'
import type { Shells } from './process/shell-manager.ts'
import type { Workspace } from './workspace.ts'

/** What one call may use. */
export interface ToolContext {
  readonly place: Workspace
  readonly callId: string
  readonly turnId: string
  readonly signal: AbortSignal
  /** Output while it runs; for the screen only, bounded by the receiver. */
  output(text: string): void
  readonly files: FileLedger
  readonly shells: Shells
  readonly journal: Journal
  /** Leaves out the files that a search must not show; null when it may show all. */
  readonly withoutDenied: DeniedFileFilter | null
}

/** What would happen, for a person to judge. Data only: the screen draws it. */
export type Preview =
  | {
      readonly kind: 'diff'
      readonly path: string
      readonly created: boolean
      readonly hunks: readonly Hunk[]
      readonly added: number
      readonly removed: number
      /** Said above the diff, e.g. "binary", "line endings kept: CRLF". */
      readonly remark: string | null
    }
  | {
      readonly kind: 'command'
      readonly command: string
      readonly description: string | null
      readonly background: boolean
      readonly timeoutMs: number
    }
  | { readonly kind: 'plan'; readonly markdown: string }
  | { readonly kind: 'todos'; readonly todos: readonly Todo[] }
  | { readonly kind: 'arguments'; readonly text: string }
  /** The call cannot succeed; running it would answer with this text. */
  | { readonly kind: 'impossible'; readonly reason: string }

export interface Todo {
  readonly content: string
  readonly status: 'pending' | 'in_progress' | 'completed'
}

export interface Picture {
  readonly mediaType: string
  readonly base64: string
}

/** What the agent reads. */
export interface ToolAnswer {
  readonly status: 'success' | 'error'
  readonly text: string
  readonly stdout?: readonly string[]
  readonly stderr?: readonly string[]
  readonly pictures?: readonly Picture[]
}

export interface Tool<Args = unknown> {
  /** As the agent calls it: `Read`. */
  readonly name: string
  readonly access: Access
  /** For the model. */
  readonly description: string
  readonly parameters: z.ZodType<Args>
  /** One line for the transcript: `src/app.ts`, `npm test`. */
  label(args: Args, place: Workspace): string
  subject(args: Args, place: Workspace): PermissionSubject
  preview(args: Args, work: ToolContext): Promise<Preview>
  run(args: Args, work: ToolContext): Promise<ToolAnswer>
}
