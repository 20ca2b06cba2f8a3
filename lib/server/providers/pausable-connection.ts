import { subscribe } from 'node:diagnostics_channel'
import { isRecord } from '../../util/is-record.ts'

/** The connection on which the response to one request arrives. */
export interface PausableConnection {
  /** Leaves what arrives to the system until `resume`. Does nothing while the connection is not known. */
  pause(): void
  resume(): void
}

/** What is known of the connection of a request that is made. */
interface KnownConnection {
  socket: unknown
}

const known = new WeakMap<object, KnownConnection>()
let creating: KnownConnection | null = null
let isSubscribed = false

/**
 * Follows the request that is made in `trackRequest` to its connection, which `fetch` does not name: the library behind it reports it by
 * diagnostics channels. Each read wakes the program up, and takes more time than to convert the piece that it brings.
 */
export function createPausableConnection(): PausableConnection & {
  trackRequest<T>(request: () => T): T
} {
  const connection: KnownConnection = { socket: null }
  return {
    trackRequest(request) {
      if (!isSubscribed) subscribeToRequests()
      creating = connection
      try {
        return request()
      } finally {
        creating = null
      }
    },
    pause() {
      const handle = handleOf(connection)
      if (handle?.reading === true) handle.readStop()
    },
    resume() {
      const handle = handleOf(connection)
      if (handle?.reading === true) handle.readStart()
    },
  }
}

function subscribeToRequests(): void {
  isSubscribed = true
  subscribe('undici:request:create', (message) => {
    const { request } = Object(message)
    if (creating !== null && isRecord(request)) known.set(request, creating)
  })
  subscribe('undici:client:sendHeaders', (message) => {
    const { request, socket } = Object(message)
    const connection = isRecord(request) ? known.get(request) : undefined
    if (connection !== undefined) connection.socket = socket
  })
}

interface ReadingHandle {
  /** What Node believes. It stops to read when more arrives than is read, and fails to start what is started already. */
  readonly reading: unknown
  readStop(): void
  readStart(): void
}

/** Undocumented: a stream that is read by its event `readable` has no method that stops the system's reads. */
function handleOf({ socket }: KnownConnection): ReadingHandle | null {
  const { _handle: handle } = Object(socket)
  return isRecord(handle) && typeof handle['readStop'] === 'function'
    ? (handle as unknown as ReadingHandle)
    : null
}
