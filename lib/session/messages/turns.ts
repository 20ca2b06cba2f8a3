import { shortName, spellOut } from '../../util/invisible-characters.ts'
import { plural } from '../../util/quantities.ts'
import { commandReference, keyReference } from '../../util/references.ts'
import type { MessageWithHint } from '../../util/user-error.ts'
import type { ServerType } from '../state/agent.ts'

/** Turns, the queue and other sessions of the agent. */

/** In place of a sent message that a recording or a list does not have. */
export const MESSAGE_NOT_RECORDED = '(message not recorded)'

const CONTINUE_ELSEWHERE_HINT = 'Its result was not used. Send a message to continue.'

const CANCELLED_REMOVED = 'Cancelled. The server removes this turn from history.'

export const CANCELLED: Readonly<Record<ServerType, string>> = {
  embedded: 'Cancelled. The partial turn is saved in history.',
  cloud: CANCELLED_REMOVED,
  selfHosted: CANCELLED_REMOVED,
}

export const CANCELLED_BEFORE_SENDING = 'Cancelled. The message was not sent.'

export const TURN_CANCELLED_BY_SWITCH =
  'The running turn was cancelled, because another server was chosen.'

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
  return `${ACTIVITY_TEXTS[activity]} ${spellOut(place)}. This session continues when that turn has ended.`
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

/** `reason`: why a request is repeated later, as a sentence. */
export function requestRepeated(reason: string, seconds: number): string {
  return `${reason.replace(/\.$/, '')}. Retrying in ${plural(seconds, 'second')}.`
}

export function queuePaused(count: number): string {
  const messages = plural(count, 'queued message waits', 'queued messages wait')
  return `${messages} because the turn failed (send: ${keyReference('queue.resume')}, or any message).`
}

export const COMPACTING = 'The context window fills up: earlier messages are being summarized.'

export const COMPACTING_HINT = `${commandReference('memory.propose')} asks the agent what of them belongs into memory; you review each change.`

export const APPROVAL_WITHOUT_CALL: MessageWithHint = {
  message: 'The agent is awaiting approval, but the server did not report for which call.',
  hint: `Send a message to continue, or cancel the turn (${keyReference('app.back')}).`,
}

/** The result of a call whose id the server uses for another one. */
export const CALL_ID_REUSED = 'The server has given the id of this call to another one.'

/** Without the question that it had announced. */
export const ranUnapproved = (tool: string): string =>
  `The server ran ${shortName(tool)} itself, although it was to ask first.`

export const resultNotOfTool = (tool: string): string =>
  `The server sent a result of ${shortName(tool)}, which it cannot run and which has not run here. It is left out.`

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
  max_tokens_exceeded: 'The answer reached the token limit.',
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

export const TURN_INTERRUPTED = 'The turn was interrupted: the program that ran it was ended.'
export const LEFT_PENDING = 'Left pending by an earlier session; it may already have run.'

export function notFollowed(reason: string): string {
  return `Failed to load the messages of another session: ${reason}`
}
