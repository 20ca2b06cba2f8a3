import { linkTools, unlinkTools } from '../../client/gateway/link-tools.ts'
import { UserError } from '../../util/user-error.ts'
import {
  AGENT_GONE,
  ALREADY_ATTACHED,
  ALREADY_DETACHED,
  toolsAttached,
  toolsDetached,
} from '../messages/agents.ts'
import { type AgentChoice, toolDrafts } from '../open-agent.ts'
import type { Services } from '../services.ts'
import {
  agentServices,
  changeAgent,
  openAgentId,
  type SessionContext,
  serverServices,
} from '../session-context.ts'
import type { AgentListing } from '../state/agent.ts'

/** The agents of the server, and the one that is open. */
export interface AgentsPort {
  /** Query: the agents of the server, most recently used first. */
  list(): Promise<readonly AgentListing[]>
  /** Leaves the open agent and opens another (or a new one) in this project. */
  open(choice: Exclude<AgentChoice, 'last'>): Promise<void>
  rename(name: string): Promise<void>
  attachTools(): Promise<void>
  detachTools(): Promise<void>
}

export function createAgents(
  context: SessionContext,
  open: (choice: AgentChoice) => Promise<void>,
): AgentsPort {
  return {
    open,
    list: async () => (await serverServices(context)).gateway.agents.list(),
    async rename(name) {
      await agentServices(context).gateway.agents.rename(openAgentId(context), name)
      changeAgent(context, { name })
    },
    attachTools: () => changeTools(context, 'link'),
    detachTools: () => changeTools(context, 'unlink'),
  }
}

async function changeTools(context: SessionContext, change: 'link' | 'unlink'): Promise<void> {
  const services = agentServices(context)
  const agent = await services.gateway.agents.retrieve(openAgentId(context))
  if (agent === null) throw new UserError(AGENT_GONE)
  const names = await changedTools(services, agent, change)
  const tools =
    change === 'link'
      ? [...agent.tools, ...names]
      : agent.tools.filter((name) => !names.includes(name))
  changeAgent(context, { tools })
  const none = change === 'link' ? ALREADY_ATTACHED : ALREADY_DETACHED
  const changed = change === 'link' ? toolsAttached(names) : toolsDetached(names)
  services.notify('info', names.length === 0 ? none : changed)
}

function changedTools(
  services: Services,
  agent: NonNullable<Awaited<ReturnType<Services['gateway']['agents']['retrieve']>>>,
  change: 'link' | 'unlink',
): Promise<readonly string[]> {
  const { gateway, runner } = services
  if (change === 'link') return linkTools(gateway, agent, toolDrafts(services))
  const local = runner.tools.map((tool) => tool.name)
  return unlinkTools(gateway, agent, local)
}
