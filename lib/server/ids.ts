import { randomUUID } from 'node:crypto'
import { DEFAULT_CONVERSATION, type Thread } from '../util/thread.ts'

export type IdPrefix =
  | 'agent'
  | 'block'
  | 'tool'
  | 'message'
  | 'conv'
  | 'passage'
  | 'run'
  | 'step'
  | 'ping'

/** A new id in Letta's format, `<prefix>-<uuid4>`. */
export function newId(prefix: IdPrefix): string {
  return `${prefix}-${randomUUID()}`
}

const UUID4 = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'

export function idPattern(prefix: IdPrefix): string {
  return `^${prefix}-${UUID4}$`
}

export function isId(prefix: IdPrefix, text: string): boolean {
  return new RegExp(idPattern(prefix)).test(text)
}

/** The id of one part of a message, as Letta server derives it: the message's uuid, its last seven bits the part's number. */
export function toOtid(messageId: string, part: number): string {
  const uuid = messageId.replace(/^message-/, '')
  const low = (Number.parseInt(uuid.slice(-2), 16) & 0x80) | (part & 0x7f)
  return uuid.slice(0, -2) + low.toString(16).padStart(2, '0')
}

/** The system prompt is not stored as a message, but clients expect its id: after a reset it is the only one in context. */
export function systemMessageId({ agentId, conversationId }: Thread): string {
  const owner = conversationId === DEFAULT_CONVERSATION ? agentId : conversationId
  return owner.replace(/^(agent|conv)-/, 'message-')
}
