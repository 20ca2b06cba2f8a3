import { newId } from '../ids.ts'
import { callCutOff, pythonToolNotRun, toolNotAllowed } from '../messages/tools.ts'
import type { AgentRecord, CallRecord, ToolRecord } from '../records.ts'
import { runBuiltIn, type ServerToolResult } from '../server-tools/built-in-tools.ts'
import { type Loop, storeMessage } from './loop-context.ts'
import { resolveAgent } from './resolve-agent.ts'
import { toolReturnEvent } from './tool-return-event.ts'

/** The tools that the model may call: the agent's, and those of the request. */
export function listTools({ storage, input }: Loop, agent: AgentRecord): readonly ToolRecord[] {
  const attached = agent.toolIds.flatMap((id) => storage.tools.get(id) ?? [])
  const all = [...attached, ...input.clientTools]
  // Providers refuse two tools of the same name.
  return all.filter(({ name }, index) => all.findIndex((one) => one.name === name) === index)
}

/**
 * Where a call runs. A client runs tools that it sent with the request, tools without source code, and approves tools with an
 * approval rule, of the agent or of the request. The server runs its own tools. It answers every other call with an error, because a call that no client
 * runs would block the agent: those of unknown tools, and of Python tools, for which it has no sandbox.
 */
export function resolveExecutor(
  name: string,
  agent: AgentRecord,
  tools: readonly ToolRecord[],
  approvalTools: readonly string[] = [],
): CallRecord['runs'] {
  const tool = tools.find((one) => one.name === name)
  if (tool === undefined) return 'server'
  if (!tool.builtIn && tool.sourceType === 'json') return 'client'
  const needsApproval = agent.toolRules.some(
    (rule) => rule.type === 'requires_approval' && rule.tool_name === name,
  )
  return needsApproval || approvalTools.includes(name) ? 'client' : 'server'
}

/** Runs calls and stores their results. Returns functions that send the events, to be called once all is stored. */
export function answerCalls(
  loop: Loop,
  stepId: string | null,
  calls: readonly CallRecord[],
): readonly (() => void)[] {
  return calls.flatMap((call) => {
    // Each call sees the changes of the previous one.
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
  const tool = tools.find((one) => one.name === name)
  const origin = { callId, name, runId: run.record.id, stepId }
  const fields = storage.transaction(() => {
    const answer =
      call.isCut === true
        ? toError(callCutOff(name))
        : tool === undefined
          ? toUnknownToolResult(name, tools)
          : tool.builtIn
            ? runBuiltIn(name, args, { agent, thread, storage, now: now(), call: origin })
            : toError(pythonToolNotRun(name))
    const body = { role: 'tool', callId, name, ...answer, ...EMPTY_FIELDS } as const
    const id = storeMessage(loop, stepId, body)
    return { id, body }
  })
  const { id, body } = fields
  const event = toolReturnEvent(loop, { id, stepId }, body)
  return () => run.emit(event)
}

/**
 * Sends the result of a call that was cut off, while the client resolves the other calls of the answer. It is stored after
 * theirs.
 */
export function emitCutReturns(
  loop: Loop,
  { stepId }: { readonly stepId: string },
  calls: readonly CallRecord[],
): void {
  for (const { callId, name } of calls.filter((call) => call.isCut === true)) {
    const result = { callId, name, ...toError(callCutOff(name)), stdout: [] }
    loop.run.emit(toolReturnEvent(loop, { id: newId('message'), stepId }, result))
  }
}

const EMPTY_FIELDS = { pictures: [], stdout: [], denial: null } as const

function toUnknownToolResult(name: string, tools: readonly ToolRecord[]): ServerToolResult {
  const available = tools.map((tool) => tool.name)
  return toError(toolNotAllowed(name, available))
}

function toError(text: string): ServerToolResult {
  return { status: 'error', text, stderr: [] }
}
