import type { ServerError } from '../client/stream/decode.ts'
import type { TurnInput } from '../client/stream/stream.ts'
import { UserError } from '../util/user-error.ts'
import { fellBack } from './messages/turns.ts'
import { UnknownModel, wantedModel } from './open-agent.ts'
import type { Services } from './services.ts'

/** The model that continues a turn when the provider of the agent's model has failed. */
interface Fallback {
  /** The handle of the model in use; null for that of the agent. */
  readonly model: string | null
  /** False when there is none, when it is in use already, and for errors that are not of a provider. */
  use(error: ServerError): Promise<boolean>
}

export function createFallback(parts: Services): Fallback {
  const { fallbackModel = null } = parts.options
  let model: string | null = null
  return {
    get model() {
      return model
    },
    async use({ type, message }) {
      if (fallbackModel === null || model !== null || !type.startsWith('llm_')) return false
      try {
        const { handle } = await wantedModel(parts, fallbackModel)
        if (handle === parts.store.state.agent?.model) return false
        model = handle
        parts.notify('warning', fellBack(message, handle))
        return true
      } catch (thrown) {
        if (!(thrown instanceof UserError)) throw thrown
        parts.notify('warning', thrown.message, thrown.hint)
        return false
      }
    },
  }
}

/** Reports at the start that the fallback model does not exist: else it is noticed when the provider fails. */
export async function reportUnknownFallback(parts: Services): Promise<void> {
  const { fallbackModel = null } = parts.options
  if (fallbackModel === null) return
  await wantedModel(parts, fallbackModel).catch((thrown: unknown) => {
    // The server is reported otherwise when it does not answer.
    if (thrown instanceof UnknownModel) parts.notify('warning', thrown.message, thrown.hint)
  })
}

/** The embedded server knows the message again. Another one may answer it with the run that has failed, so it gets another id. */
export function repeatedInput({ gateway, newId }: Services, input: TurnInput): TurnInput {
  const { message } = input
  if (message === null || gateway.type === 'embedded') return input
  return { ...input, message: { ...message, otid: newId() } }
}
