import type { PermissionMode, PermissionRule, RuleSuggestion } from '../../lib/permissions/types.ts'
import type { ChangesScope, RewindPart, RewindPlan } from '../../lib/session/state/changes.ts'
import type { FoundMessage } from '../../lib/session/state/conversation.ts'
import type { BlockVersion } from '../../lib/session/state/memory.ts'
import type { UndoSelection } from '../../lib/tools/journal/journal.ts'
import type { ChangeSelection } from '../../lib/tools/tool.ts'
import type { EntryKind } from './entry-kinds.ts'

/**
 * What an answer to an overlay leads to. These are values, not functions, because they are part of the state: `ui/commands` has
 * the code for each `type`.
 */
export type PickerAction =
  | { readonly type: 'command.run'; readonly commandId: string }
  | { readonly type: 'model.set'; readonly handle: string }
  /** One of `EFFORTS`, or `default`. */
  | { readonly type: 'effort.set'; readonly level: string }
  /** Also the model of agents that are created later. */
  | { readonly type: 'model.setDefault'; readonly handle: string }
  | { readonly type: 'agent.open'; readonly agentId: string }
  | {
      readonly type: 'conversation.open'
      readonly conversationId: string
      readonly agentId: string
    }
  /** A new agent with the memory blocks that the user's agents share. */
  | { readonly type: 'agent.create' }
  | { readonly type: 'theme.set'; readonly name: string }
  | { readonly type: 'keymap.set'; readonly name: string }
  | { readonly type: 'mode.set'; readonly mode: PermissionMode }
  /** Shows a text that does not fit into its row. */
  | { readonly type: 'text.show'; readonly text: string }
  | { readonly type: 'text.copy'; readonly name: string; readonly text: string }
  | { readonly type: 'rule.remove'; readonly list: RuleListName; readonly rule: PermissionRule }
  | { readonly type: 'account.open'; readonly accountId: string }
  /** Signs in to Letta Cloud. */
  | { readonly type: 'account.signIn'; readonly method: 'code' | 'key' }
  /** Null: the embedded server. */
  | { readonly type: 'account.use'; readonly name: string | null }
  | { readonly type: 'model.find' }
  /** Quits, and starts the demo in its place. */
  | { readonly type: 'demo.start' }
  | { readonly type: 'entries.filter'; readonly filter: EntryKind | null }
  /** Opens the conversation, and goes to the message. `newer`: how many later messages of it have the same text. */
  | ({ readonly type: 'message.open'; readonly newer: number } & FoundMessage)
  /** Puts a message that was sent earlier into the input. */
  | { readonly type: 'message.recall'; readonly text: string }
  | { readonly type: 'queue.open'; readonly messageId: string }
  | {
      readonly type: 'queue.change'
      readonly messageId: string
      readonly change: 'edit' | 'remove' | 'up' | 'down' | 'atStep' | 'atEnd'
    }
  | { readonly type: 'files.undo'; readonly selection: UndoSelection }
  | { readonly type: 'changes.show'; readonly scope: ChangesScope }
  | { readonly type: 'skill.select'; readonly id: string }
  | { readonly type: 'rewind.choose'; readonly checkpointId: string }
  | {
      readonly type: 'rewind.review'
      readonly plan: RewindPlan
      readonly parts: readonly RewindPart[]
    }
  /** What can be done with a version of a memory block. */
  | { readonly type: 'memory.openVersion'; readonly version: BlockVersion }
  | { readonly type: 'memory.openVersions'; readonly listed: ListedVersions }
  /** `from`: null for the version before. */
  | {
      readonly type: 'memory.compare'
      readonly from: BlockVersion | null
      readonly to: BlockVersion | 'current'
    }
  | { readonly type: 'memory.chooseOther'; readonly version: BlockVersion }
  | { readonly type: 'memory.reviewRestore'; readonly version: BlockVersion }
  | { readonly type: 'memory.continueDraft'; readonly label: string }
  | { readonly type: 'memory.reviewAttach'; readonly blockId: string; readonly label: string }
  | {
      readonly type: 'memory.reviewSharing'
      readonly sharing: BlockSharing
      /** `having`: the other agents that have the block now. */
      readonly names: {
        readonly label: string
        readonly agent: string
        readonly having: readonly string[]
      }
    }
  /** Moves or copies lines from `first` to `last` to the end of another block. */
  | ({ readonly type: 'memory.transfer' } & TextTransfer)
  /** Goes to a line of a block, from 0, on the memory page. */
  | { readonly type: 'memory.showLine'; readonly label: string; readonly line: number }
  /** The setting `reviewMemory`. */
  | { readonly type: 'memory.review'; readonly isOn: boolean }

