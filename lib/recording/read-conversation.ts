import { reduceSession } from '../session/reduce/session.ts'
import { emptySession } from '../session/state/session-state.ts'
import { isRecord } from '../util/is-record.ts'
import { parseJson } from '../util/parse-json.ts'
import { createUserError, UserError } from '../util/user-error.ts'
import { conversationEmpty, notAConversation } from './messages.ts'
import { readRecording } from './replay.ts'

/** A conversation from a file, to be continued by a new agent. */
export interface ReadConversation {
  readonly title: string | null
  readonly agent: { readonly name: string; readonly model: string }
  readonly blocks: readonly {
    readonly label: string
    readonly value: string
    readonly limit: number
    readonly description: string | null
  }[]
  readonly messages: readonly ConversationMessage[]
  /** The numbers of the lines that could not be read, and of calls without a result, after which no agent could continue. */
  readonly leftOut: { readonly invalid: readonly number[]; readonly unfinished: readonly number[] }
}

export type ConversationMessage =
  | { readonly role: 'user'; readonly text: string; readonly at: number | null }
  | { readonly role: 'assistant'; readonly text: string }
  | {
      readonly role: 'call'
      readonly id: string
      readonly tool: string
      readonly args: string
      readonly result: string
      readonly isError: boolean
    }

/**
 * Reads a recording (`--record`), of which the conversation that was open last counts, or an export as JSON lines. Throws a
 * `UserError` when the file is neither.
 */
export function readConversation(text: string, path: string): ReadConversation {
  const [first = ''] = text.split('\n', 1)
  const { type } = Object(parseJson(first))
  if (type !== 'recording.started' && type !== 'conversation') {
    throw createUserError(notAConversation(path))
  }
  const found = type === 'conversation' ? fromExport(text) : fromRecording(text, path)
  if (found.messages.length === 0) throw new UserError(conversationEmpty(path))
  return found
}

function fromRecording(text: string, path: string): ReadConversation {
  const { events, directory, startedAt } = readRecording(text, path)
  const state = events.reduce(reduceSession, emptySession(directory, startedAt))
  const { agent, conversation, memory, settled, current } = state
  return {
    title: conversation.title,
    agent: { name: agent?.name ?? '', model: agent?.model ?? '' },
    blocks: memory.map(({ block: { label, value, limit, description } }) => {
      return { label, value, limit, description }
    }),
    messages: [...settled, ...current].flatMap(toMessages),
    leftOut: { invalid: cutLine(text), unfinished: [] },
  }
}

/** A program that was killed has written a part of its last line. */
function cutLine(text: string): readonly number[] {
  const lines = text.split('\n')
  return lines.at(-1) === '' ? [] : [lines.length]
}

function fromExport(text: string): ReadConversation {
  const lines = text.split('\n')
  const [head, ...entries] = lines.map((one) => parseJson(one))
  /** The numbers of lines; the first one is the conversation. */
  const numbersOf = (isWanted: (entry: unknown, line: string) => boolean): readonly number[] =>
    entries.flatMap((entry, at) => (isWanted(entry, lines[at + 1] ?? '') ? [at + 2] : []))
  const { title, agent } = Object(head)
  const { name, model } = Object(agent)
  return {
    title: textOrNull(title),
    agent: { name: textOrNull(name) ?? '', model: textOrNull(model) ?? '' },
    blocks: [],
    messages: entries.flatMap(toMessages),
    leftOut: {
      invalid: numbersOf((entry, line) => line.trim() !== '' && !isEntry(entry)),
      unfinished: numbersOf((entry) => isCallEntry(entry) && toMessages(entry).length === 0),
    },
  }
}

const NO_MESSAGES = new Set(['reasoning', 'shellLine', 'notice'])

function isEntry(entry: unknown): boolean {
  if (!isRecord(entry)) return false
  return (
    NO_MESSAGES.has(String(entry['type'])) || isCallEntry(entry) || toMessages(entry).length > 0
  )
}

function isCallEntry(entry: unknown): boolean {
  if (!isRecord(entry) || entry['type'] !== 'tool') return false
  const { callId, tool, args } = Object(entry['call'])
  return [callId, tool, args].every((one) => typeof one === 'string')
}

/** An entry of a conversation; other programs may have written it. Notices and reasoning are no messages. */
function toMessages(entry: unknown): readonly ConversationMessage[] {
  if (!isRecord(entry)) return []
  const text = textOrNull(entry['text'])
  if (entry['type'] === 'user' && text !== null) {
    const { at } = entry
    return [{ role: 'user', text, at: typeof at === 'number' ? at : null }]
  }
  if (entry['type'] === 'assistant' && text !== null) return [{ role: 'assistant', text }]
  return entry['type'] === 'tool' ? toCall(Object(entry['call'])) : []
}

/** A call without a result is left out: the agent could not continue after it. */
function toCall({
  callId,
  tool,
  args,
  phase,
}: Record<string, unknown>): readonly ConversationMessage[] {
  const { type, text, status, reason } = Object(phase)
  const result = type === 'denied' ? reason : type === 'finished' ? text : null
  if (![callId, tool, args, result].every((one) => typeof one === 'string')) return []
  const isError = type === 'denied' || status === 'error'
  return [
    {
      role: 'call',
      id: String(callId),
      tool: String(tool),
      args: String(args),
      result: String(result),
      isError,
    },
  ]
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
