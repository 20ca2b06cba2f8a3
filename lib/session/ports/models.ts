import type { ModelRecord } from '../../client/gateway/models.ts'
import type { ReasoningEffort } from '../../util/effort.ts'
import { createUserError } from '../../util/user-error.ts'
import { effortNotTaken } from '../messages.ts'
import { wantedModel } from '../open-agent.ts'
import {
  agentServices,
  changeAgent,
  openAgentId,
  type SessionContext,
  serverServices,
} from '../session-context.ts'

/** The models of the server. */
export interface ModelsPort {
  /** Query: the models of the server. */
  list(): Promise<readonly ModelRecord[]>
  /** Sets the model of the open agent, by handle or alias. */
  set(name: string): Promise<void>
  /** Sets how long the open agent reasons; null leaves that to the provider. Throws a `UserError` if the server does not take it. */
  setEffort(effort: ReasoningEffort | null): Promise<void>
}

export function createModels(context: SessionContext): ModelsPort {
  return {
    list: async () => (await serverServices(context)).gateway.models.list(),
    async set(name) {
      const services = agentServices(context)
      const model = await wantedModel(services, name)
      await services.gateway.agents.setModel(openAgentId(context), model)
      changeAgent(context, { model: model.handle, contextWindow: model.contextWindow })
    },
    async setEffort(effort) {
      const { gateway } = agentServices(context)
      const reported = await gateway.agents.setEffort(openAgentId(context), effort)
      changeAgent(context, { effort: reported })
      if (reported !== effort) throw createUserError(effortNotTaken(effort))
    },
  }
}