/** Another agent gets a block, or no longer has it. */
export interface BlockSharing {
  readonly blockId: string
  readonly agentId: string
  readonly isShared: boolean
}

export type RuleListName = 'deny' | 'ask' | 'allow'

/** The same for a line of text. */
export type PromptAction =
  | { readonly type: 'command.run'; readonly commandId: string }
  | {
      readonly type: 'approval.editRule'
      readonly callId: string
      readonly scope: RuleSuggestion['scope']
    }
  | { readonly type: 'approval.deny'; readonly callIds: readonly string[] }
  | { readonly type: 'memory.create' }
  /** The text is the name of the skill. */
  | { readonly type: 'skill.create' }
  /** The text is the message of the commit. */
  | { readonly type: 'changes.commit' }
  | { readonly type: 'model.setSettings' }
  | { readonly type: 'conversation.rename'; readonly conversationId: string }
  /** Goes to the text in the selected block. */
  | { readonly type: 'memory.find' }
  | { readonly type: 'archival.find' | 'archival.insert' | 'messages.search' }
  | {
      readonly type: 'memory.setProperty'
      readonly property: 'label' | 'description' | 'limit'
      readonly blockId: string
    }
  /** The text is what the user says about the part that is rejected. */
  | {
      readonly type: 'approval.allowPart'
      readonly callId: string
      readonly selection: ChangeSelection
    }
  | { readonly type: 'account.setAddress'; readonly accountId: string }
  | {
      readonly type: 'account.setKey'
      readonly accountId: string
      /** Null for an account whose address is fixed. */
      readonly address: string | null
    }

/** The same for a yes or a no. */
export type QuestionAction =
  /** `isForTurn`: further changes of the file of the first one are allowed until the turn ends. */
  | {
      readonly type: 'approval.allowMany'
      readonly callIds: readonly string[]
      readonly isForTurn: boolean
    }
  /** `grants`: what the question lists. */
  | { readonly type: 'directory.trust'; readonly grants: readonly string[] }
  /** In `$EDITOR`. */
  | { readonly type: 'file.edit'; readonly path: string; readonly line: number }
  | { readonly type: 'skills.adoptBlock' }
  | { readonly type: 'conversation.delete'; readonly conversationId: string }
  | { readonly type: 'memory.restore'; readonly versions: readonly BlockVersion[] }
  /** The agent has lost the block while it was edited. */
  | {
      readonly type: 'memory.regain'
      readonly label: string
      readonly text: string
      /** The text of the block when the edit began. */
      readonly before: string
    }
  | {
      readonly type: 'memory.write'
      readonly label: string
      /** What was shown. */
      readonly before: string
      readonly after: string
    }
  | {
      readonly type: 'rewind.apply'
      readonly plan: RewindPlan
      readonly parts: readonly RewindPart[]
    }
  /** `expected`: the versions of the files that were shown. */
  | {
      readonly type: 'files.undo'
      readonly selection: UndoSelection
      readonly direction: 'undo' | 'redo'
      readonly expected: Readonly<Record<string, string>>
    }
  | {
      readonly type: 'memory.attach' | 'memory.detach' | 'memory.delete'
      readonly blockId: string
    }
  | ({ readonly type: 'memory.share' } & BlockSharing)
  | { readonly type: 'archival.delete'; readonly passageId: string }

/** Lines of one memory block that go to the end of another. */
export interface TextTransfer {
  readonly from: string
  readonly to: string
  /** The value of the block when its lines were selected. */
  readonly before: string
  /** The first and the last line, from 0. */
  readonly first: number
  readonly last: number
  readonly isMove: boolean
}

/** A list of versions of a block. */
export interface ListedVersions {
  readonly label: string
  /** Only versions before this one; null for the newest. */
  readonly before: number | null
  /** The version that is compared with the chosen one. */
  readonly other: BlockVersion | null
}
