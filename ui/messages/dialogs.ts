import { FIRST_CONVERSATION } from '../../lib/session/messages/conversations.ts'
import type { Delivery } from '../../lib/session/state/queue.ts'
import { plural } from '../../lib/util/quantities.ts'

/** Titles and texts of pickers, prompts and questions. */

export const PICKER_TITLES = {
  agents: 'Agents',
  skills: 'Skills',
  commands: 'Commands',
  connect: 'Connect',
  account: 'Account',
  firstStart: 'No model yet: choose how to start',
  conversations: 'Conversations',
  copy: 'Copy',
  effort: 'Reasoning effort',
  filter: 'Show in the conversation',
  keymap: 'Keymap',
  messages: 'Earlier messages',
  missingAgent: 'Agent not found on this server: choose another',
  model: 'Model',
  permissions: 'Permission mode and rules',
  queue: 'Queued messages',
  theme: 'Theme',
  undo: 'Undo',
} as const

/** At the first start, after the providers and servers. */
export const FIRST_START = {
  local: { title: 'Model on this machine', detail: 'start Ollama or LM Studio, then look again' },
  demo: { title: 'Just looking: demo', detail: 'a scripted tour on a scratch copy' },
} as const

/** Ways to sign in to Letta Cloud, and the dialog that shows the code. */
export const SIGN_IN = {
  byCode: { title: 'Sign in with a browser', detail: 'confirm a code, on any machine' },
  byKey: { title: 'Enter an API key', detail: 'from app.letta.com' },
  requesting: 'Requesting a code …',
  code: 'Code',
  address: 'Address',
  waiting:
    'Waiting until you confirm the code at this address, in a browser on any machine. Escape cancels.',
} as const

export const SWITCH_ACCOUNT = {
  embedded: 'Embedded server',
  embeddedDetail: 'on this machine',
  add: { title: 'Another server …', detail: 'sign in, or enter an address' },
} as const

export const effortHelp: Readonly<Record<string, string>> = {
  default: 'as the provider decides',
  none: 'no reasoning, where the model can do without',
  low: 'short reasoning: fast and cheap',
  medium: 'for most work',
  high: 'long reasoning: slow, and more tokens',
}

export const saveEffortItem = (model: string, effort: string) => ({
  title: 'save',
  detail: `${effort} for ${model} from now on, also in other agents`,
})

// Conversations

/** In a list that has the first conversations of several agents. */
export const firstConversationOf = (agentName: string): string =>
  `${FIRST_CONVERSATION} of ${agentName}`

export const SIDE_QUESTION = {
  title: (question: string) => `Side question: ${question}`,
  asking: 'Asking a copy of the conversation …',
  note: 'Neither the question nor the answer is part of the conversation.',
}

export const modelTexts = {
  window: (tokens: string) => `${tokens} tokens`,
  price: ({ input, output }: { readonly input: number; readonly output: number }) =>
    `$${input} in, $${output} out`,
  unknownPrice: 'price unknown',
  textOnly: 'text only',
  reasons: 'reasons',
  local: 'local',
  recent: 'recent',
  favorite: '★',
  tools: 'tools',
  noTools: 'no tools',
} as const

export const MODEL_SETTINGS = {
  title: 'Model settings',
  explanation:
    'Of this agent. "default" leaves a value to the provider. Tokens: window and max-tokens.',
} as const

export const SUMMARY_PAGE = {
  title: 'Summary of earlier messages',
  editHint: 'The agent sees it in place of the earlier messages.',
} as const

export const RENAME_CONVERSATION = {
  title: 'Rename conversation',
  explanation: 'The title is stored on the server, for all clients.',
} as const

export function deleteConversationQuestion(title: string) {
  return {
    title: `Delete "${title}"?`,
    text: 'All of its messages are deleted from the server. Memory is unchanged.',
  }
}

// Rewinding

