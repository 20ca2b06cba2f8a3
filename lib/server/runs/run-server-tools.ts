import { toOtid } from '../ids.ts'
import type { AgentRecord, CallRecord, ToolRecord } from '../records.ts'
import { runBuiltIn, type ServerToolResult } from '../server-tools/built-in-tools.ts'
import { toReturnFields, withMessageHeader } from '../wire/messages.ts'
import { type Loop, storeMessage } from './loop-context.ts'
import { resolveAgent } from './resolve-agent.ts'

/** What the model may call: the agent's tools, and those that came with the request. */
export function listTools({ storage, input }: Loop, agent: AgentRecord): readonly ToolRecord[] {
  const attached = agent.toolIds.flatMap((id) => storage.tools.get(id) ?? [])
  const all = [...attached, ...input.clientTools]
  // Vendors refuse two of a name.
  return all.filter(({ name }, index) => all.findIndex((one) => one.name === name) === index)
}

/** Only our own tools run here; a name that nobody knows is answered here too, with what there is. */
export function resolveExecutor(
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
    const agent = resolveAgent(loop.storage, loop.thread)
    if (agent === null) return []
    return [answerCall(loop, { stepId, call, agent, tools: listTools(loop, agent) })]
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
  const fields = storage.transaction(() => {
    const answer = isKnown
      ? runBuiltIn(name, args, { agent, thread, storage, now: now() })
      : toUnknownToolResult(name, tools)
    const body = { role: 'tool', callId, name, ...answer, ...EMPTY_FIELDS } as const
    const id = storeMessage(loop, stepId, body)
    return { id, body }
  })
  const { id, body } = fields
  const date = now().toISOString()
  const envelope = { id, otid: toOtid(id, 0), date, runId: run.record.id, stepId }
  return () => run.emit(withMessageHeader('tool_return_message', envelope, toReturnFields(body)))
}

const EMPTY_FIELDS = { pictures: [], stdout: [], denial: null } as const

function toUnknownToolResult(name: string, tools: readonly ToolRecord[]): ServerToolResult {
  const names = tools.map((tool) => `'${tool.name}'`).join(', ')
  const text = `[ToolConstraintError] Cannot call ${name}, valid tools include: [${names}].`
  return { status: 'error', text, stderr: [] }
}
