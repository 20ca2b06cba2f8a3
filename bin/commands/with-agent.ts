import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import { serverName } from '../../lib/client/backend.ts'
import { type Backend, connect } from '../../lib/client/connect.ts'
import type { AgentDetails } from '../../lib/client/gateway/agents.ts'
import { createGateway, type Gateway } from '../../lib/client/gateway/gateway.ts'
import { openKnownAgent } from '../../lib/client/gateway/known-agent.ts'
import { requireAgentOfDirectory } from '../../lib/session/agent-of-directory.ts'
import { readHomeId } from '../../lib/session/home-id.ts'
import { backendOf } from '../../lib/session/session-context.ts'
import type { SavedIds } from '../../lib/settings/remembered-ids.ts'
import { UserError } from '../../lib/util/user-error.ts'
import type { CliEnvironment } from '../io/cli-environment.ts'
import {
  type CliPrinter,
  createPrinter,
  notifySettingsErrors,
  notifyWarning,
} from '../io/printer.ts'
import { NO_AGENT_HERE, NO_AGENT_HERE_HINT } from '../messages.ts'
import { prepareSession } from '../session-options.ts'

/** The server that a subcommand talks to, and the ids of this directory on it. */
export interface ConnectedServer extends CliPrinter {
  readonly gateway: Gateway
  readonly savedIds: SavedIds
  /** `embedded`, or its address. */
  readonly serverName: string
  readonly backend: Backend
  /** Whether the directory is trusted. */
  readonly isTrusted: boolean
  /** Whether a person may be at a terminal; commands of an agent have none. */
  readonly isAttended: boolean
  readonly lettaDirectory: string
  readonly directory: string
  /** The setting about keys and tokens in memory. */
  readonly refusesSecrets: boolean
}

/** Connects to the server of the settings, runs `work`, and closes the connection also when that throws. */
export async function withServer(
  cli: CliEnvironment,
  { options }: SubcommandInvocation,
  work: (server: ConnectedServer) => Promise<number>,
): Promise<number> {
  const { session, settings } = await prepareSession(cli, options, false)
  const printer = createPrinter(cli)
  notifySettingsErrors(settings, printer)
  notifyWarning(session.warning, printer)
  const backend = backendOf(session)
  const homeId = options.demo ? null : await readHomeId(cli.lettaDirectory)
  const gateway = createGateway(await connect(backend, printer.notify), homeId)
  try {
    const name = serverName(session.backend)
    return await work({
      ...printer,
      gateway,
      savedIds: settings.on(name),
      serverName: name,
      backend,
      isTrusted: settings.trusted,
      isAttended: cli.stdin.isTTY === true,
      lettaDirectory: session.lettaDirectory,
      directory: session.directory,
      refusesSecrets: settings.user.refuseSecretsInMemory,
    })
  } finally {
    await gateway.close()
  }
}

/**
 * The agent of `--agent`, or else that of this directory. Throws a `UserError` when there is none, and without a person also where
 * only a file of the directory names it.
 */
export async function agentOfInvocation(
  server: ConnectedServer,
  { options: { agent } }: SubcommandInvocation,
): Promise<AgentDetails> {
  const { gateway, savedIds, isAttended } = server
  if (typeof agent !== 'string') return openKnownAgent(gateway, agent.id, 'given')
  const { lastAgent } = savedIds
  if (lastAgent !== null) {
    const known = await openKnownAgent(gateway, lastAgent, 'stored')
    if (!isAttended) await requireAgentOfDirectory(server, known)
    return known
  }
  throw new UserError(NO_AGENT_HERE, { hint: NO_AGENT_HERE_HINT })
}
