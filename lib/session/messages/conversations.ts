import { spellOut } from '../../util/invisible-characters.ts'
import { commandReference } from '../../util/references.ts'
import { DEFAULT_CONVERSATION } from '../../util/thread.ts'
import type { MessageWithHint } from '../../util/user-error.ts'

/** Conversations and their export. */

export function cannotCompact(server: string | null): MessageWithHint {
  return {
    message: `${spellOut(server ?? 'The embedded server')} cannot compact a conversation.`,
    hint: `${commandReference('conversation.clear')}  deletes its messages; memory is unchanged.`,
  }
}

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

/** `processId`: of the session at work; null when it runs on another machine. */
export function conversationAtWork(processId: number | null): MessageWithHint {
  const place = processId === null ? 'elsewhere' : `in process ${processId}`
  return {
    message: `A turn of this conversation runs ${place}. Nothing was deleted.`,
    hint: 'Cancel it there, or wait until it has ended.',
  }
}

export const MESSAGE_NOT_STORED: MessageWithHint = {
  message: 'The server has not stored this message, so the conversation cannot be forked there.',
  hint: 'Choose an earlier message.',
}

export function conversationsUnavailable(server: string | null): MessageWithHint {
  return {
    message: `${spellOut(server ?? 'This server')} has no conversations: an agent has one history.`,
    hint: `Create another agent: ${commandReference('agent.new')}`,
  }
}

export function conversationNotFound(id: string): MessageWithHint {
  return {
    message: `Conversation "${spellOut(id)}" not found.`,
    hint: `List them: letta conversations list`,
  }
}

export const CONVERSATION_GONE: MessageWithHint = {
  message: 'This conversation was deleted by another client of the server.',
  hint: `${commandReference('conversation.new')} begins another one, ${commandReference('conversation.resume')} continues one.`,
}

export function unknownExportEnding(file: string): string {
  return `${spellOut(file)}: the ending names no format. Use .md, .html or .jsonl.`
}

export function exportFileExists(file: string): string {
  return `${spellOut(file)} exists already. Choose another name.`
}

export function cannotExport(file: string, reason: string): string {
  return `Cannot write ${spellOut(file)}: ${reason}`
}

export function conversationOfAnotherAgent(id: string, agentId: string): string {
  return `Conversation ${spellOut(id)} belongs to agent ${spellOut(agentId)}.`
}

/** `title`: of the conversation that was copied. */
export function forkTitle(title: string): string {
  return /\(fork\)$/.test(title) ? title : `${title} (fork)`
}

/** Of a conversation that is not in the list. */
export const IS_ARCHIVED = 'archived'
