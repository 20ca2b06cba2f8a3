import {
  denialResult,
  INTERRUPTED_REASON,
  RUN_CANCELLED_REASON,
  RUN_FAILED_REASON,
} from '../../server/messages/prompts.ts'
import type { Entry, ToolCall, ToolPhase } from '../../session/state/entry.ts'
import { isRecord } from '../../util/is-record.ts'
import { HISTORY_SUMMARIZED } from '../messages.ts'
import { argsOf, contentText, spokenText, text, toolCallsOf } from '../stream/decode.ts'
import { attachedTexts, stripSystemReminder } from '../system-reminder.ts'

/** Stored messages, oldest first, as entries of the conversation. Malformed ones are left out. */
export function entriesOf(messages: readonly unknown[]): readonly Entry[] {
  const entries = new Map<string, Entry>()
  const approved = new Set<string>()
  for (const message of messages) {
    if (isRecord(message)) add(entries, approved, message)
  }
  return withAttachedOfLast([...entries.values()], messages)
}

/** The last message may be that of a turn which still runs: what was attached to it is text from outside. */
function withAttachedOfLast(
  entries: readonly Entry[],
  messages: readonly unknown[],
): readonly Entry[] {
  const at = entries.findLastIndex(({ type }) => type === 'user')
  const entry = entries[at]
  const last = messages.findLast(
    (one) => isRecord(one) && (text(one['otid']) || text(one['id'])) === entry?.id,
  )
  const attached = isRecord(last) ? attachedTexts(contentText(last['content'])) : null
  if (entry?.type !== 'user' || attached === null) return entries
  return entries.with(at, { ...entry, attached })
}

/** `approved`: the ids of the newest calls that were not denied: a client has run them, or allowed the server to. */
function add(entries: Map<string, Entry>, approved: Set<string>, message: HistoryMessage): void {
  const id = text(message['otid']) || text(message['id'])
  const kind = text(message['message_type'])
  if (kind === 'user_message') addUser(entries, id, message)
  else if (kind === 'reasoning_message') addText(entries, 'reasoning', id, message['reasoning'])
  else if (kind === 'assistant_message') addText(entries, 'assistant', id, message['content'])
  else if (kind === 'approval_response_message') addDecisions(entries, approved, message)
  else if (kind === 'tool_return_message') addReturns(entries, approved, message)
  else if (CALLS.has(kind)) addCalls(entries, approved, message)
}

type HistoryMessage = Readonly<Record<string, unknown>>

const CALLS = new Set(['tool_call_message', 'approval_request_message'])

function addText(
  entries: Map<string, Entry>,
  type: 'reasoning' | 'assistant',
  id: string,
  content: unknown,
): void {
  put(entries, { type, id, text: contentText(content) })
}

/** Whether this message replaces older ones that are no longer in the agent's context. */
export function isSummary(message: unknown): boolean {
  if (!isRecord(message)) return false
  const kind = message['message_type']
  return (
    kind === 'summary_message' ||
    (kind === 'user_message' && isSystemAlert(contentText(message['content'])))
  )
}

function addUser(entries: Map<string, Entry>, id: string, message: HistoryMessage): void {
  const at = Date.parse(text(message['date'])) || 0
  const content = contentText(message['content'])
  if (isSystemAlert(content)) {
    put(entries, { type: 'notice', id, level: 'info', text: HISTORY_SUMMARIZED, hint: null })
    return
  }
  const words = stripSystemReminder(spokenText(message['content']))
  // The text names the images that letta has sent, and is shown as it was written.
  const said = NAMES_IMAGE.test(words) ? words : stripSystemReminder(content)
  put(entries, { type: 'user', id, text: said, at, outcome: 'kept' })
}

const NAMES_IMAGE = /@.*\.(png|jpe?g|gif|webp)/i

