import { plural } from '../util/quantities.ts'
import { commandReference, keyReference } from '../util/references.ts'
import { toTerminalRow } from '../util/sanitize.ts'
import type { MessageWithHint } from '../util/user-error.ts'
import type { ServerType } from './state/agent.ts'
import type { BlockVersion, ChangeAuthor, ChangeOrigin } from './state/memory.ts'
import { DEFAULT_CONVERSATION } from './state/thread.ts'

/** Messages of a session: notices in the conversation, and the errors of its ports. */

const list = (names: readonly string[]): string => names.join(', ')

// State of the session

export const NO_AGENT_OPEN: MessageWithHint = {
  message: 'No agent is open.',
  hint: `Wait until it is open, or create one: ${commandReference('agent.new')}`,
}

/** In place of a sent message that a recording or a list does not have. */
export const MESSAGE_NOT_RECORDED = '(message not recorded)'

export const NOT_CONNECTED = 'Not connected yet.'

export const AGENT_GONE = 'The agent no longer exists on the server.'

// Opening an agent

export function agentCreated(name: string): string {
  return `Created agent ${name}.`
}

export function nameIgnored(name: string): MessageWithHint {
  return {
    message: `--name only applies to new agents (this agent is "${name}").`,
    hint: `Rename it: ${commandReference('agent.rename')}. --new creates an agent with that name.`,
  }
}

export function effortNotTaken(effort: string | null): MessageWithHint {
  return {
    message: `The server does not report the effort ${effort ?? 'default'} for this model.`,
    hint: 'The agent is unchanged, or its server does not show the effort of its models.',
  }
}

export function modelChanged(from: string, to: string): string {
  return `The agent's model was changed from ${from} to ${to}.`
}

export function blocksRecreated(labels: readonly string[]): string {
  return `Memory blocks no longer exist on the server and were recreated, empty: ${list(labels)}.`
}

// Models

export function defaultModelUnavailable(model: string): MessageWithHint {
  return {
    message: `Default model ${model} is unavailable.`,
    hint: `Choose another: ${commandReference('model.choose')}`,
  }
}

/** `near`: similar names; when empty, the hint lists some of `all`. */
export function modelNotFound(
  name: string,
  near: readonly string[],
  all: readonly string[],
): MessageWithHint {
  const some = all.slice(0, 5)
  const more = all.length > some.length ? ` and ${all.length - some.length} more` : ''
  return {
    message: `Model "${name}" not found.`,
    hint: near.length > 0 ? `Did you mean ${list(near)}?` : `Available: ${list(some)}${more}`,
  }
}

export const PREVIEW_FAILED =
  'No preview: what this call would do cannot be shown. It is checked as always when it runs.'

export const ATTACHMENT_DENIED = 'a rule denies reading it'
export const ATTACHMENT_EMPTY = 'empty file'
export const ATTACHMENT_NOT_FOUND = 'not found'
export const ATTACHMENT_NOT_TEXT = 'not a text file, and not a PNG, JPEG, GIF or WebP image'

export function attachmentTooLarge(size: string, limit: string): string {
  return `${size}; the limit is ${limit}`
}

/** How many entries of a directory are listed. */
export function entriesOf(listed: number, total: number): string {
  if (listed < total) return `${listed} of ${total} entries`
  return plural(total, 'entry', 'entries')
}

export function linesMissing(count: number): string {
  return `the file has ${plural(count, 'line')}`
}

export function modelReadsNoImages(model: string): string {
  return `${model} does not read images`
}

export function attachmentFailed(name: string, problem: string): MessageWithHint {
  return {
    message: `Cannot attach ${name}: ${problem.replace(/\.$/, '')}.`,
    hint: 'The message was not sent.',
  }
}

/** It is a change of the user's project, so it is never silent. */
export const GITIGNORE_CHANGED =
  'Added .letta/settings.local.json, your personal settings, to .gitignore.'

export const NO_MODEL = 'No model configured.'

export const DEMO_HINT = 'Or try `letta --demo` (uses a temporary copy).'

// Local tools of the agent

export function toolsAttached(names: readonly string[]): string {
  return `Attached: ${list(names)}.`
}

export function toolsDetached(names: readonly string[]): string {
  return `Detached: ${list(names)}.`
}

