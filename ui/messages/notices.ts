import { withSuggestion } from '../../lib/util/did-you-mean.ts'
import { plural } from '../../lib/util/quantities.ts'
import { commandReference, keyReference } from '../../lib/util/references.ts'

/** What the workbench reports in the status line and in the conversation. */

// The program

export const PRESS_AGAIN_TO_QUIT = 'Press again to quit.'
export const NOT_QUIT_WITH_TEXT = 'The message is not empty: delete its text to quit with this key.'

export const HISTORY_IN_USE = 'The history of sent messages is in use.'

/** Notifications of the terminal. */
export const ATTENTION = {
  approval: (agent: string, tool: string) => `${agent} requests approval: ${tool}`,
  done: (agent: string) => `${agent} has finished`,
  cancelled: (agent: string) => `${agent} was stopped`,
  failed: (agent: string) => `${agent} has failed`,
  /** In another conversation than the one that is shown. */
  elsewhere: (title: string, text: string) => `${title}: ${text}`,
} as const

export const STILL_OPENING = 'The agent is still being opened.'

// Commands

/** A keymap is checked when it is read, so this names a bug. */
export function unknownCommandId(id: string): string {
  return `Unknown command "${id}".`
}

export function unknownSlashCommand(name: string, names: readonly string[]): string {
  const sentence = `Unknown command /${name}.`
  const message = withSuggestion(sentence, name, names, (near) => `/${near}`)
  return message === sentence
    ? `${sentence} ${commandReference('help.open')} lists all commands.`
    : message
}

export function argumentRequired(command: string, argument: string): string {
  return `/${command} requires a ${argument}: /${command} <${argument}>`
}

// Agents and models

export const TOO_MANY_RUNNING =
  'Eight conversations are at work. Wait until one has ended, or cancel one.'

export const SENT_ONCE_OPEN = 'The message is sent once the conversation is open.'

export const NO_OTHER_CONVERSATION = 'No other conversation is running or has a new answer.'

export const CONVERSATION_ALREADY_OPEN = 'This conversation is already open.'
export const ARCHIVED = 'Archived the conversation, and began another.'

export function modelSettingsSet(settings: string): string {
  return `Model settings: ${settings}.`
}

export function invalidModelSetting(text: string, example: string): string {
  return `${text} is not a valid setting (temperature: 0 to 2; max-tokens, window: above 0). Write them like this: ${example}`
}

export const NO_SUMMARY = 'No messages of this conversation were summarized.'
export const SUMMARY_UNCHANGED = 'The summary was not changed.'
export const SUMMARY_CHANGED = 'Changed the summary. The agent sees it from the next message on.'

export function summaryEditHint(): string {
  return `${commandReference('conversation.summary')} edit opens it in the editor.`
}

export const NO_CONVERSATION_SELECTED = 'No conversation is selected.'

export function archivedTitle(title: string): string {
  return `Archived "${title}".`
}

export function noConversation(wanted: string): string {
  return `Conversation "${wanted}" not found.`
}

export function severalConversations(wanted: string, count: number): string {
  return `${count} conversations have "${wanted}" in their title. ${conversationsHint()}`
}

export function conversationsHint(): string {
  return `${commandReference('conversation.resume')} lists all conversations.`
}

export function exportedTo(file: string): string {
  return `Wrote ${file}.`
}

export const AGENT_ALREADY_OPEN = 'This agent is already open.'

export function agentNotFound(nameOrId: string): string {
  return `Agent "${nameOrId}" not found.`
}

export function agentsHint(): string {
  return `${commandReference('agent.choose')} lists all agents.`
}

export function alreadyUsesModel(agent: string, model: string): string {
  return `${agent} already uses ${model}.`
}

export function switchedModel(agent: string, model: string): string {
  return `Switched ${agent} to ${model} (memory unchanged).`
}

export function unknownEffort(level: string, known: readonly string[]): string {
  return `Unknown effort "${level}". Available: ${known.join(', ')}.`
}

export function effortSet(model: string, effort: string | null): string {
  return effort === null
    ? `${model} reasons as its provider decides.`
    : `${model} reasons with effort ${effort}.`
}

export function alreadyHasEffort(model: string, effort: string | null): string {
  return effort === null
    ? `${model} already reasons as its provider decides.`
    : `${model} already reasons with effort ${effort}.`
}

// Accounts

export function verifying(account: string): string {
  return `Verifying ${account} …`
}

export function testing(address: string): string {
  return `Testing ${address} …`
}

