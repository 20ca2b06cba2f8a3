import type { ModelPart, ModelRequest, Provider } from '../../../lib/server/providers/provider.ts'
import { ProviderError } from '../../../lib/server/providers/provider.ts'

export const never = new AbortController().signal

/** A request with one user message, and the changes of a test. */
export function requestOf(changes: Partial<ModelRequest> = {}): ModelRequest {
  return {
    model: 'scripted',
    messages: [
      { role: 'system', text: 'You are a test.' },
      { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
    ],
    tools: [],
    parallelToolCalls: true,
    maxOutputTokens: null,
    temperature: null,
    reasoningEffort: null,
    ...changes,
  }
}

export const readTool = {
  name: 'Read',
  description: 'Reads a file.',
  parameters: { type: 'object', properties: { file_path: { type: 'string' } } },
}

export async function partsOf(
  provider: Provider,
  request: ModelRequest = requestOf(),
  signal: AbortSignal = never,
): Promise<ModelPart[]> {
  const parts: ModelPart[] = []
  for await (const part of provider.stream(request, signal)) parts.push(part)
  return parts
}

/** The fields of the error with which a request fails. */
export async function failureOf(provider: Provider, request: ModelRequest = requestOf()) {
  try {
    await partsOf(provider, request)
  } catch (thrown) {
    if (!(thrown instanceof ProviderError)) throw thrown
    const { type, status, retryAfterMs, message } = thrown
    return { type, status, retryAfterMs, message }
  }
  throw new Error('the request did not fail')
}

export function only<Item>(items: readonly Item[]): Item {
  const [item] = items
  if (item === undefined || items.length > 1) throw new Error(`one expected, not ${items.length}`)
  return item
}

/** The finish reason of an answer; when it is unusable, why. */
export async function endOf(provider: Provider, request: ModelRequest = requestOf()) {
  try {
    const last = (await partsOf(provider, request)).at(-1)
    return last?.type === 'finish' ? last.reason : null
  } catch (thrown) {
    return thrown instanceof ProviderError ? thrown.message.replace(/^.*?: /, '') : thrown
  }
}