export const ALREADY_ATTACHED = 'The local tools are already attached.'
export const ALREADY_DETACHED = 'The local tools are already detached.'

export const REATTACH_HINT = `Reattach with ${commandReference('tools.link')}.`

// Turns

const CONTINUE_ELSEWHERE_HINT = 'Its result was not used. Send a message to continue.'

const CANCELLED_REMOVED = 'Cancelled. The server removes this turn from history.'

export const CANCELLED: Readonly<Record<ServerType, string>> = {
  embedded: 'Cancelled. The partial turn is saved in history.',
  cloud: CANCELLED_REMOVED,
  selfHosted: CANCELLED_REMOVED,
}

export const CANCELLED_BEFORE_SENDING = 'Cancelled. The message was not sent.'

const ACTIVITY_TEXTS = {
  model: 'The agent is running',
  tool: 'The agent is running',
  approval: 'The agent is awaiting approval',
}

/** `processId`: of the session at work; null when it runs on another machine, or is not a session of letta. */
export function runningElsewhere(
  activity: keyof typeof ACTIVITY_TEXTS,
  processId: number | null,
): string {
  const place = processId === null ? 'elsewhere' : `in another terminal (process ${processId})`
  return `${ACTIVITY_TEXTS[activity]} ${place}. This session continues when that turn has ended.`
}

export const SIDE_QUESTION =
  'This is a side question of the user. Answer it briefly with text, from what you know. Call no tools, and change no memory. The question and your answer are not part of the conversation.'

export const SIDE_QUESTION_EMPTY = 'The agent answered the side question without text.'

export const TAKE_OVER_HINT = `Take it over now: ${commandReference('turn.takeOver')}`

export const NOTHING_TO_TAKE_OVER = 'This session does not wait for another one.'

export const TURN_TAKEN_OVER: MessageWithHint = {
  message: 'Another session has taken this turn over.',
  hint: 'The conversation continues there.',
}

export const ANSWERED_ELSEWHERE: MessageWithHint = {
  message: 'The call was answered by another client before its result arrived.',
  hint: CONTINUE_ELSEWHERE_HINT,
}

export function cancelNotConfirmed(reason: string): string {
  return `Cancellation was not confirmed by the server: ${reason}`
}

export const RECONNECTING = `Connection lost. The answer continues when the server can be reached again (cancel: ${keyReference('app.back')}).`

export function queuePaused(count: number): string {
  const messages = plural(count, 'queued message waits', 'queued messages wait')
  return `${messages} since the turn failed (send: ${keyReference('queue.resume')}, or any message).`
}

export const COMPACTING =
  'The context window is nearly full: earlier messages are being summarized.'

export const COMPACTING_HINT = `${commandReference('memory.propose')} asks the agent what of them belongs into memory; you review each change.`

export const APPROVAL_WITHOUT_CALL: MessageWithHint = {
  message: 'The agent is awaiting approval, but the server did not report for which call.',
  hint: `Send a message to continue, or cancel the turn (${keyReference('app.back')}).`,
}

/** `detail`: the server's message, in one sentence; empty when it gave none. */
export function serverError(type: string, detail: string): string {
  return detail === '' ? `The server reported ${type}.` : detail
}

/** By the type of the server's error. */
export const SERVER_ERROR_HINTS: Readonly<Record<string, string>> = {
  llm_authentication: `The model provider rejected the API key. Set another with ${commandReference('account.choose')}, then resend.`,
  llm_rate_limit:
    'Try again later. With --fallback-model, or the setting fallbackModel, another model continues.',
  llm_timeout: 'The model provider timed out. Resend the message.',
}

/** By the server's stop reason. */
const STOP_REASONS: Readonly<Record<string, string>> = {
  max_steps: 'Maximum steps reached.',
  max_tokens_exceeded: 'The response reached the token limit.',
  invalid_tool_call: 'The server did not accept a tool result.',
  insufficient_credits: 'The account has no credits left.',
}

export function turnStopped(stopReason: string): string {
  return STOP_REASONS[stopReason] ?? `The agent stopped: ${stopReason}.`
}

/** `reason`: the error of the provider, as a sentence. */
export function fellBack(reason: string, model: string): string {
  return `${reason.replace(/\.?$/, '.')} This turn continues with ${model}.`
}

