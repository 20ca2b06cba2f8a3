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

/** A provider over the AI SDK. The SDK is loaded by the first `stream`. */
export function createSdkProvider(vendor: SdkProviderOptions): Provider {
  return {
    id: vendor.id,
    title: vendor.title,
    acceptsAnyModel: vendor.acceptsAnyModel,
    listModels: (signal) => vendor.listModels(signal),
    stream: (request, signal) => streamFrom(vendor, request, signal),
  }
}

async function* streamFrom(
  vendor: SdkProviderOptions,
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelPart, void> {
  signal.throwIfAborted()
  const left = new AbortController()
  // Not `AbortSignal.any`: what nobody holds on to, the garbage collector takes.
  const leave = (): void => left.abort(signal.reason)
  signal.addEventListener('abort', leave, { once: true })
  let streamed = false
  try {
    const model = await vendor.dialect.open(vendor, request.model)
    const call = toSdkCall(request, vendor.dialect)
    // `doStream` and not the SDK's `streamText`: no retries, no warnings on the console, raw arguments.
    const { stream } = await model.doStream({ ...call, abortSignal: left.signal })
    for await (const part of toModelParts(stream, vendor.dialect)) {
      streamed = true
      yield part
    }
  } catch (thrown) {
    signal.throwIfAborted()
    throw toProviderError(thrown, vendor, streamed)
  } finally {
    signal.removeEventListener('abort', leave)
    // A reader that leaves early ends the request at the vendor too.
    left.abort()
  }
}
