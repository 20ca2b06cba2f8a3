import type { Letta } from '@letta-ai/letta-client'
import { modelsAnswer } from './answers.ts'
import type { Requests } from './requests.ts'

export interface ModelRecord {
  readonly handle: string
  readonly title: string
  readonly contextWindow: number | null
}

export interface GatewayModels {
  list(): Promise<readonly ModelRecord[]>
}

export function gatewayModels(client: Letta, { read }: Requests): GatewayModels {
  return {
    async list() {
      const models = await read(async () => client.models.list(), modelsAnswer)
      return models.map(toModel)
    },
  }
}

function toModel(model: Awaited<ReturnType<Letta['models']['list']>>[number]): ModelRecord {
  return {
    handle: model.handle ?? `${model.provider_name ?? model.provider_type}/${model.model}`,
    title: model.display_name ?? model.name,
    contextWindow: model.max_context_window ?? model.context_window ?? null,
  }
}