export const CONTINUE_HINT = 'Send a message to continue.'

// Approvals

export const ANSWERED = 'Answered.'
export const APPROVED_ONCE = 'Approved once.'
export const APPROVED_TOGETHER = 'Approved together with others.'
export const APPROVED_PARTLY = 'Approved in part.'

export const TURN_INTERRUPTED = 'The turn was interrupted: the program that ran it was ended.'
export const LEFT_PENDING = 'Left pending by an earlier session; it may already have run.'

/** The reason for asking about a text that the rules would allow. */
export const EDITED_BY_USER = 'Edited by you; nothing else requires approval.'

export const MODIFIED_SINCE_SHOWN =
  'The file was modified after the change was shown; nothing was written. This is the change of the file as it is now.'

/** `isComplete`: all that the user had rejected is rejected in the new change, too. */
export function modifiedInReview(isComplete: boolean): string {
  const rest = isComplete
    ? 'What you rejected is still rejected.'
    : 'A part that you rejected was not found in it, and is selected again.'
  return `${MODIFIED_SINCE_SHOWN} ${rest}`
}

export const CALL_NOT_PENDING = 'The call no longer awaits approval.'
export const EMPTY_COMMAND = 'An empty command does nothing; deny the call instead.'
export const CALL_NOT_EDITABLE = 'This call can only be approved or denied as it is.'

/** `reason`: why the text of the user is denied. */
export function editDenied(reason: string): string {
  return `What you wrote is not allowed. ${reason}`
}

/** `reason`: why it is not valid, without a full stop. */
export function invalidRule(rule: string, reason: string): string {
  return `Invalid rule "${rule}": ${reason}`
}

export function approvedByRule(rule: string): string {
  return `Rule ${rule}`
}

/** `kind`: a noun, such as `a private key`. */
export const memorySecret = (kind: string): string =>
  `The text contains ${kind}, which does not belong in memory. Store where it is found instead.`

/** Why a change asks in the turn of the command `memory.defragment`. */
export const REVIEW_REQUESTED = 'You review each change of memory in this turn.'

/** The source of text from outside. */
export const ATTACHED_FILE = 'a file that you attached'

export const repeatsOutsideText = (source: string): string =>
  `Repeats text that neither you nor the agent wrote, from ${source}.`

export const memoryApprovalRequired = (tools: readonly string[]): string =>
  `The agent's memory tools now require approval: ${list(tools)}.`
export const MEMORY_APPROVAL_HINT =
  'This server asks for it in every client of the agent, because a rule or the setting reviewMemory is about memory.'

export const memoryNotReviewed = (reason: string): string =>
  `Changes of memory are not reviewed: the server does not ask for approval (${reason.replace(/\.$/, '')}).`

export const memoryChangeRejected = 'The user rejected this change of memory.'

export const MEMORY_PART_CONFLICT =
  'The block was changed by somebody else while the user reviewed this change. Nothing was saved: look at the current value, then try again.'

export const memoryMerged = (label: string, value: string): string =>
  `The user approved the change of the memory block ${label}. Somebody else has changed other lines since, which stay. The block contains now:\n\n${value}`

export const memoryEdited = (
  label: string,
  { rejected, comment }: { readonly rejected: string; readonly comment: string | null },
): string => {
  const reason = comment === null ? '' : `\nThe user's reason: ${comment}`
  return `The user edited the change of the memory block ${label} before it was saved. This is what your text would have changed, and what is not in memory: do not store it again unless the user asks for it.${reason}\n\n${rejected}`
}

export const memoryPartlySaved = (
  label: string,
  { rejected, comment }: { readonly rejected: string; readonly comment: string | null },
): string => {
  const reason = comment === null ? '' : `\nThe user's reason: ${comment}`
  return `The user reviewed the change of the memory block ${label} and saved only a part of it. The part below was rejected and is not in memory: do not store it again unless the user asks for it.${reason}\n\n${rejected}`
}

/** Verbatim: the message of Letta Code before the reason of a denial, which the agent reads. */
export function permissionDenied(reason: string): string {
  return `Permission denied: ${reason}`
}

// Conversation

