import { UserError } from '../../util/user-error.ts'
import { agentNotFound } from '../messages.ts'
import type { AgentDetails } from './agents.ts'
import type { Gateway } from './gateway.ts'

/** The named agent does not exist: the user is asked what to do instead. */
export class UnknownAgent extends UserError {
  override readonly name = 'UnknownAgent'
}

/** An agent that the user or the settings name; one that the server does not know is never replaced silently. */
export async function openKnownAgent(
  gateway: Pick<Gateway, 'agents' | 'url'>,
  id: string,
  source: 'given' | 'stored',
): Promise<AgentDetails> {
  const agent = await gateway.agents.retrieve(id)
  if (agent !== null) return agent
  const { message, hint } = agentNotFound(id, source, gateway.url)
  throw new UnknownAgent(message, { hint })
}
