import type { ServerFacts } from '../session/state/agent.ts'
import { commandReference, keyReference } from '../util/references.ts'

/** Messages of the session's commands: titles for palette and help, reasons why one is unavailable, notices. */

export const TITLES = {
  'agent.show': 'Show the agent and its address',
  'agent.rename': 'Rename the agent',
  'agent.new': 'Create an agent with new memory blocks',
  'memory.remember': 'Ask the agent to remember something',
  'memory.defragment': 'Ask the agent to tidy its memory; you review each change',
  'memory.propose': 'Ask what of the summarized messages belongs into memory; you review it',
  'memory.init': 'Analyze this project',
  'tools.link': 'Attach local tools',
  'tools.unlink': 'Detach local tools',
  'skills.refresh': 'Reload the skills',
  'turn.cancel': 'Cancel the running turn',
  'turn.takeOver': 'Take over the turn of another session',
  'mode.next': 'Next permission mode',
  'mode.set': 'Set the permission mode',
  'conversation.new': 'Begin a conversation with the same memory',
  'conversation.title': 'Name the conversation',
  'conversation.fork': 'Continue in a copy of the conversation',
  'conversation.earlier': 'Load earlier messages',
  'conversation.compact': 'Compact the conversation',
  'conversation.clear': 'Clear the conversation (memory is unchanged)',
} as const

export type SessionCommandId = keyof typeof TITLES

// Why a command is unavailable

export const NO_TURN = 'No turn is running.'
export const NO_EARLIER_MESSAGES = 'No earlier messages.'
export const TURN_RUNNING = `A turn is running. Cancel it first (${keyReference('app.back')}).`

// Notices

/** `name · id · model`. */
export function agentSummary(agent: {
  readonly name: string
  readonly id: string
  readonly model: string
}): string {
  return `${agent.name} · ${agent.id} · ${agent.model}`
}

export function agentAddress(id: string, server: ServerFacts | null): string {
  if (server?.type === 'cloud') return `https://app.letta.com/agents/${id}`
  if (server?.url) return `Server: ${server.url}`
  return 'Server: embedded, on this machine. Other programs can reach it through `letta serve`.'
}

export function agentRenamed(name: string): string {
  return `Renamed to ${name}.`
}

export function conversationTitled(title: string): string {
  return `The conversation is called "${title}".`
}

export function conversationForked(title: string | null): string {
  return title === null
    ? 'Continuing in a copy of the conversation.'
    : `Continuing in a copy of the conversation: "${title}".`
}

export const COMPACTION_STARTED = 'Compacting the conversation …'

export function compactionFailed(reason: string): string {
  return `The conversation was not compacted: ${reason}`
}

/** Messages and tokens that the agent sees. */
export function compacted({
  before,
  after,
  tokensBefore,
  tokensAfter,
}: {
  readonly before: number
  readonly after: number
  readonly tokensBefore: number
  readonly tokensAfter: number
}): string {
  if (after >= before) return 'Nothing to compact.'
  const tokens =
    tokensAfter > tokensBefore
      ? `but ${tokensBefore} tokens have become ${tokensAfter}`
      : `${tokensBefore} tokens to ${tokensAfter}`
  return `Compacted ${before} messages to ${after}, ${tokens} (transcript unchanged).`
}

export function summaryExtracted(hasFocus: boolean): string {
  const lost = hasFocus ? ' The focus has no effect on it.' : ''
  return `The model could not write a summary: an extract of the messages takes its place.${lost}`
}

export const SUMMARY_TOO_LONG =
  'The summary is longer than what it replaces, so the window has grown.'

export const SUMMARY_HINT = `${commandReference('conversation.summary')} shows and edits the summary. ${commandReference('memory.propose')} proposes changes of memory from what was dropped.`

export function unknownMode(name: string): string {
  return `Unknown permission mode "${name}".`
}
