import { plural } from '../../lib/util/quantities.ts'
import { keyReference } from '../../lib/util/references.ts'

/** Memory blocks: editing, reviewing and sharing them. */

export const NOTHING_TO_CHANGE = 'Memory needs no changes.'

export const unknownMemoryCommand = (name: string): string =>
  `"${name}" is not a command of /memory. Available: doctor`

export const notFoundInBlock = (text: string): string => `Not found in the block: ${text}`

export const commandNotFoundInBlock = (word: string): string =>
  `Not found in the block: ${word}. The command /${word} is typed in the message.`

export const TURN_UNKNOWN = 'No call of the agent in this conversation has written this.'
export const TURN_NOT_LOADED = 'The call is not in the part of the conversation that is loaded.'

export const MEMORY_REVIEW_ON = 'Changes of memory require your approval from now on.'
export const MEMORY_REVIEW_OFF = 'The agent changes its memory without asking from now on.'

export const NO_MEMORY_BLOCKS = 'The agent has no memory blocks.'

export function blockIsReadOnly(label: string): string {
  return `Memory block "${label}" is read-only.`
}

export function draftKept(label: string, count = 1): string {
  const place = count > 1 ? ` (1 of ${count})` : ''
  return `Unsaved draft of ${label}${place}: ${keyReference('memory.edit')} continues it, ${keyReference('memory.discardDraft')} discards it.`
}

/** When the program starts: the keys are those of the memory page. */
export function draftFound(label: string, count = 1): string {
  return `${draftKept(label, count)} The memory page (${keyReference('page.memory')}) has these keys.`
}

/** The block was deleted or detached. */
export function draftOfMissing(label: string, count = 1): string {
  const place = count > 1 ? ` (1 of ${count})` : ''
  return `Unsaved draft of ${label}${place}, which the agent no longer has: ${keyReference('memory.restoreDeleted')} on the memory page (${keyReference('page.memory')}) continues it.`
}

export function draftContinued(label: string, count = 1): string {
  const what = count > 1 ? `1 of ${count} drafts` : 'the draft'
  return `Continuing ${what} of ${label}.`
}

export function draftDiscarded(label: string): string {
  return `Discarded the draft of ${label}: ${keyReference('text.yank')} inserts it in the message.`
}

export function unsavedQuestion(label: string) {
  return {
    title: `Unsaved changes of ${label}`,
    text: 'Save them in the block, leave them as a draft, or discard them?',
  }
}

export function pressAgainToDiscard(label: string): string {
  return `Press again to discard the draft of ${label}.`
}

export function noDraft(label: string): string {
  return `Memory block "${label}" has no unsaved draft.`
}

export function savedMerged(label: string): string {
  return `Saved ${label}, merged with a change by somebody else.`
}

export function blockUnknown(label: string): string {
  return `The agent has no memory block "${label}".`
}

export function sameText(label: string): string {
  return `These versions of ${label} are identical.`
}

export function readOnlyChanged(label: string, isReadOnly: boolean): string {
  return isReadOnly ? `${label} is now read-only.` : `${label} can be changed again.`
}

export const NOTHING_TO_ATTACH = 'The server has no other memory blocks.'
export const NOTHING_DELETED_BEFORE = 'No deleted memory block can be restored.'

export const NO_OTHER_AGENTS = 'The server has no other agents.'

export const noOtherBlock = (label: string): string =>
  `No block other than ${label} can be changed.`

export const TEXT_IN_BOTH = 'The text is in both blocks.'

export function transferred(count: number, from: string, to: string, isMove: boolean): string {
  const lines = plural(count, 'line')
  return `${isMove ? 'Moved' : 'Copied'} ${lines} from ${from} to ${to}.`
}

export const CHOOSE_FOR_EACH_CONFLICT = 'Choose for each conflict first.'

export const CONFLICT_MARKS_LEFT =
  'Not saved: remove the lines <<<<<<< mine, ======= and >>>>>>> theirs, and correct the text between them.'

export const FINDINGS_TITLE = 'Suggested changes of memory'

export const FIND_IN_BLOCK = { explanation: 'Text to find in the block:' } as const

/** The row of `/permissions` that switches it. */
export const MEMORY_REVIEW = {
  title: 'review of memory',
  on: 'changes of memory blocks require approval',
  off: 'the agent changes its memory without asking; select to review',
} as const

export const CREATE_BLOCK = {
  title: 'Create memory block',
  explanation: 'Label of the new block:',
} as const

/** In the list of deleted blocks. */
export const draftSize = (characters: number): string =>
  `unsaved draft, ${plural(characters, 'character')}`

export const BLOCK_PROMPTS = {
  label: 'New label of the block:',
  description: 'What the block is for; the agent reads it:',
  limit: 'Limit in characters:',
  attach: 'Attach a memory block of the server',
  restoreDeleted: 'Deleted memory blocks',
  moveText: 'Move the selected lines to',
  copyText: 'Copy the selected lines to',
} as const

function sharedWith(agents: readonly string[]): string {
  return agents.length === 0
    ? 'No other agent has it.'
    : `Other agents have it: ${agents.join(', ')}.`
}

export function attachBlockQuestion(label: string, agents: readonly string[]) {
  return {
    title: `Attach ${label}?`,
    text: `What this agent changes in the block reaches all that have it. ${sharedWith(agents)}`,
  }
}

/** Of a block that can be attached: its size, the agents that have it, and what it is about. */
export function attachableDetail(
  size: string,
  agents: readonly string[] | null,
  about: string,
): string {
  const [first, second, third, ...others] = agents ?? []
  const names = [first, second, third].flatMap((name) => name ?? []).join(', ')
  const owners = `≡ ${names}${others.length === 0 ? '' : ` +${others.length}`}`
  return [size, ...(names === '' ? [] : [owners]), about].join('  ')
}

export const SHARING = {
  title: (label: string) => `Share ${label} with`,
  hasBlock: 'has it: select to unshare',
} as const

/** In `agentHasLabel`. */
export const THIS_AGENT = 'This agent'

export const agentHasLabel = (agent: string, label: string): string =>
  `${agent} has another block ${label}, and an agent has one of each label. Rename one of them first.`

export function shareBlockQuestion(label: string, agent: string, having: readonly string[]) {
  return {
    title: `Share ${label} with ${agent}?`,
    text: `${agent} reads the block from its next turn on and can change it here too. ${sharedWith(having)}`,
  }
}

export function unshareBlockQuestion(label: string, agent: string, having: readonly string[]) {
  const left = having.filter((name) => name !== agent)
  return {
    title: `Unshare ${label} from ${agent}?`,
    text: `${agent} no longer sees the block. It stays with ${['this agent', ...left].join(', ')}.`,
  }
}

export function regainQuestion(label: string) {
  return {
    title: `Save ${label}, which the agent no longer has?`,
    text: 'The block is attached again where it still exists, or else restored with its history where the server stores it. Your text stays a draft until it is saved.',
  }
}

export function detachBlockQuestion(label: string, agents: readonly string[]) {
  return {
    title: `Detach ${label}?`,
    text: `The agent no longer sees the block. It stays on the server. ${sharedWith(agents)}`,
  }
}

export function deleteBlockQuestion(
  label: string,
  agents: readonly string[],
  isRestorable: boolean,
) {
  const after = isRestorable
    ? 'It can be restored from its history.'
    : 'This server stores no versions: it cannot be restored.'
  return { title: `Delete ${label}?`, text: `${sharedWith(agents)} ${after}` }
}
