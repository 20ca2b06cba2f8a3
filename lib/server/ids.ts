import { randomUUID } from 'node:crypto'
import { DEFAULT_CONVERSATION, type Thread } from './records.ts'

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

/** Letta's ids: `<kind>-<uuid4>`. */
export function newId(kind: IdPrefix): string {
  return `${kind}-${randomUUID()}`
}

const UUID4 = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'

export function idPattern(kind: IdPrefix): string {
  return `^${kind}-${UUID4}$`
}

export function isId(kind: IdPrefix, text: string): boolean {
  return new RegExp(idPattern(kind)).test(text)
}

/** One message's parts share its uuid; the last seven bits count them: what clients tell parts apart by. */
export function toOtid(messageId: string, part: number): string {
  const uuid = messageId.replace(/^message-/, '')
  const low = (Number.parseInt(uuid.slice(-2), 16) & 0x80) | (part & 0x7f)
  return uuid.slice(0, -2) + low.toString(16).padStart(2, '0')
}

/** The system prompt isn't stored as a message, but clients count on finding one: after a reset it is the only one left. */
export function systemMessageId({ agentId, conversationId }: Thread): string {
  const owner = conversationId === DEFAULT_CONVERSATION ? agentId : conversationId
  return owner.replace(/^(agent|conv)-/, 'message-')
}
