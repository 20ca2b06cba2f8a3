import type { Provider } from '../server/providers/provider.ts'
import { messageOf } from '../util/user-error.ts'

/**
 * A vendor whose refusals are told: the list of models simply lacks those of a vendor that cannot be asked. The same words
 * once.
 */
export function withProviderErrors(provider: Provider, tell: (notice: string) => void): Provider {
  let told = ''
  const tellOnce = (words: string): void => {
    if (words === told) return
    told = words
    tell(`${words.replace(/\.$/, '')}. Another key or address: /connect, or letta connect.`)
  }
  return {
    ...provider,
    async listModels(signal) {
      try {
        const models = await provider.listModels(signal)
        if (models.length === 0) tellOnce(`${provider.title} names no model to talk to`)
        return models
      } catch (thrown) {
        if (thrown instanceof Error && thrown.name === 'ProviderError') tellOnce(messageOf(thrown))
        if (isLate(thrown))
          tellOnce(`${provider.title} did not answer in time when asked for its models`)
        throw thrown
      }
    },
  }
}

function isLate(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'TimeoutError'
}
