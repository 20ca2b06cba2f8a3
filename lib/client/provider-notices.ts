import type { Provider } from '../server/providers/provider.ts'
import { messageOf } from '../util/user-error.ts'
import { providerHasNoModels, providerTimedOut, providerWarning } from './messages.ts'

/**
 * A provider whose failures to list models are reported, each once in a row. Without a report the models of a provider that
 * cannot be reached would only be missing from the server's list.
 */
export function withProviderErrors(provider: Provider, report: (notice: string) => void): Provider {
  let last = ''
  const reportOnce = (problem: string): void => {
    if (problem === last) return
    last = problem
    report(providerWarning(problem))
  }
  return {
    ...provider,
    async listModels(signal) {
      try {
        const models = await provider.listModels(signal)
        if (models.length === 0 && provider.acceptsAnyModel !== true) {
          reportOnce(providerHasNoModels(provider.title))
        }
        return models
      } catch (thrown) {
        if (isError(thrown, 'ProviderError')) reportOnce(messageOf(thrown))
        if (isError(thrown, 'TimeoutError')) reportOnce(providerTimedOut(provider.title))
        throw thrown
      }
    },
  }
}

function isError(thrown: unknown, name: string): boolean {
  return thrown instanceof Error && thrown.name === name
}
