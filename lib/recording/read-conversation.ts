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
  }
}

function fromExport(text: string): ReadConversation {
  const [head, ...entries] = text.split('\n').map((one) => parseJson(one))
  const { title, agent } = Object(head)
  const { name, model } = Object(agent)
  return {
    title: textOrNull(title),
    agent: { name: textOrNull(name) ?? '', model: textOrNull(model) ?? '' },
    blocks: [],
    messages: entries.flatMap(toMessages),
  }
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
