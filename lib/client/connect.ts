import { setImmediate as nextTurn } from 'node:timers/promises'
import { Letta } from '@letta-ai/letta-client'
import type { ServerType } from '../session/state/agent.ts'
import { readAddress } from '../util/address.ts'
import { isLoopbackHost } from '../util/loopback.ts'
import { createUserError } from '../util/user-error.ts'
import { type AccountBackend, CLOUD_URL } from './backend.ts'
import { serverFetch, withAccess } from './fetch.ts'
import { INVALID_KEY, invalidServerUrl, notEncrypted, URL_WITH_PASSWORD } from './messages.ts'
import { withProviderErrors } from './provider-notices.ts'
import { withRequestLog } from './request-log.ts'
import { withRetryWaits } from './retry-waits.ts'
import { reportedWaits, type WaitToRetry } from './waits.ts'

/** Where the agent lives. */
export type Backend =
  | {
      readonly type: 'embedded'
      /** The database file. */
      readonly database: string
      /** Provider keys and addresses. */
      readonly environment: Readonly<Record<string, string | undefined>>
      readonly demo: boolean
      /** Days for which every version of a memory block is stored; the server's default when absent. */
      readonly historyDays?: number
      /** The size of all backups of the database together; none are made when absent. */
      readonly maxBackupBytes?: number
      /** The share of the context window from which on older messages are summarized. */
      readonly compactAt?: number
    }
  | { readonly type: 'cloud'; readonly apiKey: string }
  | { readonly type: 'selfHosted'; readonly url: string; readonly password: string | null }
  | AccountBackend

/** The SDK's client and the server that it talks to. */
export interface Connection {
  readonly type: ServerType
  /** To show to the user; null when the server is in this process. */
  readonly url: string | null
  readonly client: Letta
  /** Uses the model providers that these variables name from now on. A remote server has its own and ignores this. */
  useProviders?(environment: Readonly<Record<string, string | undefined>>): Promise<void>
  /** Differs after each change of the database of the embedded server. */
  changeStamp?(): string
  close(): Promise<void>
}

const EMBEDDED_URL = 'http://embedded.letta'

/**
 * One client for every server: only `fetch` differs. `report` receives warnings for the user. `wait` is used when a server asks
 * to repeat a request later; by default each wait is reported.
 */
export async function connect(
  backend: Backend,
  report?: (notice: string) => void,
  wait: WaitToRetry = reportedWaits((notice) => report?.(notice)),
): Promise<Connection> {
  if (backend.type === 'embedded') return connectEmbedded(backend, report)
  const url = backend.type === 'cloud' ? CLOUD_URL : checkedUrl(backend.url)
  if (backend.type === 'account' && report !== undefined) backend.access.reportTo(report)
  const apiKey = await keyOf(backend)
  if (apiKey !== '' && isUnencryptedRemote(url)) {
    report?.(notEncrypted(url))
  }
  assertSendable(apiKey)
  const client = new Letta({
    baseURL: url,
    apiKey,
    logLevel: 'off',
    fetch: withRetryWaits(
      withRequestLog(
        backend.type === 'account' ? withAccess(serverFetch, backend.access) : serverFetch,
      ),
      wait,
    ),
  })
  return { type: serverType(backend), url, client, close: async () => {} }
}

function serverType(backend: Exclude<Backend, { type: 'embedded' }>): ServerType {
  if (backend.type !== 'account') return backend.type
  return backend.isCloud ? 'cloud' : 'selfHosted'
}

async function keyOf(backend: Exclude<Backend, { type: 'embedded' }>): Promise<string> {
  if (backend.type === 'account') return backend.access.token()
  return backend.type === 'cloud' ? backend.apiKey : (backend.password ?? '')
}

async function connectEmbedded(
  backend: Extract<Backend, { type: 'embedded' }>,
  report: (notice: string) => void = () => {},
): Promise<Connection> {
  const { demo } = backend
  // Each import blocks for some 20 ms; between them the event loop handles key presses.
  const { findProviders, providersFromEnvironment } = await import('../server/providers/index.ts')
  const found = async (environment: typeof backend.environment) => {
    const named = new Set(providersFromEnvironment(environment).map(({ id }) => id))
    const all = await findProviders({ environment, demo, probeLocal: !demo })
    // A local model server that does not run is not an error: the user did not name it.
    return all.map((one) => (named.has(one.id) ? withProviderErrors(one, report) : one))
  }
  const providers = [...(await found(backend.environment))]
  await nextTurn()
  const { openServer } = await import('../server/app.ts')
  await nextTurn()
  const { database, historyDays, maxBackupBytes, compactAt } = backend
  const server = await openServer({
    database,
    providers,
    onNotice: report,
    ...(historyDays === undefined ? {} : { historyDays }),
    ...(maxBackupBytes === undefined ? {} : { maxBackupBytes }),
    ...(compactAt === undefined ? {} : { compactAt }),
  })
  await nextTurn()
  const client = new Letta({
    baseURL: EMBEDDED_URL,
    apiKey: '',
    logLevel: 'off',
    fetch: withRequestLog(async (input, init) => server.fetch(new Request(input, init))),
  })
  return {
    type: 'embedded',
    url: null,
    client,
    useProviders: async (environment) =>
      void providers.splice(0, providers.length, ...(await found(environment))),
    changeStamp: () => server.changeStamp(),
    close: () => server.close(),
  }
}

/** `fetch` throws on such a key, with the key in its message. */
function assertSendable(key: string): void {
  if (/^[\x20-\x7e\x80-\xff]*$/.test(key)) return
  throw createUserError(INVALID_KEY)
}

function isUnencryptedRemote(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'http:' && !isLoopbackHost(hostname)
}

function checkedUrl(text: string): string {
  if (/^[^/]*\/\/[^/?#]*@/.test(text)) {
    throw createUserError(URL_WITH_PASSWORD)
  }
  const address = readAddress(text)
  if (address !== null) return address
  throw createUserError(invalidServerUrl(text))
}
