import { randomUUID } from 'node:crypto'
import type { Invocation } from '../../lib/cli/parse.ts'
import { refuseWaiting } from '../../lib/headless/auto-deny.ts'
import { createServices } from '../../lib/session/create-services.ts'
import { policyOf } from '../../lib/session/policy.ts'
import { reduceSession } from '../../lib/session/reduce/session.ts'
import { resolveToolCalls } from '../../lib/session/resolve-tool-calls.ts'
import { emptySession, type SessionState } from '../../lib/session/state.ts'
import { createStore } from '../../lib/store.ts'
import type { Surroundings } from '../io/cli-environment.ts'
import { tellProblems } from '../io/print-errors.ts'
import { printerTo } from '../io/stderr.ts'
import { prepareSession } from '../session-options.ts'

/** `letta tools call NAME JSON`: one call by the session's own way of settling it; what would ask is refused. */
export async function callOneTool(
  around: Surroundings,
  { operands, options }: Extract<Invocation, { kind: 'subcommand' }>,
): Promise<number> {
  const [tool = '', args = '{}'] = operands
  const { session, settings } = await prepareSession(around, options, false)
  tellProblems(settings, printerTo(around))
  const store = createStore(emptySession(session.directory, Date.now()), reduceSession)
  const base = createServices(session, store)
  const callId = randomUUID()
  store.dispatch({ type: 'turn.started', turnId: callId, at: Date.now() })
  store.dispatch({ type: 'tool.delta', callId, host: 'local', tool, args, at: Date.now() })
  refuseWaiting(
    store,
    () => true,
    () => undefined,
  )
  const ports = {
    store,
    runner: base.runner,
    policy: () => policyOf(base),
    environment: () => session.environment,
    now: Date.now,
  }
  const interrupt = new AbortController()
  process.once('SIGINT', () => interrupt.abort())
  const [reply] = await resolveToolCalls(ports, [{ callId, tool, args }], {
    turnId: callId,
    stale: false,
    signal: interrupt.signal,
  })
  await base.runner.close()
  const failed = reply?.type !== 'result' || reply.status === 'error'
  around.stdout.write(`${JSON.stringify({ ...answerOf(reply), ...verdictOf(store.state) })}\n`)
  return failed ? 1 : 0
}

type Reply = Awaited<ReturnType<typeof resolveToolCalls>>[number]

function answerOf(reply: Reply | undefined) {
  if (reply === undefined) return { status: 'error', tool_return: '' }
  if (reply.type === 'denial') return { status: 'error', tool_return: reply.reason }
  const { status, text, stdout, stderr } = reply
  return { status, tool_return: text, stdout, stderr }
}

/** Why it ran, or did not. */
function verdictOf({ current }: SessionState) {
  const [entry] = current
  if (entry?.type !== 'tool') return {}
  const { phase } = entry.call
  // A call that can only fail is answered before it is judged.
  if (phase.type === 'finished' && phase.tookMs === null) return {}
  if (phase.type !== 'denied') return { decision: 'allow' }
  return { decision: phase.by === 'rule' ? 'deny' : 'ask' }
}
