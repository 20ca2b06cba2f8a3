/** The block in which letta lists the skills of the directory. */
export const SKILLS_LABEL = 'skills'

export interface MemoryBlock {
  readonly id: string
  readonly label: string
  readonly value: string
  /** Characters. */
  readonly limit: number
  readonly description: string | null
  readonly readOnly: boolean
}

/** Who changed a block. `elsewhere`: a program that does not say for whom it acts. `letta`: created with the agent. */
export type ChangeAuthor =
  | 'agent'
  | 'user'
  | 'skills'
  | 'import'
  | 'restore'
  | 'letta'
  | 'elsewhere'
  | 'unknown'

/** How a block was changed, as far as it is known. */
export interface ChangeOrigin {
  readonly agentId?: string
  /** The name of another agent. */
  readonly agentName?: string
  /** The agent's call, and its tool. */
  readonly callId?: string
  readonly tool?: string
  /** It was the user in another place, or another agent that shares the block. */
  readonly isOther?: true
  /** It was another session of the user on this machine: an earlier one, or one in another terminal. */
  readonly isOtherSession?: true
  /** The name of the program, when it is not letta. */
  readonly client?: string
  /** The ids of the blocks that had lines which the change moved or copied into this one. */
  readonly sources?: readonly string[]
}

/** The newest change of a block: what it was before, and by whom it was changed. */
export interface MemoryChange {
  readonly before: string
  readonly by: ChangeAuthor
  readonly at: number
  readonly origin?: ChangeOrigin
}

/** A value that a block had, with its properties at that time. Numbered from 0. */
export interface BlockVersion {
  readonly blockId: string
  readonly version: number
  /** Milliseconds since 1970. */
  readonly at: number
  readonly by: ChangeAuthor
  readonly origin: ChangeOrigin
  readonly label: string
  readonly value: string
  readonly limit: number
  readonly description: string | null
  readonly isDeletion: boolean
  /** Absent in what earlier versions of letta have stored on this machine. */
  readonly readOnly?: boolean
  /** The run of the agent and its step, to which its messages belong. */
  readonly runId?: string
  readonly stepId?: string
  /** The change was made at some time after this one, while no session of letta was watching. */
  readonly since?: number
}

/** A version without its value, with the lines that it changed. */
export interface VersionSummary extends Omit<BlockVersion, 'value'> {
  readonly added: number
  readonly removed: number
}

/** The newest versions of a block, and how many are stored in all, with their characters. */
export interface NewestVersions {
  readonly blockId: string
  /** Newest first. */
  readonly versions: readonly VersionSummary[]
  readonly totals: { readonly versions: number; readonly characters: number }
}

/** Which settings have the id of a block: those of the user or of the project; `agent`: none, only this agent has the block. */
export type BlockPlace = 'user' | 'project' | 'agent'

/** A text of archival memory. `at`: milliseconds since 1970; 0 when unknown. */
export interface Passage {
  readonly id: string
  readonly text: string
  readonly tags: readonly string[]
  readonly at: number
}

/** Passages that are listed, the newest ones; a search finds others. */
export const LISTED_PASSAGES = 200

/** A part of a three-way merge. Each text is a list of lines. */
export type MergePart =
  | { readonly type: 'merged'; readonly lines: readonly string[] }
  | {
      readonly type: 'conflict'
      readonly base: readonly string[]
      readonly mine: readonly string[]
      readonly theirs: readonly string[]
    }

/** What a person has typed into a block and not saved. */
export interface BlockDraftText {
  /** The value of the block when the edit began. */
  readonly before: string
  readonly text: string
}

/** A draft to store, with what finds it again when the agent no longer has the block. */
export interface TypedDraft extends BlockDraftText {
  readonly label: string
  readonly agentId: string
}

/** A draft of a block that the agent no longer has. */
export interface DraftOfMissingBlock {
  readonly blockId: string
  readonly label: string
  readonly draft: StoredDraft
}

/** A draft on disk. */
export interface StoredDraft extends BlockDraftText {
  readonly file: string
  /** How many drafts of the block no other process is editing, with this one. */
  readonly count: number
}

export interface MemoryItem {
  readonly block: MemoryBlock
  readonly change: MemoryChange | null
}

/** A line of a block: its number (from 0) when the session began, or by what it was written since. */
export type LearnedLine =
  | number
  | {
      /** A turn of the agent, or another author. */
      readonly by: string
      /** The lines of the beginning that were in its place. */
      readonly replaces: readonly number[]
    }

/** How a block has changed in the session, line by line. */
export interface LearnedLines {
  /** The value when the session began, and now. */
  readonly start: string
  readonly value: string
  readonly lines: readonly LearnedLine[]
  /** By what lines of the beginning were removed, without another in their place. */
  readonly removed: Readonly<Record<number, string>>
}
