import path from 'node:path'
import { serverName } from '../client/backend.ts'
import { type Backend, connect } from '../client/connect.ts'
import { fileLeases } from '../client/gateway/file-leases.ts'
import { createGateway, type Gateway } from '../client/gateway/gateway.ts'
import { chooseLeases, type LeaseTable } from '../client/gateway/leases.ts'
import type { Store } from '../store.ts'
import { createUserError, UserError } from '../util/user-error.ts'
import { type BaseServices, createServices } from './create-services.ts'
import type { SessionEvent } from './events.ts'
import { readHomeId } from './home-id.ts'
import { NO_AGENT_OPEN, NOT_CONNECTED } from './messages/agents.ts'
import type { Services, SessionOptions } from './services.ts'
import type { Agent } from './state/agent.ts'
import type { SessionState } from './state/session-state.ts'

/** The state that the ports of one session share. The fields change when it connects, signs in or changes the server. */
export interface SessionContext {
  readonly store: Store<SessionState, SessionEvent>
  /** Everything that needs no server. */
  base: BaseServices
  /** Everything, once a server is connected; null before. */
  services: Services | null
  /** Variables that name servers and providers, with the keys given since the start. */
  environment: SessionOptions['environment']
  /**
   * The end of the compaction that runs, which never rejects; null otherwise. Letta's own server would lose a turn of this time from
   * the context.
   */
  compaction: Promise<void> | null
}

export function createContext(
  options: SessionOptions,
  store: Store<SessionState, SessionEvent>,
): SessionContext {
  return {
    store,
    base: createServices(options, store),
    services: null,
    environment: options.environment,
    compaction: null,
  }
}

/** For requests about the open agent; throws a `UserError` while there is none. */
export function agentServices({ services, store }: SessionContext): Services {
  if (services !== null && store.state.agent !== null) return services
  throw createUserError(NO_AGENT_OPEN)
}

/** For requests that need a server, but no agent. Connects again when opening the first agent failed. */
export async function serverServices(context: SessionContext): Promise<Services> {
  if (context.services === null && typeof context.store.state.start !== 'string') {
    throw new UserError(NOT_CONNECTED)
  }
  context.services = await connectedServices(context)
  return context.services
}

/** The services of the context; when it has none, those of a new connection, which the caller keeps or closes. */
export async function connectedServices({
  services,
  base,
  environment,
}: SessionContext): Promise<Services> {
  if (services !== null) return services
  const { options, store } = base
  const { wait } = base.retryWaits
  const report = (notice: string): void => base.notify('warning', notice)
  const connection = await connect(backendOf({ ...options, environment }), report, wait)
  const { type, url, useProviders } = connection
  store.dispatch({ type: 'server.reached', server: { type, url } })
  const homeId = options.demo ? null : await readHomeId(options.lettaDirectory)
  const gateway = createGateway(connection, homeId, wait)
  const leases = leasesOf(gateway, options.lettaDirectory, serverName(options.backend))
  return { ...base, gateway, leases, useProviders }
}

/** The leases of a server, or else those in files. */
export function leasesOf({ leases }: Gateway, lettaDirectory: string, server: string): LeaseTable {
  return chooseLeases(leases, fileLeases(path.join(lettaDirectory, 'leases'), server))
}

export function openAgentId({ store }: Pick<SessionContext, 'store'>): string {
  return store.state.agent?.id ?? ''
}

/** Reports that the open agent differs from what the server reported when it was opened. */
export function changeAgent(
  { store }: Pick<SessionContext, 'store'>,
  change: Partial<Agent>,
): void {
  const { agent } = store.state
  if (agent !== null) store.dispatch({ type: 'agent.changed', agent: { ...agent, ...change } })
}

/** The embedded server's database is in the user's own directory. */
export function backendOf({
  backend,
  lettaDirectory,
  environment,
  demo,
  memoryHistoryDays: historyDays,
  maxBackupBytes,
  compactAtPercent,
}: SessionOptions): Backend {
  if (backend.type !== 'embedded') return backend
  return {
    ...backend,
    database: path.join(lettaDirectory, 'letta.db'),
    environment,
    demo,
    historyDays,
    maxBackupBytes,
    ...(compactAtPercent === undefined ? {} : { compactAt: compactAtPercent / 100 }),
  }
}
