import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ModelPart, ModelRequest, Provider } from '../providers/provider.ts'
import { ProviderError } from '../providers/provider.ts'
import { findRepair, repairsOf } from './repairs.ts'

const MAX_ATTEMPTS = 3
const INITIAL_BACKOFF_MS = 500
/** When the provider asks for a longer wait, the run fails and shows the message of the provider. */
const MAX_BACKOFF_MS = 300_000
/** A shorter wait is not worth a line. */
const MIN_REPORTED_MS = 2_000
const RETRYABLE_TYPES = new Set<ProviderError['type']>([
  'rateLimit',
  'server',
  'timeout',
  'unreachable',
])

/** What a person may know of the call, and decide. */
interface CallPorts {
  report(notice: string): void
  /** Reports a wait before the next attempt, which may be ended early. Rejects when the call is aborted. */
  wait(reason: string, milliseconds: number): Promise<void>
}

/**
 * Streams a model's answer. A failure before its first part is retried with backoff, and a request of which the provider
 * refuses a part is sent again without it; a later failure is thrown.
 */
export async function* callModel(
  provider: Provider,
  request: ModelRequest,
  signal: AbortSignal,
  { report, wait }: Partial<CallPorts> = {},
): AsyncGenerator<ModelPart> {
  const known = repairsOf(provider, request.model)
  const repairs = [...known]
  for (let attempt = 1; ; attempt++) {
    let begun = false
    const repaired = repairs.reduce((changed, repair) => repair.apply(changed), request)
    try {
      for await (const part of yieldToEventLoop(provider.stream(repaired, signal))) {
        // Only a repair that has helped is made from the beginning next time.
        if (!begun) known.push(...repairs.slice(known.length))
        begun = true
        yield part
      }
      return
    } catch (thrown) {
      const repair = begun ? null : findRepair(thrown, repaired, { provider, made: repairs })
      if (repair !== null) {
        repairs.push(repair)
        report?.(repair.notice)
        continue
      }
      if (begun || attempt >= MAX_ATTEMPTS || !isRetryable(thrown)) throw thrown
      const milliseconds = thrown.retryAfterMs ?? INITIAL_BACKOFF_MS * 2 ** (attempt - 1)
      if (milliseconds > MAX_BACKOFF_MS) throw thrown
      if (milliseconds >= MIN_REPORTED_MS && wait !== undefined) {
        await wait(thrown.message, milliseconds)
      } else await pause(milliseconds, signal)
    }
  }
}

/** How long an answer may block the event loop, on which key presses and other agents depend. */
const MAX_BLOCKING_MS = 8

/** Yields to the event loop while a model sends faster than its answer is processed. */
async function* yieldToEventLoop<Part>(parts: AsyncIterable<Part>): AsyncGenerator<Part> {
  let since = performance.now()
  for await (const part of parts) {
    yield part
    if (performance.now() - since < MAX_BLOCKING_MS) continue
    await nextTurn()
    since = performance.now()
  }
}

function isRetryable(thrown: unknown): thrown is ProviderError {
  return thrown instanceof ProviderError && RETRYABLE_TYPES.has(thrown.type)
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(finish, milliseconds)
    const abort = (): void => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    function finish(): void {
      signal.removeEventListener('abort', abort)
      resolve()
    }
    signal.addEventListener('abort', abort, { once: true })
  })
}
