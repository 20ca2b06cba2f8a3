import { randomUUID } from 'node:crypto'
import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import { denyPendingCalls } from '../../lib/headless/auto-deny.ts'
import { createServices } from '../../lib/session/create-services.ts'
import { policyOf } from '../../lib/session/policy.ts'
import { reduceSession } from '../../lib/session/reduce/session.ts'
import { resolveToolCalls } from '../../lib/session/resolve-tool-calls.ts'
import { emptySession, type SessionState } from '../../lib/session/state/session-state.ts'
import { createStore } from '../../lib/store.ts'
import { TOOLS } from '../../lib/tools/index.ts'
import { jsonSchema } from '../../lib/tools/schema.ts'
import { stringifyForTerminal } from '../../lib/util/sanitize.ts'
import type { CliEnvironment } from '../io/cli-environment.ts'
import { createPrinter, notifySettingsErrors } from '../io/printer.ts'
import { prepareSession, requireDenials } from '../session-options.ts'

/** `letta tools list` */
export async function printTools(
  cli: CliEnvironment,
  { flags }: SubcommandInvocation,
): Promise<number> {
  const { print, printJson } = createPrinter(cli)
  if (flags.has('json')) {
    const tools = TOOLS.map((tool) => ({
      name: tool.name,
      access: tool.access,
      description: tool.description,
      parameters: jsonSchema(tool),
    }))
    return printJson(tools)
  }
  for (const { name, access, description } of TOOLS) {
    print(`${name.padEnd(14)} ${access.padEnd(8)} ${description.split('\n')[0]}`)
  }
  return 0
}

/**
 * `letta tools call NAME JSON`: one call, resolved by the same code as a call of the agent. A call that would await approval is
 * denied, because no user is asked.
 */
export async function callTool(
  cli: CliEnvironment,
  { operands: [tool = '', args = '{}'], options }: SubcommandInvocation,
): Promise<number> {
  const { session, settings } = await prepareSession(cli, options, false)
  requireDenials(settings)
  notifySettingsErrors(settings, createPrinter(cli))
  const store = createStore(emptySession(session.directory, Date.now()), reduceSession)
  const services = createServices(session, store)
  const callId = randomUUID()
  store.dispatch({ type: 'turn.started', turnId: callId, at: Date.now() })
  store.dispatch({ type: 'tool.delta', callId, host: 'local', tool, args, at: Date.now() })
  denyPendingCalls(
    store,
    () => true,
    () => undefined,
  )
  const ports = {
    store,
    runner: services.runner,
    policy: () => policyOf(services),
    attachedTools: session.tools,
    environment: () => session.environment,
    keep: async () => {},
    findKept: async () => null,
    now: Date.now,
  }
  const interrupt = new AbortController()
  process.once('SIGINT', () => interrupt.abort())
  const [reply] = await resolveToolCalls(ports, [{ callId, tool, args }], {
    turnId: callId,
    stale: false,
    signal: interrupt.signal,
  })
  await services.runner.close()
  const isError = reply?.type !== 'result' || reply.status === 'error'
  const output = { ...describeReply(reply), ...describeDecision(store.state) }
  cli.stdout.write(`${stringifyForTerminal(output)}\n`)
  return isError ? 1 : 0
}

type ToolReply = Awaited<ReturnType<typeof resolveToolCalls>>[number]

/** The names are those of the Letta API. */
function describeReply(reply: ToolReply | undefined) {
  if (reply === undefined) return { status: 'error', tool_return: '' }
  if (reply.type === 'denial') return { status: 'error', tool_return: reply.reason }
  if (reply.type === 'approval') return { status: 'success', tool_return: '' }
  const { status, text, stdout, stderr } = reply
  return { status, tool_return: text, stdout, stderr }
}

/** Why the call ran, or did not run. */
function describeDecision({ current }: SessionState) {
  const [entry] = current
  if (entry?.type !== 'tool') return {}
  const { phase } = entry.call
  // A call that can only fail gets its answer before the rules are evaluated.
  if (phase.type === 'finished' && phase.tookMs === null) return {}
  if (phase.type !== 'denied') return { decision: 'allow' }
  return { decision: phase.by === 'rule' ? 'deny' : 'ask' }
}
