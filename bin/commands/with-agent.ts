import type { Invocation } from '../../lib/cli/parse.ts'
import { serverName } from '../../lib/client/backend.ts'
import { connect } from '../../lib/client/connect.ts'
import { openKnownAgent } from '../../lib/client/gateway/agents.ts'
import { type AgentDetails, createGateway, type Gateway } from '../../lib/client/gateway/gateway.ts'
import { backendOf } from '../../lib/session/session-context.ts'
import type { SavedIds } from '../../lib/settings/remembered-ids.ts'
import { UserError } from '../../lib/util/user-error.ts'
import type { Surroundings } from '../io/cli-environment.ts'
import { tellProblems } from '../io/print-errors.ts'
import { type Printer, printerTo } from '../io/stderr.ts'
import { prepareSession } from '../session-options.ts'

export type SubcommandCall = Extract<Invocation, { kind: 'subcommand' }>

/** The server that a subcommand speaks to, and what this folder knows of it. */
export interface ConnectedServer extends Printer {
  readonly around: Surroundings
  readonly gateway: Gateway
  readonly remembered: SavedIds
}

/** Connects, does the work, and lets go of the server however it ends. */
export async function atServer(
  around: Surroundings,
  { options }: SubcommandCall,
  work: (at: ConnectedServer) => Promise<number>,
): Promise<number> {
  const { session, settings } = await prepareSession(around, options, false)
  const printer = printerTo(around)
  tellProblems(settings, printer)
  const gateway = createGateway(await connect(backendOf(session), printer.tell))
  try {
    const remembered = settings.on(serverName(session.backend))
    return await work({ ...printer, around, gateway, remembered })
  } finally {
    await gateway.close()
  }
}

/** The agent that `--agent` names, else the one of this folder. */
export async function resolveAgent(
  { gateway, remembered }: ConnectedServer,
  { options: { agent } }: SubcommandCall,
): Promise<AgentDetails> {
  if (typeof agent !== 'string') return openKnownAgent(gateway, agent.id, 'given')
  if (remembered.lastAgent !== null) return openKnownAgent(gateway, remembered.lastAgent, 'stored')
  throw new UserError('This folder has no agent yet.', {
    hint: 'Name one with --agent ID (letta agents list shows them), or make one: letta',
  })
}
