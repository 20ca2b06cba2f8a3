import type { ChangeAuthor } from '../../session/state/memory.ts'

/** One process, and the home directory that it has in common with other sessions of the user on this machine. */
export function composeClientId(homeId: string, processId: string): string {
  return `${homeId}.${processId}`
}

export function homeOf(clientId: string): string {
  return clientId.split('.', 1)[0] ?? ''
}

/** The header that says for whom a block is changed, and by which session. */
export function changeHeader(
  by: ChangeAuthor,
  clientId: string,
  { call, sources = [] }: ChangeDetails = {},
): Record<string, string> {
  const moved = sources.length === 0 ? [] : [sources.join(',')]
  const words = call === undefined ? moved : [call.agentId, call.callId, call.tool, ...moved]
  return { 'x-letta-change': [by, clientId, ...words.map(encodeURIComponent)].join(' ') }
}

export interface ChangeDetails {
  /** The call of the agent by which the block is changed. */
  readonly call?: AgentCall
  /** The ids of the blocks from which lines were moved or copied. */
  readonly sources?: readonly string[]
}

/** A call of an agent, of which the user has approved a part. */
export interface AgentCall {
  readonly agentId: string
  readonly callId: string
  readonly tool: string
}