export const COMMIT_PROMPT = {
  title: 'Commit what is staged',
  explanation: 'The message of the commit. git runs as your own command line, hooks included.',
} as const
export const CHANGES_SINCE_TITLE = 'Show changes since'
export const CHANGES_OF = { session: 'This session', conversation: 'This conversation' } as const
export const REWIND_TITLE = 'Rewind to before'
export const REWIND_PARTS_TITLE = 'What to rewind'
export const REWIND_QUESTION = 'Rewind?'
export const REWIND_REST_QUESTION = 'Rewind the rest?'
export const rewindDetail = (point: {
  readonly files: number
  readonly added: number
  readonly removed: number
  readonly blocks: number
  readonly when: string
}): string => {
  const { files, added, removed, blocks, when } = point
  const parts = [
    ...(files === 0 ? [] : [`+${added} −${removed} in ${plural(files, 'file')}`]),
    ...(blocks === 0 ? [] : [`memory ${plural(blocks, 'block')}`]),
    when,
  ]
  return parts.join(', ')
}
export const rewindParts = (parts: readonly string[]): string => {
  const last = parts.at(-1) ?? ''
  const text = parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${last}` : last
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
export const REWOUND_CONVERSATION =
  'The conversation continues before the message, which is put into the input. What followed it stays as a separate conversation.'
export const REWOUND_CONVERSATION_BACK = 'The conversation from before the rewind is opened.'
export const memoryOfOthersStays = (
  blocks: readonly { readonly label: string; readonly writers: readonly string[] }[],
): readonly string[] =>
  blocks.length === 0
    ? []
    : [
        'Not rewound: these memory blocks, which others have changed too.',
        ...blocks.map(({ label, writers }) => `  ${label}: ${writers.join(', ')}`),
      ]
/** `writers`: who else has changed these blocks. */
export const rewindMemoryOfOthers = (labels: readonly string[], writers: readonly string[]) => ({
  title: `Memory, also ${labels.join(', ')}`,
  detail: `changed by ${writers.join(', ')}`,
})
export const memoryBlockHeading = (label: string): string => `memory: ${label}`
/** `reasons`: one for each file. */
export const filesStay = (reasons: readonly string[]): readonly string[] =>
  reasons.length === 0
    ? []
    : ['Not rewound: these files stay as they are.', ...reasons.map((reason) => `  ${reason}`)]
const MAX_COMMANDS = 8
export const commandsStay = (commands: readonly string[]): readonly string[] => [
  'Not rewound: what these command lines did besides the changes of files below.',
  ...commands.slice(0, MAX_COMMANDS).map((command) => `  ${command}`),
  ...(commands.length > MAX_COMMANDS ? [`  … ${commands.length - MAX_COMMANDS} more`] : []),
]

// Undoing changes of files

export const UNDO_TITLES = { undo: 'Undo', redo: 'Redo' } as const
/** `text`: the message whose changes were undone. */
export const redoTitle = (text: string | null, when: string): string =>
  text === null
    ? `Redo what was undone ${when}`
    : `Redo "${text.replaceAll(/\s+/g, ' ').slice(0, 40)}", undone ${when}`
/** `text`: the message whose changes are undone; null when it is not known. */
export const undoTitle = (text: string | null, when: string): string =>
  text === null
    ? `Undo what was changed ${when}`
    : `Undo "${text.replaceAll(/\s+/g, ' ').slice(0, 40)}", changed ${when}`
export const UNDO_REFUSED = {
  title: 'Undo is not possible',
  since: (label: string): string => `${label}  as it was modified since`,
  undo: (label: string): string => `${label}  what the undo would do`,
  question: (line: number): string => `Open the file in your editor at line ${line}?`,
} as const
export const UNDO_QUESTIONS = { undo: 'Undo this?', redo: 'Redo this?' } as const
export const undoHeading = (file: {
  readonly label: string
  readonly added: number
  readonly removed: number
  readonly isDeleted: boolean
}): string => `${file.label}  ${file.isDeleted ? 'is deleted' : `+${file.added} −${file.removed}`}`
export const UNDO_BINARY = 'A binary file: its previous content is restored.'
export const undoModes = (modes: string): string => `Permissions: ${modes}.`
export const UNDO_MERGED = 'It was modified since. Those modifications stay.'
export const moreDiffLines = (lines: number): string => `… ${plural(lines, 'more line')}`

// Items

export const CREATE_AGENT = {
  title: 'Create agent',
  detail: 'with the memory blocks that your agents share',
} as const

/** What can be copied of an entry. */
export const ENTRY_PARTS = {
  answer: 'answer',
  message: 'message',
  reasoning: 'reasoning',
  notice: 'notice',
  command: 'command',
  output: 'output',
  diff: 'diff',
  path: 'path',
  plan: 'plan',
  arguments: 'arguments',
  code: (language: string) => (language === '' ? 'code' : `code (${language})`),
}

/** The first line of a part, behind its name and size. */
export const CODE_PREVIEW_COLUMNS = 60

/** What the conversation can be filtered by. */
export const ENTRY_KIND_NAMES = {
  all: 'all entries',
  message: 'your messages',
  answer: 'answers',
  call: 'calls and commands',
  error: 'errors',
  edit: 'file changes',
} as const

/** What was selected with the mouse. */
export const SELECTED_TEXT = 'selection'

export function partSize(text: string): string {
  const { length } = text.trimEnd().split('\n')
  const characters = [...text].length
  return `${plural(length, 'line')}, ${plural(characters, 'character')}`
}

export const QUEUE_ACTIONS = {
  edit: 'Edit',
  remove: 'Remove (it stays in the history)',
  up: 'Send earlier',
  down: 'Send later',
  atStep: 'Deliver at next step',
  atEnd: 'Deliver when turn has ended',
} as const

export function deliveryName(delivery: Delivery): string {
  return delivery === 'step' ? 'at next step' : 'when turn has ended'
}

export const FOLLOWS_TERMINAL = 'light or dark, as the terminal'

export const FINDINGS_TITLE = 'What is worth changing in memory'

export const FIND_IN_BLOCK = { explanation: 'Text to find in the block:' } as const

/** The rows of `/permissions` about what rules do not bind. */
export const LIMIT_TITLE = 'outside of rules'

/** The row of `/permissions` that switches it. */
export const MEMORY_REVIEW = {
  title: 'review of memory',
  on: 'changes of memory blocks ask first',
  off: 'the agent changes its memory without asking; select to review',
} as const

export const SESSION_RULE = 'this session; select to remove'

export const RULE_SOURCES = {
  flag: 'the command line',
  session: 'this session',
  local: '.letta/settings.local.json',
  project: '.letta/settings.json',
  user: '~/.letta/settings.json',
} as const

export function customFile(kind: string, name: string): string {
  return `custom: ~/.letta/${kind}/${name}.json`
}

export function undoTurn(changes: number): string {
  return changes === 1 ? 'The change of this turn' : `All ${changes} changes of this turn`
}

export const UNDO_SINCE = 'All changes since'

// Prompts

export function askForArgument(argument: string): string {
  return `Enter the ${argument}:`
}

export const ALWAYS_ALLOW = 'Always allow'

export const EDIT_RULE = {
  title: 'Edit rule',
  explanation: 'For example Bash(npm test:*) or Edit(src/**).',
} as const

export const DENY_WITH_REASON = {
  title: 'Deny with reason',
  explanation: 'The reason is sent to the agent.',
} as const

export const DECLINE_QUESTIONS = {
  title: 'Decline to answer',
  explanation: 'The reason is sent to the agent.',
} as const

export const APPROVE_WITH_COMMENT = {
  title: 'Apply the selected parts',
  explanation: 'What you write about the rejected parts is sent to the agent.',
} as const

/** Questions about several pending calls. */
export const APPROVE_FILE = (file: string) => ({
  title: `Changes of ${file}`,
  question: 'Approve these changes, and further ones of this file in this turn?',
})

export const APPROVE_READS = {
  title: 'Calls that only read',
  question: 'Approve these calls?',
} as const

/** `left`: how many pending calls are not included. */
export const APPROVE_ALL = (count: number, left: number) => ({
  title: `Approve ${plural(count, 'call')}${left === 0 ? '' : ' (dangerous ones and those in review are not included)'}`,
  question: 'Approve these calls?',
})

/** `left`: how many calls were left out. */
export function nothingInBatch(left: number): string {
  return left === 0
    ? 'No pending call of this kind.'
    : 'These calls are dangerous or in review; answer each of them.'
}

export const ENTER_ADDRESS = 'Address, for example http://localhost:8080/v1:'

export function enterKey(isOptional: boolean): string {
  const optional = isOptional ? '; leave it empty if none is required' : ''
  return `API key (verified, then stored in your private settings${optional}):`
}

// Questions

export const TRUST_TITLE = 'Trust this directory?'

export const TRUST_QUESTION = 'Trust it?'

export const TRUST_EXPLANATION =
  'Its settings allow this without approval. Without trust everything still works, but each of these calls needs your approval. Deny rules always apply.'

export const READ_TO_END =
  'Scroll to the end first: what is not displayed yet is also part of the question.'

export const SKILLS_BLOCK_TITLE = 'The agent’s skills block, and what letta would write'
export const SKILLS_BLOCK_QUESTION = 'Replace the block, and update it from now on?'

// The history of memory

export const OLDER_VERSIONS = 'Older versions…'

export function historyTitle(label: string): string {
  return `History of ${label}`
}

export function versionTitle(version: number, time: string): string {
  return `v${version}  ${time}`
}

export const VERSION_ACTIONS = {
  changed: 'Show what this version changed',
  compare: 'Compare with current value',
  compareOther: 'Compare with another version…',
  restore: 'Restore this version…',
} as const

/** `from` null: there was none before; `to` null: the current value. */
export function comparison(label: string, from: string | null, to: string | null): string {
  return `${from ?? `${label} (new)`} → ${to ?? 'current value'}`
}

export function undoesMove(label: string, other: string): string {
  return `Lines were moved between ${label} and ${other}: both are restored.`
}

export function restoreQuestion(...versions: readonly (readonly [string, number])[]): string {
  const names = versions.map(([label, version]) => `version ${version} of ${label}`).join(' and ')
  return versions.length === 1
    ? `Restore ${names}? The current value stays in the history.`
    : `Restore ${names}? The current values stay in the history.`
}

export function revertTitle(label: string, version: number): string {
  return `${label}: revert what version ${version} changed`
}

export const REVERT_QUESTION =
  'Write the block without this change? The current value stays in the history.'

export const LEARNED_TITLE = 'What changed in memory in this session'

// Archival memory, and the search of all messages

export const FIND_PASSAGE = {
  title: 'Search archival memory',
  explanation: 'Text of the passages; empty for all:',
} as const

export const INSERT_PASSAGE = {
  title: 'Insert passage',
  explanation: 'The agent finds the text by searching its archival memory:',
} as const

export function deletePassageQuestion(text: string) {
  const start = text.length > 300 ? `${text.slice(0, 300)} …` : text
  return { title: 'Delete this passage?', text: `It cannot be restored.\n\n${start}` }
}

export const SEARCH_MESSAGES = {
  title: 'Search all conversations',
  explanation: 'Text of your messages and of answers, of all agents:',
} as const

export const foundMessagesTitle = (query: string): string => `Messages with "${query}"`

// Memory blocks

export const CREATE_SKILL = {
  title: 'Create skill',
  explanation: 'Name of the new skill:',
} as const

export const CREATE_BLOCK = {
  title: 'Create memory block',
  explanation: 'Label of the new block:',
} as const

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

export const SHARING = {
  title: (label: string) => `Share ${label} with`,
  hasBlock: 'has it: select to unshare',
} as const

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

export function saveAsNewQuestion(label: string) {
  return {
    title: `Save ${label} as a new block?`,
    text: `The block ${label} was deleted while you edited it. It is restored with its history where the server stores it. Your text stays a draft until it is saved.`,
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