/** `effect`: when the account is used. */
export function connected(
  account: string,
  { hasKey, effect }: { hasKey: boolean; effect: 'now' | 'embeddedServer' | 'restart' },
): string {
  return `${account}: ${hasKey ? KEY_VERIFIED : CONNECTION_VERIFIED}. ${EFFECTS[effect]}`
}

const KEY_VERIFIED = 'API key verified and saved'

/** @internal */
export const CONNECTION_VERIFIED = 'connection verified and saved'

const EFFECTS = {
  now: 'It is now in use.',
  embeddedServer: 'The embedded server uses it.',
  restart: 'It takes effect after a restart.',
} as const

export function connectingTo(server: string): string {
  return `Connecting to ${server} …`
}

export function accountInUse(name: string): string {
  return `${name} is now in use.`
}

/** Null: the provider decides. */
export function effortSaved(model: string, effort: string | null): string {
  return effort === null
    ? `${model}: the provider decides how long it reasons, also in new agents.`
    : `${model}: effort ${effort} from now on, also in new agents.`
}

export function unknownAccount(id: string): string {
  return `Unknown account "${id}".`
}

export function accountsHint(): string {
  return `Choose one with ${commandReference('account.choose')}.`
}

// Conversation

export const CONVERSATION_IS_EMPTY = 'The conversation is empty.'

export const NOTHING_TO_RETRY = 'No message has failed.'

export const NOTHING_TO_EXPAND = 'This entry has nothing to expand.'

export const NO_SUCH_ENTRY = {
  message: 'No other message of yours in this direction.',
  edit: 'No other file change in this direction.',
  error: 'No other error in this direction.',
} as const

export const NOTHING_TO_COPY = 'Nothing to copy.'

export const TOO_LONG_TO_COPY =
  'The text is too long for the terminal, and no clipboard program was found (pbcopy, wl-copy, xclip, xsel).'

/** `size`: `3 lines, 120 characters`. */
export function copied(
  name: string,
  size: string,
  method: 'terminal' | { readonly program: string },
): string {
  const how = method === 'terminal' ? 'by the terminal (OSC 52)' : `with ${method.program}`
  return `Copied ${name}: ${size}, ${how}.`
}

export const NOTHING_TO_QUOTE = 'This entry has no text to quote.'

export const NOTHING_TO_RUN_AGAIN = 'This entry is not a message and not a command.'

export const NOTHING_TO_UNDO_HERE = 'This entry has changed no file, or its change is undone.'

export const NO_MESSAGE_ABOVE = 'No message of yours is here or above.'

export const NO_FILE_OF_ENTRY = 'This entry names no file.'

// Approvals and permissions

/** The words that a person wrote to questions which are no longer asked. */
export const ANSWER_IN_MESSAGE = 'The questions are no longer asked; your answer is in the message.'
export const ANSWER_TO_YANK = `The questions are no longer asked; ${keyReference('text.yank')} inserts your answer in the message.`

export const NO_OTHER_APPROVALS = 'No other call awaits approval.'
export const NO_OTHER_PARTS = 'No other part to go to.'
export const NOT_DIVISIBLE = 'What awaits approval cannot be divided.'
export const PRESS_AGAIN_TO_STOP =
  'Press again to stop the turn; every call that awaits approval is denied.'
export const NO_PENDING_APPROVALS = 'No call awaits approval.'

export const NOTHING_SELECTED =
  'No part of the change is selected. Deny the call to reject all of it.'

export const NOTHING_EDITED = 'The text was not changed.'

export const TOO_LONG_TO_EDIT = `The text is too long to edit here; use ${keyReference('approval.editOutside')}.`

export const SHELL_LINE_REQUIRED = 'Write a command line after "!", for example: !git status'

export const QUEUE_NOT_PAUSED = 'No queued message waits for you.'
export const NO_QUEUED_MESSAGES = 'No queued messages.'

export const DRAFT_RESTORED = 'Restored a message that was not sent.'

/** What a letta that was killed has left in the message: queued messages, and a text that was being written. */
export function messagesLeft(queued: number, hasDraft: boolean): string {
  const messages = plural(queued, 'queued message')
  const parts = [...(queued > 0 ? [messages] : []), ...(hasDraft ? ['an unsent message'] : [])]
  return `The last letta here left ${parts.join(' and ')}: ${keyReference('composer.send')} sends the text, nothing is sent automatically.`
}

/** After a restart; the calls may be asked about again. */
export function editsLeft(count: number): string {
  return `The last letta here left ${plural(count, 'edited call')}: ${keyReference('approval.edit')} continues with your text, nothing is approved automatically.`
}

