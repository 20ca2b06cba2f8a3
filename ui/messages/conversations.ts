import { FIRST_CONVERSATION } from '../../lib/session/messages/conversations.ts'
import { commandReference } from '../../lib/util/references.ts'

/** Conversations, their summaries, and the search of all messages. */

export const TOO_MANY_RUNNING =
  'Eight conversations are running. Wait until one has ended, or cancel one.'

export const SENT_ONCE_OPEN = 'The message is sent once the conversation is open.'

export const NO_OTHER_CONVERSATION = 'No other conversation is running or has a new answer.'

export const CONVERSATION_ALREADY_OPEN = 'This conversation is already open.'
export const ARCHIVED = 'Archived the conversation, and began another.'
export const NOT_ARCHIVED = 'The conversation is in the list again.'

export function archivedHint(): string {
  return `${commandReference('messages.search')} finds it; ${commandReference('conversation.archive')} in it puts it back into the list.`
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
  return `${commandReference('conversation.resume')} lists all conversations, ${commandReference('messages.search')} finds a text in their messages.`
}

export function exportedTo(file: string): string {
  return `Wrote ${file}.`
}

export const noMessages = (query: string): string => `No message contains "${query}".`
export const MESSAGE_NOT_SHOWN = 'The conversation no longer contains this message.'

/** In a list that has the first conversations of several agents. */
export const firstConversationOf = (agentName: string): string =>
  `${FIRST_CONVERSATION} of ${agentName}`

export const SIDE_QUESTION_PAGE = {
  title: (question: string) => `Side question: ${question}`,
  asking: 'Asking a copy of the conversation …',
  note: 'Neither the question nor the answer is part of the conversation.',
}

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

export const SEARCH_MESSAGES = {
  title: 'Search all conversations',
  explanation: 'Text of your messages and of answers, of all agents:',
} as const

export const foundMessagesTitle = (query: string): string => `Messages with "${query}"`
