import type { Invocation } from '../lib/arguments/parse.ts'
import { openKnownAgent } from '../lib/letta/agents.ts'
import { serverName } from '../lib/letta/backend.ts'
import { connect } from '../lib/letta/connect.ts'
import { type AgentRecord, createGateway, type Gateway } from '../lib/letta/gateway.ts'
import { Problem } from '../lib/problem.ts'
import { backendOf } from '../lib/session/session.ts'
import type { Remembered } from '../lib/settings/by-server.ts'
import { type Printer, printerTo } from './print.ts'
import { tellProblems } from './problems.ts'
import { prepareSession } from './session-options.ts'
import type { Surroundings } from './surroundings.ts'

export type SubcommandCall = Extract<Invocation, { kind: 'subcommand' }>

/** The server that a subcommand speaks to, and what this folder knows of it. */
export interface ServerAtHand extends Printer {
  readonly around: Surroundings
  readonly gateway: Gateway
  readonly remembered: Remembered
}

/** Connects, does the work, and lets go of the server however it ends. */
export async function atServer(
  around: Surroundings,
  { options }: SubcommandCall,
  work: (at: ServerAtHand) => Promise<number>,
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
export async function agentAtHand(
  { gateway, remembered }: ServerAtHand,
  { options: { agent } }: SubcommandCall,
): Promise<AgentRecord> {
  if (typeof agent !== 'string') return openKnownAgent(gateway, agent.id, 'given')
  if (remembered.lastAgent !== null) return openKnownAgent(gateway, remembered.lastAgent, 'stored')
  throw new Problem('This folder has no agent yet.', {
    hint: 'Name one with --agent ID (letta agents list shows them), or make one: letta',
  })
}
