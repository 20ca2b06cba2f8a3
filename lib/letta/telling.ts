import { messageOf } from '../problem.ts'
import type { Provider } from '../server/providers/provider.ts'

/**
 * A vendor whose refusals are told: the list of models simply lacks those of a vendor that cannot be asked. The same words
 * once.
 */
export function tellingRefusals(provider: Provider, tell: (notice: string) => void): Provider {
  let told = ''
  return {
    ...provider,
    async listModels(signal) {
      try {
        return await provider.listModels(signal)
      } catch (thrown) {
        const words = messageOf(thrown)
        const isTrouble = thrown instanceof Error && thrown.name === 'ProviderError'
        if (isTrouble && words !== told) {
          told = words
          tell(`${words.replace(/\.$/, '')}. Another key or address: /connect, or letta connect.`)
        }
        throw thrown
      }
    },
  }
}
