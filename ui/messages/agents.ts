import { commandReference } from '../../lib/util/references.ts'

/** Agents. */

export const AGENT_ALREADY_OPEN = 'This agent is already open.'

export function agentNameNotFound(nameOrId: string): string {
  return `Agent "${nameOrId}" not found.`
}

export function agentsHint(): string {
  return `${commandReference('agent.choose')} lists all agents.`
}

export const CREATE_AGENT = {
  title: 'Create agent',
  detail: 'with the memory blocks that your agents share',
} as const
