import { otidOf } from '../ids.ts'
import type { AgentRecord, CallRecord, ToolRecord } from '../records.ts'
import { type Answer, runBuiltIn } from '../server-tools/built-in-tools.ts'
import { returnFields, withMessageHeader } from '../wire/messages.ts'
import { type Loop, store } from './loop-context.ts'
import { agentIn } from './resolve-agent.ts'

/** What the model may call: the agent's tools, and those that came with the request. */
export function toolsOf({ storage, input }: Loop, agent: AgentRecord): readonly ToolRecord[] {
  const attached = agent.toolIds.flatMap((id) => storage.tools.get(id) ?? [])
  const all = [...attached, ...input.clientTools]
  // Vendors refuse two of a name.
  return all.filter(({ name }, index) => all.findIndex((one) => one.name === name) === index)
}

/** Only our own tools run here; a name that nobody knows is answered here too, with what there is. */
export function runsOf(
  name: string,
  agent: AgentRecord,
  tools: readonly ToolRecord[],
): CallRecord['runs'] {
  const tool = tools.find((one) => one.name === name)
  if (tool === undefined) return 'server'
  if (!tool.builtIn) return 'client'
  const asks = agent.toolRules.some(
    (rule) => rule.type === 'requires_approval' && rule.tool_name === name,
  )
  return asks ? 'client' : 'server'
}

/** Runs calls here and stores their answers; telling of them is left until they are safely stored. */
export function answerCalls(
  loop: Loop,
  stepId: string | null,
  calls: readonly CallRecord[],
): readonly (() => void)[] {
  return calls.flatMap((call) => {
    // Each finds the agent as the one before has left it.
    const agent = agentIn(loop.storage, loop.thread)
    if (agent === null) return []
    return [answerCall(loop, { stepId, call, agent, tools: toolsOf(loop, agent) })]
  })
}

interface ServerCall {
  readonly stepId: string | null
  readonly call: CallRecord
  readonly agent: AgentRecord
  readonly tools: readonly ToolRecord[]
}

function answerCall(loop: Loop, { stepId, call, agent, tools }: ServerCall): () => void {
  const { storage, thread, now, run } = loop
  const { callId, name, args } = call
  const isKnown = tools.some((tool) => tool.name === name)
  const fields = storage.together(() => {
    const answer = isKnown
      ? runBuiltIn(name, args, { agent, thread, storage, now: now() })
      : unknownTool(name, tools)
    const body = { role: 'tool', callId, name, ...answer, ...NOTHING_MORE } as const
    const id = store(loop, stepId, body)
    return { id, body }
  })
  const { id, body } = fields
  const date = now().toISOString()
  const envelope = { id, otid: otidOf(id, 0), date, runId: run.record.id, stepId }
  return () => run.emit(withMessageHeader('tool_return_message', envelope, returnFields(body)))
}

const NOTHING_MORE = { pictures: [], stdout: [], denial: null } as const

function unknownTool(name: string, tools: readonly ToolRecord[]): Answer {
  const names = tools.map((tool) => `'${tool.name}'`).join(', ')
  const text = `[ToolConstraintError] Cannot call ${name}, valid tools include: [${names}].`
  return { status: 'error', text, stderr: [] }
}
