import type { ModelSettings } from '../../client/gateway/model-settings.ts'
import type { ModelRecord } from '../../client/gateway/models.ts'
import { type KnownModelFacts, modelFacts } from '../../models/model-facts.ts'
import type { ReasoningEffort } from '../../util/effort.ts'
import { createUserError } from '../../util/user-error.ts'
import { effortNotTaken } from '../messages/agents.ts'
import { savedEffort, wantedModel } from '../open-agent.ts'
import {
  agentServices,
  changeAgent,
  openAgentId,
  type SessionContext,
  serverServices,
} from '../session-context.ts'

/** A model of the server, with what is known of it by its name. */
export interface ListedModel extends ModelRecord, KnownModelFacts {}

/** The models of the server. */
export interface ModelsPort {
  /** Query: the models of the server. */
  list(): Promise<readonly ListedModel[]>
  /** Query: how the open agent uses its model. */
  settings(): Promise<ModelSettings>
  /** Changes how the open agent uses its model; returns what the server reports then. */
  setSettings(settings: ModelSettings): Promise<ModelSettings>
  /** Sets the model of the open agent, by handle or alias, with the effort that the user has saved for it. */
  set(name: string): Promise<void>
  /** Query: the handles of the models that the user likes best. */
  favorites(): readonly string[]
  /** Adds a model to them, or removes it. */
  toggleFavorite(handle: string): Promise<void>
  /** Saves the effort of the open agent for its model; one that the provider decides is removed. */
  saveEffort(): Promise<void>
  /** Sets how long the open agent reasons; null leaves that to the provider. Throws a `UserError` if the server does not take it. */
  setEffort(effort: ReasoningEffort | null): Promise<void>
}

export function createModels(context: SessionContext): ModelsPort {
  return {
    async list() {
      const models = await (await serverServices(context)).gateway.models.list()
      return models.map((model) => ({ ...model, ...modelFacts(model.handle) }))
    },
    settings: async () => agentServices(context).gateway.agents.modelSettings(openAgentId(context)),
    async setSettings(settings) {
      const { gateway } = agentServices(context)
      const reported = await gateway.agents.setModelSettings(openAgentId(context), settings)
      changeAgent(context, { contextWindow: reported.contextWindow })
      return reported
    },
    async set(name) {
      const services = agentServices(context)
      const model = await wantedModel(services, name)
      await services.gateway.agents.setModel(openAgentId(context), model)
      changeAgent(context, { model: model.handle, contextWindow: model.contextWindow })
      const effort = savedEffort(services.settings, model.handle)
      if (effort === null) return
      const reported = await services.gateway.agents.setEffort(openAgentId(context), effort)
      changeAgent(context, { effort: reported })
    },
    favorites: () => context.base.settings.user.favoriteModels,
    async toggleFavorite(handle) {
      const { settings } = context.base
      const known = settings.user.favoriteModels
      const others = known.filter((one) => one !== handle)
      const favoriteModels = known.includes(handle) ? others : [...known, handle]
      await settings.update('user', (value) => ({ ...value, favoriteModels }))
    },
    async saveEffort() {
      const { settings, store } = agentServices(context)
      const { model = '', effort = null } = store.state.agent ?? {}
      const { [model]: _, ...others } = settings.user.modelEfforts
      const modelEfforts = effort === null ? others : { ...others, [model]: effort }
      await settings.update('user', (value) => ({ ...value, modelEfforts }))
    },
    async setEffort(effort) {
      const { gateway } = agentServices(context)
      const reported = await gateway.agents.setEffort(openAgentId(context), effort)
      changeAgent(context, { effort: reported })
      if (reported !== effort) throw createUserError(effortNotTaken(effort))
    },
  }
}