export function notFollowed(reason: string): string {
  return `Failed to load the messages of another session: ${reason}`
}

export function cannotCompact(server: string | null): MessageWithHint {
  return {
    message: `${server ?? 'The embedded server'} cannot compact a conversation.`,
    hint: `${commandReference('conversation.clear')} deletes it; memory is unchanged.`,
  }
}

// Conversations

export const FIRST_CONVERSATION = 'First conversation'

export function conversationName(id: string, title: string | null): string {
  return title ?? (id === DEFAULT_CONVERSATION ? FIRST_CONVERSATION : 'No title')
}

export const DEFAULT_STAYS: MessageWithHint = {
  message: 'The first conversation of an agent cannot be archived or deleted.',
  hint: `${commandReference('conversation.clear')} deletes its messages.`,
}

export const CANNOT_ARCHIVE = 'This server does not archive conversations.'

export const CONVERSATION_BUSY: MessageWithHint = {
  message: 'A turn is running, or messages are queued.',
  hint: 'Cancel it, or wait until it has ended.',
}

export const MESSAGE_NOT_STORED: MessageWithHint = {
  message: 'The server has not stored this message, so the conversation cannot be forked there.',
  hint: 'Choose an earlier message.',
}

export function conversationsUnavailable(server: string | null): MessageWithHint {
  return {
    message: `${server ?? 'This server'} has no conversations: an agent has one history.`,
    hint: `Create another agent: ${commandReference('agent.new')}`,
  }
}

export function conversationNotFound(id: string): MessageWithHint {
  return {
    message: `Conversation "${id}" not found.`,
    hint: `List them: letta conversations list`,
  }
}

export function unknownExportEnding(file: string): string {
  return `${file}: the ending names no format. Use .md, .html or .jsonl.`
}

export function exportFileExists(file: string): string {
  return `${file} exists already. Choose another name.`
}

export function cannotExport(file: string, reason: string): string {
  return `Cannot write ${file}: ${reason}`
}

export function conversationOfAnotherAgent(id: string, agentId: string): string {
  return `Conversation ${id} belongs to agent ${agentId}.`
}

/** `title`: of the conversation that was copied. */
export function forkTitle(title: string): string {
  return /\(fork\)$/.test(title) ? title : `${title} (fork)`
}

// Files

export const CHECKPOINT_GONE = 'This checkpoint was deleted: checkpoints are stored for 30 days.'
export const FILES_CHANGED_SINCE_PREVIEW =
  'Nothing was rewound: files were modified after the preview.'
export const MEMORY_CHANGED_SINCE_PREVIEW =
  'Nothing was rewound: memory was modified after the preview.'
/** `done`, `open`: parts of the rewind. */
export function rewindIncomplete(
  reason: string,
  done: readonly string[],
  open: readonly string[],
): string {
  const made = done.length === 0 ? 'Nothing was rewound.' : `Rewound: ${done.join(', ')}.`
  return `${reason} ${made} Not rewound: ${open.join(', ')}.`
}
interface InterruptedFiles {
  /** Labels. */
  readonly reverted: readonly string[]
  readonly left: readonly string[]
}

/** Message and hint. */
export function undoInterrupted({ reverted, left }: InterruptedFiles): readonly [string, string] {
  return [
    `An undo was interrupted. ${listed('Reverted', reverted)} ${listed('Not reverted', left)}`,
    `Undo the rest: ${commandReference('files.undo')}. Bring back what was reverted: ${commandReference('changes.redo')}`,
  ]
}

/** Message and hint. */
export function rewindInterrupted(
  { text, parts, done }: { text: string; parts: readonly string[]; done: readonly string[] },
  { reverted, left }: InterruptedFiles,
): readonly [string, string] {
  const open = parts.filter((part) => !done.includes(part))
  const files =
    open.includes('files') && reverted.length > 0
      ? [`${listed('Files reverted', reverted)} ${listed('Files not reverted', left)}`]
      : []
  return [
    [
      `A rewind was interrupted: ${text}.`,
      listed('Rewound', done),
      listed('Not rewound', open),
      ...files,
    ].join(' '),
    `Choose the message again to rewind the rest, or the state before the rewind to undo it: ${commandReference('rewind.open')}`,
  ]
}