export const NOTHING_SENT = 'No message has been sent yet.'

export const NO_FILE_NAMED = 'The message names no file; @ suggests files.'

export const LOOKING_FOR_MODEL = 'Looking for a model on this machine…'

export const NO_MODEL_FOUND = 'No model server found on this machine.'

export const NO_PASTE = 'The message contains no long pasted text.'

export const NO_SAFE_RULE = 'No safe rule exists for this call; approve it each time.'

/** Verbatim: the reason that the agent reads when a call is denied without one. */
export const DENIED_BY_USER = 'The user said no.'

export const NOTHING_TO_CHANGE = 'Nothing in memory seems worth changing.'
export const unknownMemoryCommand = (name: string): string =>
  `"${name}" is not a command of /memory. Available: doctor`
export const notFoundInBlock = (text: string): string => `Not found in the block: ${text}`
export const commandNotFoundInBlock = (word: string): string =>
  `Not found in the block: ${word}. The command /${word} is typed in the message.`
export const TURN_UNKNOWN = 'No call of the agent in this conversation has written this.'
export const TURN_NOT_LOADED = 'The call is not in the part of the conversation that is loaded.'

export const MEMORY_REVIEW_ON = 'Changes of memory ask first from now on.'
export const MEMORY_REVIEW_OFF = 'The agent changes its memory without asking from now on.'

export function removedRule(list: string, rule: string): string {
  return `Removed ${list} rule ${rule}.`
}

export function ruleNotSet(rule: string): string {
  return `Rule ${rule} was removed already.`
}

export function ruleDefinedIn(rule: string, source: string): string {
  return `${rule} is defined in ${source}; edit it there.`
}

export function directoryNotTrusted(): string {
  return `Directory not trusted; its permission rules are ignored (${commandReference('directory.trust')}).`
}

// Memory and skills

export const NO_MEMORY_BLOCKS = 'The agent has no memory blocks.'

export function blockIsReadOnly(label: string): string {
  return `Memory block "${label}" is read-only.`
}

export function draftKept(label: string, count = 1): string {
  const place = count > 1 ? ` (1 of ${count})` : ''
  return `Unsaved draft of ${label}${place}: ${keyReference('memory.edit')} continues it, ${keyReference('memory.discardDraft')} discards it.`
}

export function draftContinued(label: string, count = 1): string {
  const what = count > 1 ? `1 of ${count} drafts` : 'the draft'
  return `Continuing ${what} of ${label}; ${keyReference('memory.discardDraft')} discards it.`
}

