import { createAnswerFetch } from './answer-fetch.ts'
import type { Dialect, ProviderEndpoint } from './dialect.ts'
import { toProviderError } from './errors.ts'
import type { ModelFacts, ModelPart, ModelRequest, Provider } from './provider.ts'
import { toSdkCall } from './sdk-prompt.ts'
import { toModelParts } from './stream-parts.ts'

interface SdkProviderOptions extends ProviderEndpoint {
  readonly id: string
  readonly dialect: Dialect
  readonly acceptsAnyModel: boolean
  listModels(signal: AbortSignal): Promise<readonly ModelFacts[]>
}

/** A provider that uses the AI SDK, which is loaded by the first `stream`. */
export function createSdkProvider(options: SdkProviderOptions): Provider {
  return {
    id: options.id,
    title: options.title,
    acceptsAnyModel: options.acceptsAnyModel,
    listModels: (signal) => options.listModels(signal),
    stream: (request, signal) => streamFrom(options, request, signal),
  }
}

async function* streamFrom(
  options: SdkProviderOptions,
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelPart, void> {
  signal.throwIfAborted()
  const controller = new AbortController()
  // Not `AbortSignal.any`, whose result is garbage-collected while nothing refers to it.
  const abort = (): void => controller.abort(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  let streamed = false
  try {
    const { dialect } = options
    const answer = createAnswerFetch(options, {
      createReader: dialect.createReader,
      renamed: request.renamedMembers ?? {},
    })
    const model = await dialect.open(options, request.model, answer.fetch)
    const call = toSdkCall(request, dialect)
    // `doStream` instead of the SDK's `streamText`: no retries, no console warnings, raw arguments.
    const { stream } = await model.doStream({
      ...call,
      abortSignal: controller.signal,
      ...(dialect.readRaw === undefined ? {} : { includeRawChunks: true }),
    })
    for await (const part of toModelParts(stream, dialect, answer)) {
      streamed = true
      yield part
    }
  } catch (thrown) {
    signal.throwIfAborted()
    throw toProviderError(thrown, options, streamed)
  } finally {
    signal.removeEventListener('abort', abort)
    // Also ends the request at the provider when the reader leaves early.
    controller.abort()
  }
}