const listed = (title: string, names: readonly string[]): string =>
  `${title}: ${names.length === 0 ? 'nothing' : names.join(', ')}.`

export const SERVER_CANNOT_FORK = 'The conversation cannot be rewound: no agent is open.'
export const MESSAGE_ELSEWHERE =
  'The conversation cannot be rewound: the message belongs to another one.'
export const memoryConflict = (label: string): string =>
  `The memory block "${label}" was modified elsewhere in the same lines. It was not rewound.`
export const beforeRewind = (text: string): string => `Before the rewind to: ${text}`

/** Below the name of a changed file. */
export function permissionsRemark(modes: string): string {
  return `Permissions: ${modes}.`
}

export function linkRemark(wasLink: boolean, isLink: boolean): string {
  if (wasLink && isLink) return 'A symbolic link. Its lines are the path that it leads to.'
  return isLink
    ? 'It becomes a symbolic link. Its new line is the path that it leads to.'
    : 'It was a symbolic link. Its old line is the path that it led to.'
}

export function cannotUndo(reasons: readonly string[]): string {
  return `Nothing was undone: ${reasons.join('; ')}`
}

// Memory and skills

/** Who changed a block. */
type NamedProperties = Pick<BlockVersion, 'label' | 'limit' | 'description' | 'readOnly'>

/** What differs between two states of a block apart from its text: `limit 100000 → 77`. */
export function propertyChanges(
  before: NamedProperties | undefined,
  after: NamedProperties,
): readonly string[] {
  if (before === undefined) return []
  const isReadOnly = after.readOnly === true
  return [
    ...(before.label === after.label
      ? []
      : [`label ${toTerminalRow(before.label)} → ${toTerminalRow(after.label)}`]),
    ...(before.limit === after.limit ? [] : [`limit ${before.limit} → ${after.limit}`]),
    ...((before.description ?? '') === (after.description ?? '')
      ? []
      : [`description: ${toTerminalRow(after.description ?? '') || 'none'}`]),
    ...(before.readOnly === undefined || (before.readOnly === true) === isReadOnly
      ? []
      : [isReadOnly ? 'read-only' : 'writable']),
  ]
}

export function authorName(
  by: ChangeAuthor,
  { isOther, isElsewhere, agentName, tool, client }: ChangeOrigin & { isElsewhere?: boolean },
): string {
  if (isElsewhere === true) {
    return by === 'agent'
      ? 'the agent in another conversation'
      : `${CHANGED_BY[by]} in another session`
  }
  if (by === 'agent') {
    const other =
      agentName === undefined ? 'another agent' : `the agent ${toTerminalRow(agentName)}`
    return `${isOther ? other : 'the agent'}${tool ? ` (${tool})` : ''}`
  }
  if (by === 'elsewhere' && client !== undefined) return `another client (${toTerminalRow(client)})`
  return `${CHANGED_BY[by]}${isOther && by !== 'letta' ? ' in another client' : ''}`
}

const CHANGED_BY: Readonly<Record<ChangeAuthor, string>> = {
  agent: 'the agent',
  user: 'you',
  skills: 'the skills directory',
  import: 'an import',
  restore: 'a restore',
  letta: 'letta',
  elsewhere: 'another client',
  unknown: 'an unknown author',
}

/** One line after a turn. */
export function memoryLearned(
  blocks: readonly { readonly label: string; readonly added: number; readonly removed: number }[],
): string {
  const changes = blocks.map(({ label, added, removed }) => `${label} +${added} −${removed}`)
  return `memory changed: ${changes.join(', ')} · ${commandReference('memory.learned')} reviews it`
}

export function memoryNotReloaded(reason: string): string {
  return `Failed to reload memory: ${reason}`
}

/** `hasSkills`: the directory contains skills, which are sent with a message instead. */
export function foreignSkillsBlock(hasSkills: boolean): MessageWithHint {
  const instead = hasSkills
    ? ' The skills of this directory are sent with your next message instead.'
    : ''
  return {
    message: `The agent's skills block was not created by letta and is unchanged.${instead}`,
    hint: `Review and replace it: ${commandReference('skills.reviewBlock')}`,
  }
}

export const SKILLS_OUTSIDE_PROJECT =
  'Cannot create a skill: the directory of skills is a link to outside the project.'