export function draftDiscarded(label: string): string {
  return `Discarded the draft of ${label}.`
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
export const PASSAGE = 'passage'
export const NO_PASSAGE = 'No passage is selected.'
export const NO_TEXT = 'Nothing was inserted: the text is empty.'
export const PASSAGE_INSERTED = 'Inserted into archival memory.'
export const PASSAGE_DELETED = 'Deleted from archival memory.'
export const noMessages = (query: string): string => `No message contains "${query}".`
export const MESSAGE_NOT_SHOWN = 'The conversation no longer contains this message.'
export const NO_OTHER_AGENTS = 'The server has no other agents.'
export const noOtherBlock = (label: string): string =>
  `No block other than ${label} can be changed.`
export const TEXT_IN_BOTH = 'The text is in both blocks.'

export function transferred(count: number, from: string, to: string, isMove: boolean): string {
  const lines = plural(count, 'line')
  return `${isMove ? 'Moved' : 'Copied'} ${lines} from ${from} to ${to}.`
}

export const REVERTED_ALREADY = 'The block no longer has this change.'
export const NO_EARLIER_VERSION = 'This block has no earlier version.'
export function discardedHunk(label: string): string {
  return `Discarded; the earlier text of ${label} is a new version.`
}

export function changedMeanwhile(label: string): string {
  return `${label} was modified elsewhere in the same lines; nothing was written.`
}

export function allReviewed(count: number): string {
  return `Accepted ${plural(count, 'change')} of memory.`
}

export function revertConflict(label: string, version: number): string {
  return `Later versions of ${label} have changed the lines of version ${version}; ${keyReference('memory.restoreVersion')} restores a version completely.`
}

export const NOTHING_DISCARDED = 'Nothing was discarded here.'
export const NOTHING_LEARNED = 'Memory has not changed in this session.'

export const CHOOSE_FOR_EACH_CONFLICT = 'Choose for each conflict first.'

export const CONFLICT_MARKS_LEFT =
  'Not saved: remove the lines <<<<<<< mine, ======= and >>>>>>> theirs, and correct the text between them.'

export const NO_SKILLS = 'No skills found.'

export const SKILLS_BLOCK_MAINTAINED = 'No change of the skills block requires approval.'

/** Begins a message; the person writes the rest. */
export function useSkill(id: string): string {
  return `Use the skill "${id}": `
}

// File changes

export function undoNeedsIdle(): string {
  return `A turn is running; cancel it first (${keyReference('app.back')}).`
}

export function reverted(paths: readonly string[], isRedo: boolean): string {
  return isRedo
    ? `Restored ${paths.join(', ')}.`
    : `Reverted ${paths.join(', ')}. ${commandReference('changes.redo')} brings it back.`
}

/** The same on the page of changes, which shows no notices. */
export function revertedWithKey(paths: readonly string[], isRedo: boolean): string {
  return isRedo
    ? `Restored ${paths.join(', ')}.`
    : `Reverted ${paths.join(', ')} · ${keyReference('changes.redo')} redo`
}

/** What the text is, when it is copied. */
export const COPIED_OUTPUT = 'output'

/** What was copied. */
export const PATCH = 'patch'
export const PRESS_AGAIN_TO_REWIND = 'Press again to rewind to an earlier message.'
export const NO_CHECKPOINTS = 'You have not sent this agent a message in this project yet.'
export const NOTHING_TO_REWIND =
  'Nothing has changed since this message, and its conversation cannot be rewound.'
export function rewound(text: string): string {
  return `Rewound to: ${text} — ${commandReference('rewind.open')} undoes it.`
}

export const NOTHING_TO_REDO = 'Nothing to redo.'
export const NO_FILE_CHANGES = 'No file was changed in this session.'
export const splitNeeds = (columns: number): string =>
  `Side by side needs ${columns} columns; the change is shown in one column until then.`
export const NO_HUNK = 'No hunk is shown.'
export const NO_REPOSITORY = 'This directory is not in a git repository.'
export const NOTHING_STAGED = 'Nothing is staged.'
export const COMMIT_NEEDS_MESSAGE = 'A commit needs a message.'
export const hunkStaged = (isAdded: boolean, hunk: number, label: string): string =>
  `${isAdded ? 'Staged' : 'Unstaged'} hunk ${hunk} of ${label}`
export const filesStaged = (isAdded: boolean, labels: readonly string[]): string =>
  `${isAdded ? 'Staged' : 'Unstaged'} ${labels.join(', ')}`
export const CHANGE_WITHOUT_TURN = 'This change belongs to no turn of this session.'
export const TURN_NOT_SHOWN = 'The message is not in the part of the conversation that is loaded.'
export const cannotRewindShown = (reasons: readonly string[]): string =>
  `Cannot rewind: ${reasons.join('; ')}`

export const cannotUndoShown = (reasons: readonly string[]): string =>
  `Cannot undo: ${reasons.join('; ')}`

export const NO_JOBS = 'No background jobs.'

export const NO_RUNNING_JOBS = 'No background job is running.'

export const JOB_NOT_RUNNING = 'This job is not running.'

export function pressAgainToEnd(jobs: number): string {
  return jobs === 1 ? 'Press again to end the job.' : `Press again to end ${jobs} jobs.`
}

// Preferences

export function keymapSet(name: string): string {
  return `Keymap set to "${name}".`
}

export const STREAMING_ON = 'Streaming on.'

export const STREAMING_OFF = 'Streaming off: answers are shown when they are complete.'

export const MOUSE_ON = 'Mouse on: click, wheel and drag are for the workbench.'

export const MOUSE_OFF = 'Mouse off: the terminal selects text itself.'

/** What may follow the first strokes of a longer binding. */
export const keyContinuations = (
  begun: string,
  next: readonly (readonly [string, string])[],
): string => `${begun} …  ${next.map(([keys, title]) => `${keys} ${title}`).join(' · ')}`

export const NO_QUESTIONS = 'The agent asks no questions.'
export const QUESTION_UNANSWERED = 'Select an option, or write an answer.'
export const ANSWER_QUESTIONS = 'Answer the questions, or decline.'

export const CONTEXT_NOT_CHANGED = 'No more or fewer unchanged lines to show.'
export const FILE_CHANGED_SINCE_SHOWN = 'The file has changed since it was shown.'
export const contextLines = (lines: number): string =>
  `Unchanged lines above and below each hunk: ${lines}`
