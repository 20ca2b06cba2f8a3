import { randomUUID } from 'node:crypto'
import type { ServerType } from '../../session/state/agent.ts'
import { createTextRedactor, findSecrets } from '../../util/redact.ts'
import type { Connection } from '../connect.ts'
import { toUserError } from '../errors.ts'
import { EMBEDDED_SERVER_NAME } from '../messages.ts'
import { reportedWaits, type WaitToRetry } from '../waits.ts'
import { type GatewayCopies, gatewayCopies } from './agent-copies.ts'
import { type GatewayAgents, gatewayAgents } from './agents.ts'
import { type GatewayArchival, gatewayArchival } from './archival.ts'
import { type GatewayVersions, gatewayVersions } from './block-versions.ts'
import { type GatewayBlocks, gatewayBlocks } from './blocks.ts'
import { composeClientId } from './change-header.ts'
import { type GatewayConversations, gatewayConversations } from './conversations.ts'
import { type ServerLeases, serverLeases } from './leases.ts'
import { type GatewayModels, gatewayModels } from './models.ts'
import { createRequests } from './requests.ts'
import { type GatewayThreads, gatewayThreads } from './threads.ts'
import { type GatewayTools, gatewayTools } from './tools.ts'
import { type GatewayTurns, gatewayTurns } from './turns.ts'

/**
 * The requests to a Letta server by noun, independent of the wire format. Apart from `connect`, only this room uses the SDK. Errors
 * of the server and the network are thrown as `UserError`.
 */
export interface Gateway {
  readonly type: ServerType
  readonly url: string | null
  /** Names this client in its requests and leases. */
  readonly session: string
  readonly agents: GatewayAgents
  readonly models: GatewayModels
  readonly blocks: GatewayBlocks
  readonly versions: GatewayVersions
  readonly archival: GatewayArchival
  readonly tools: GatewayTools
  readonly conversations: GatewayConversations
  readonly threads: GatewayThreads
  readonly turns: GatewayTurns
  readonly leases: ServerLeases
  readonly copies: GatewayCopies
  /** Differs after each change of the embedded server's database; null for other servers. */
  changeStamp(): string | null
  close(): Promise<void>
}

/**
 * `homeId`: what the sessions of the user on this machine have in common. `wait`: for what is repeated later, without a report by
 * default.
 */
export function createGateway(
  connection: Connection,
  homeId: string | null = null,
  wait: WaitToRetry = reportedWaits(() => undefined),
): Gateway {
  const { client, type, url } = connection
  const server = url ?? EMBEDDED_SERVER_NAME
  const clean = createTextRedactor(findSecrets({ LETTA_API_KEY: client.apiKey ?? undefined }))
  const toError = (thrown: unknown): unknown => toUserError(thrown, server, clean)
  const requests = createRequests(server, clean)
  const clientId = composeClientId(homeId ?? randomUUID(), randomUUID())
  const session = randomUUID()
  const agents = gatewayAgents(client, requests)
  return {
    type,
    url,
    session,
    agents,
    models: gatewayModels(client, requests),
    blocks: gatewayBlocks(client, requests, clientId),
    versions: gatewayVersions(client, requests, clientId),
    archival: gatewayArchival(client, requests),
    tools: gatewayTools(client, requests),
    conversations: gatewayConversations(client, requests),
    threads: gatewayThreads(client, requests, agents),
    turns: gatewayTurns(client, {
      call: requests.call,
      session,
      background: type !== 'embedded',
      clean,
      toUserError: toError,
      wait,
    }),
    leases: serverLeases(client, toError),
    copies: gatewayCopies(client, requests),
    changeStamp: () => connection.changeStamp?.() ?? null,
    close: () => connection.close(),
  }
}
