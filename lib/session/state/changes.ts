import type { Checkpoint, Gap } from '../../tools/journal/journal-log.ts'
import type { PartStage } from '../../tools/journal/stage.ts'
import type { ChangeSummary } from '../../tools/journal/summarize-changes.ts'
import type { VersionDiff } from '../../tools/journal/version-diff.ts'
import type { Preview } from '../../tools/tool.ts'
import type { Hunk } from '../../util/unified-diff.ts'

/** Which changes are listed: those of this session, of all sessions of the conversation, or since a message. */
export type ChangesScope =
  | { readonly type: 'session' | 'conversation' }
  /** `text`: the beginning of the message. */
  | { readonly type: 'checkpoint'; readonly id: string; readonly text: string }

export interface ListedChanges {
  readonly scope: ChangesScope
  readonly summary: ChangeSummary
  /** The newest command line of which not everything is known that it has changed. Absent in older recordings, and for none. */
  readonly gap?: Gap
}

/** Two versions of a file, compared. */
export interface VersionComparison {
  readonly path: string
  readonly before: string
  readonly after: string
  readonly mode?: number | null
  readonly modeAfter?: number | null
  /** Unchanged lines above and below each hunk; absent in recordings of version 0.2. */
  readonly context?: number
  readonly type: VersionDiff['type']
  /** Which hunks are in the index of git; absent where that is not known. */
  readonly stages?: readonly (PartStage | null)[]
  /** Without hunks unless it is a text. */
  readonly preview: Extract<Preview, { type: 'diff' }>
}

/** What an undo would change. */
export interface UndoPlan {
  readonly files: readonly PlannedRevert[]
  /** The versions of the files that were shown, by path: the undo is refused when one of them differs by then. */
  readonly expected: Readonly<Record<string, string>>
}

export interface PlannedRevert {
  readonly path: string
  /** Relative to the project if it is inside. */
  readonly label: string
  readonly hunks: readonly Hunk[]
  readonly added: number
  readonly removed: number
  readonly isBinary: boolean
  readonly isDeleted: boolean
  /** The file was changed since: only the lines of the reverted changes change. */
  readonly isMerged: boolean
  /** How its permission bits change; null when they stay. */
  readonly modes: string | null
  /** The reason why the file cannot be reverted; null if it can. */
  readonly reason: string | null
  /** Where that is that its lines were modified since. */
  readonly clash?: UndoClash
}

/** A change that cannot be undone, and what has become of its lines. */
export interface UndoClash {
  /** What the undo would do to the file as the change has left it. */
  readonly undo: readonly Hunk[]
  /** How the file differs from it now. */
  readonly since: readonly Hunk[]
  /** The line of the file where both differ. */
  readonly line: number
}

/** What a rewind would change, and what it cannot. */
export interface RewindPlan {
  readonly point: Pick<Checkpoint, 'id' | 'type' | 'text' | 'at'>
  /** Those with a reason stay as they are. */
  readonly files: UndoPlan
  readonly memory: readonly PlannedBlock[]
  /** Blocks that others have changed since: they stay as they are, unless they are chosen. */
  readonly memoryOfOthers: readonly (PlannedBlock & {
    /** Who: `the agent helper`. */
    readonly writers: readonly string[]
  })[]
  /** Why the conversation cannot be rewound; null if it can. */
  readonly conversation: string | null
  /** Whether it is a copy already that ends before the message: the rewind was interrupted after that. */
  readonly isCopied: boolean
  /** Command lines that have run since: what they did besides changing files of the project stays. */
  readonly commands: readonly string[]
}

interface PlannedBlock {
  readonly label: string
  readonly before: string
  readonly after: string
}

export type RewindPart = 'conversation' | 'files' | 'memory'