/** A notice of the server to the model is stored as a user message. */
function isSystemAlert(content: string): boolean {
  return /^\{\s*"type": "system_alert",\s*"message": /.test(content)
}

function put(entries: Map<string, Entry>, entry: Entry): void {
  const empty = entry.type !== 'tool' && entry.text === ''
  if (entry.id !== '' && !empty) entries.set(entry.id, entry)
}

function addCalls(
  entries: Map<string, Entry>,
  approved: Set<string>,
  message: HistoryMessage,
): void {
  const host = message['message_type'] === 'tool_call_message' ? 'server' : 'local'
  for (const one of toolCallsOf(message)) {
    const callId = text(one['tool_call_id'])
    const tool = text(one['name'])
    const phase: ToolPhase = { type: 'dropped' }
    approved.delete(callId)
    const call: ToolCall = { callId, tool, args: argsOf(one), label: '', host, phase }
    if (callId !== '')
      put(entries, { type: 'tool', id: newestId(entries, callId, 'unanswered'), call })
  }
}

function addReturns(
  entries: Map<string, Entry>,
  approved: ReadonlySet<string>,
  message: HistoryMessage,
): void {
  const returns = message['tool_returns']
  for (const one of Array.isArray(returns) ? returns : [message]) {
    if (!isRecord(one)) continue
    const callId = text(one['tool_call_id'])
    const isDeniable = one['status'] === 'error' && wasAsked(entries, callId)
    const denial = isDeniable ? DENIED.exec(contentText(one['tool_return']))?.[1] : undefined
    if (denial !== undefined && NOT_ANSWERED.has(denial)) continue
    // What has run can return any text.
    if (denial !== undefined && !approved.has(callId)) {
      const reason = denial === NO_REASON ? '' : denial
      close(entries, callId, deniedBecause(reason))
      continue
    }
    finish(entries, one)
  }
}

/** The result of a call that has run. */
function finish(entries: Map<string, Entry>, result: HistoryMessage): void {
  const status = result['status'] === 'error' ? 'error' : 'success'
  const returned = contentText(result['tool_return'])
  const phase = { type: 'finished', preview: null, status, text: returned, tookMs: null } as const
  close(entries, text(result['tool_call_id']), phase)
}

function addDecisions(
  entries: Map<string, Entry>,
  approved: Set<string>,
  message: HistoryMessage,
): void {
  const approvals = message['approvals']
  for (const one of Array.isArray(approvals) ? approvals : []) {
    if (!isRecord(one)) continue
    const callId = text(one['tool_call_id'])
    if (one['approve'] === false && NOT_ANSWERED.has(text(one['reason']))) continue
    if (one['approve'] === false) {
      close(entries, callId, deniedBecause(text(one['reason'])))
    } else if (one['type'] === 'tool') {
      // A client has run it: no text in its result denies it.
      finish(entries, one)
      approved.add(callId)
    } else if (one['approve'] === true) {
      approved.add(callId)
    }
  }
}

/** The server gives these answers to calls that it no longer waits for: they did not run, and no person has denied them. */
const NOT_ANSWERED: ReadonlySet<string> = new Set([
  RUN_CANCELLED_REASON,
  RUN_FAILED_REASON,
  INTERRUPTED_REASON,
])

/** A tool that the server ran without asking cannot have been denied: a result that says so is text of the tool. */
function wasAsked(entries: ReadonlyMap<string, Entry>, callId: string): boolean {
  const entry = entries.get(newestId(entries, callId, 'any'))
  return entry?.type === 'tool' && entry.call.host === 'local'
}

const NO_REASON = 'None'
/** A denial as the agent reads it. */
const DENIED = new RegExp(`^${denialResult('(.*)')}$`, 's')

/** The result of a call that has run: text that begins like a denial, as a file can contain it, begins with a blank line. */
export function noDenial(result: string): string {
  return DENIED.test(result) ? `\n${result}` : result
}

function deniedBecause(reason: string): ToolPhase {
  return { type: 'denied', preview: null, by: 'person', reason }
}

/** A denial that the server also stored as an error return stays a denial. */
function close(entries: Map<string, Entry>, callId: string, phase: ToolPhase): void {
  const id = newestId(entries, callId, 'any')
  const entry = entries.get(id)
  if (entry?.type !== 'tool' || entry.call.phase.type === 'denied') return
  entries.set(id, { ...entry, call: { ...entry.call, phase } })
}

/** Some providers number their calls from the start in each response: a call that has a result already is a different one. */
function newestId(
  entries: ReadonlyMap<string, Entry>,
  callId: string,
  wanted: 'any' | 'unanswered',
): string {
  let id = callId
  for (let count = 2; ; count++) {
    const entry = entries.get(id)
    const next = `${callId}~${count}`
    const isOver = entry?.type === 'tool' && entry.call.phase.type !== 'dropped'
    if (wanted === 'any' ? !entries.has(next) : !isOver) return id
    id = next
  }
}