export function skillNameInvalid(name: string): string {
  return `Cannot create a skill "${name}": use letters, digits, "-", "_" and ".".`
}

export function skillExists(name: string): string {
  return `The skill "${name}" exists already.`
}

/** What a new skill begins with. */
export function skillTemplate(name: string): string {
  return [
    '---',
    `name: ${name}`,
    'description: When to use it, in one sentence',
    'tags: []',
    '---',
    '',
    `# ${name}`,
    '',
    'What to do, step by step.',
    '',
  ].join('\n')
}

/** The skills of a directory that is not trusted. */
export const SKILLS_NOT_TRUSTED: MessageWithHint = {
  message:
    'The agent gets only the directory names of these skills: this directory is not trusted.',
  hint: `To let it read their descriptions: ${commandReference('directory.trust')}`,
}

export function costLimitReached(dollars: number): MessageWithHint {
  return {
    message: `Stopped: the limit of $${dollars} is reached, by the list prices.`,
    hint: 'Raise --max-cost to continue.',
  }
}

/** Its cost cannot be limited. */
export function priceUnknown(model: string): MessageWithHint {
  return {
    message: `The price of ${model} is unknown, so --max-cost cannot be checked.`,
    hint: 'Choose a model with a known price, or leave out --max-cost.',
  }
}

export const INSTRUCTIONS_NOT_TRUSTED: MessageWithHint = {
  message:
    'The agent does not get the instructions of this directory (AGENTS.md or a similar file): it is not trusted.',
  hint: `To send them: ${commandReference('directory.trust')}`,
}

export const NO_FOREIGN_SKILLS_BLOCK = 'The agent has no skills block that requires approval.'

export function skillsBlockReplaced(version: number) {
  return {
    message: `The list of skills was written into the block skills again: what was changed there is in version ${version}.`,
    hint: 'To use it, copy it from there to another block.',
  }
}

export function skillsBlockOutdated(reason: string): string {
  return `The agent's skills block is out of date: ${reason}`
}

// Settings

export const SETTINGS_IGNORED_HINT = 'The file is ignored and will not be modified.'

/** A mode that allows what no rule denies, while rules that deny cannot be read. */
export const modeUnavailable = (mode: string): string =>
  `${mode} is not available: rules in your settings that deny calls cannot be read.`
export const DENIALS_LOST_HINT =
  'Correct the settings, or start with --ignore-broken-settings. Until then, calls require approval.'

// Accounts

export const OPENAI_COMPATIBLE_ENDPOINT = 'OpenAI-compatible endpoint'
export const LETTA_CLOUD = 'Letta Cloud'
export const SELF_HOSTED_SERVER = 'Self-hosted Letta server'

export function accountNotFound(name: string): string {
  return `Account "${name}" not found.`
}

export const ACCOUNT_NAME_INVALID =
  'The name of an account has at most 64 letters, digits, dots, colons, hyphens or underscores.'

export function accountsDeleted(names: readonly string[]): string {
  return `Signed out of ${list(names)}.`
}

export const DEMO_SAVES_NOTHING = 'Not available in demo mode.'

export const NOTHING_STORED = 'No key is stored.'

export function signedOut(names: readonly string[]): string {
  return `Signed out. Deleted from your settings: ${list(names)}.`
}

export function stillSet(names: readonly string[]): string {
  const verb = names.length === 1 ? 'is' : 'are'
  return `${list(names)} ${verb} still set in the environment.`
}

export function invalidUrl(url: string): MessageWithHint {
  return {
    message: `"${url}" is not a valid http(s) URL.`,
    hint: 'Example: http://localhost:8080/v1',
  }
}

export const URL_CONTAINS_PASSWORD: MessageWithHint = {
  message: 'The URL contains a password, which would be displayed.',
  hint: 'Omit it; you will be prompted for it.',
}

export function noKeyEntered(account: string): string {
  return `${account}: no API key entered.`
}

export function keyHasInvalidCharacters(account: string): string {
  return `${account}: the key contains invalid characters.`
}

export function variableInTheWay(name: string): MessageWithHint {
  return {
    message: `${name} is set in the environment and would be used together with the new key.`,
    hint: `Unset it first: unset ${name}`,
  }
}
