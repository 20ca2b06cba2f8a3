import { channel } from 'node:diagnostics_channel'

/** What the debug log shows of a request: no headers, no query and no body. */
export interface RequestLogEntry {
  readonly method: string
  readonly path: string
  /** Null when there was no response. */
  readonly status: number | null
  /** From the request to the end of the response, or to the error. */
  readonly milliseconds: number
  readonly sentBytes: number
  readonly receivedBytes: number
  readonly error: string | null
}

export const requestChannel = channel('letta.request')

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** Publishes each request to `requestChannel` when its response has ended. Without a subscriber it only calls `fetch`. */
export function withRequestLog(fetch: Fetch): Fetch {
  return async (input, init) => {
    if (!requestChannel.hasSubscribers) return fetch(input, init)
    const begun = performance.now()
    const url = new URL(input instanceof Request ? input.url : input)
    const request = {
      method: init?.method ?? (input instanceof Request ? input.method : 'GET'),
      path: url.pathname,
      sentBytes: typeof init?.body === 'string' ? Buffer.byteLength(init.body) : 0,
    }
    const publish = (status: number | null, receivedBytes: number, thrown: unknown): void => {
      const milliseconds = Math.round(performance.now() - begun)
      const error = thrown === null ? null : thrown instanceof Error ? thrown.name : 'Error'
      const entry: RequestLogEntry = { ...request, status, milliseconds, receivedBytes, error }
      requestChannel.publish(entry)
    }
    try {
      const response = await fetch(input, init)
      return countBody(response, (bytes, thrown) => publish(response.status, bytes, thrown))
    } catch (thrown) {
      publish(null, 0, thrown)
      throw thrown
    }
  }
}

/** The same response; `onEnd` is called once with the bytes of the body, when it has been read, cancelled or has failed. */
function countBody(response: Response, onEnd: (bytes: number, thrown: unknown) => void): Response {
  if (response.body === null) {
    onEnd(0, null)
    return response
  }
  let bytes = 0
  let hasEnded = false
  // A cancelled stream also ends the read that is pending.
  const end = (thrown: unknown): void => {
    if (hasEnded) return
    hasEnded = true
    onEnd(bytes, thrown)
  }
  const reader = response.body.getReader()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await reader.read()
        if (done) {
          end(null)
          controller.close()
          return
        }
        bytes += value.byteLength
        controller.enqueue(value)
      } catch (thrown) {
        end(thrown)
        controller.error(thrown)
      }
    },
    cancel(reason) {
      end(null)
      return reader.cancel(reason)
    },
  })
  return new Response(body, response)
}
