import type { OutputFormat } from '../cli/flags.ts'
import { denialMessage } from '../permissions/messages.ts'
import type { SessionEvent } from '../session/events.ts'
import { permissionDenied } from '../session/messages/approvals.ts'
import type { Entry, ToolCall } from '../session/state/entry.ts'
import type { SessionState } from '../session/state/session-state.ts'
import type { TurnOutcome } from '../session/state/turn.ts'
import { stringifyForTerminal, toTerminalText } from '../util/sanitize.ts'
import { NO_ASSISTANT_RESPONSE } from './messages.ts'
import type { MessageLine, OutputLine, ResultLine } from './output-lines.ts'

/** How the run ended. */
interface Ending {
  readonly outcome: TurnOutcome
  /** The last answer of the turn; null when there was none. */
  readonly answer: string | null
  readonly state: SessionState
  readonly durationMs: number
}

/** Text for standard output, as a pure projection of the session's events. */
interface EventFormat {
  /** Text for an event, `state` being the state after it; `seqId` is the number of message chunks up to and including it. */
  event(event: SessionEvent, state: SessionState, seqId: number): string
  end(ending: Ending): string
}

const silent = (): string => ''

export const formats: Readonly<Record<OutputFormat, EventFormat>> = {
  text: {
    event: silent,
    end: ({ outcome, answer }) =>
      outcome.type === 'done' && answer !== null ? `${toTerminalText(answer)}\n` : '',
  },
  json: { event: silent, end: (ending) => `${stringifyForTerminal(resultOf(ending), 2)}\n` },
  'stream-json': {
    event: (event, state, seqId) => linesOf(event, state, seqId).map(toLine).join(''),
    end: (ending) => toLine(resultOf(ending)),
  },
}

/** Chunks of messages are numbered in the order in which they are written. */
export function isMessageChunk({ type }: SessionEvent): boolean {
  return type === 'message.delta' || type === 'tool.delta' || type === 'tool.finished'
}

function toLine(value: OutputLine): string {
  return `${stringifyForTerminal(value)}\n`
}

function linesOf(event: SessionEvent, state: SessionState, seqId: number): readonly OutputLine[] {
  switch (event.type) {
    case 'agent.opened': {
      const { id, model, tools } = event.agent
      return [{ type: 'init', agent_id: id, model, tools }]
    }
    case 'message.delta': {
      const { role, text, id: otid } = event
      return role === 'assistant'
        ? [chunk('assistant_message', seqId, { content: text, otid })]
        : [chunk('reasoning_message', seqId, { reasoning: text, otid })]
    }
    case 'tool.delta':
      return [chunk(CALL_TYPE[event.host], seqId, callFields(event))]
    case 'tool.finished': {
      const { callId, status, text } = event
      return [
        chunk('tool_return_message', seqId, {
          tool_return: text,
          status,
          tool_call_id: callId,
          otid: `return-${callId}`,
        }),
      ]
    }
    case 'approval.requested':
      return decidedByRule(event, state)
    case 'approval.decided':
      return [decisionLine(callOf(state, event.callId), event)]
    case 'turn.finished':
      return closingLines(event.outcome, state)
    default:
      return []
  }
}

const CALL_TYPE = { local: 'approval_request_message', server: 'tool_call_message' } as const

/** One chunk of a message: the seed's spelling of the fields first, then the server's. */
function chunk<Type extends MessageLine['messageType'], Fields extends { readonly otid: string }>(
  messageType: Type,
  seqId: number,
  { otid, ...fields }: Fields,
) {
  const server = { message_type: messageType, seq_id: seqId }
  return { type: 'message', messageType, ...fields, otid, seqId, ...server } as const
}

function callFields({ callId, tool, args }: Extract<SessionEvent, { type: 'tool.delta' }>) {
  const call = { name: tool, arguments: args, tool_call_id: callId }
  return { tool_call: call, otid: `call-${callId}` }
}

function decidedByRule(
  { requests }: Extract<SessionEvent, { type: 'approval.requested' }>,
  state: SessionState,
): readonly OutputLine[] {
  return requests.flatMap(({ callId, verdict }) => {
    if (verdict.decision === 'ask') return []
    const call = callOf(state, callId)
    const reason =
      verdict.decision === 'allow' ? verdict.because : permissionDenied(denialMessage(verdict))
    return [
      {
        type: verdict.decision === 'allow' ? 'auto_approval' : 'denial',
        tool_name: call?.tool ?? null,
        tool_call_id: callId,
        reason,
        matched_rule: verdict.rule,
      },
    ]
  })
}

function decisionLine(
  call: ToolCall | null,
  event: Extract<SessionEvent, { type: 'approval.decided' }>,
): OutputLine {
  return {
    type: event.allow ? 'auto_approval' : 'denial',
    tool_name: call?.tool ?? null,
    tool_call_id: event.callId,
    reason: event.reason,
    matched_rule: null,
  }
}

function callOf(state: SessionState, callId: string): ToolCall | null {
  const is = (entry: Entry): boolean => entry.type === 'tool' && entry.call.callId === callId
  const entry = state.current.findLast(is)
  return entry?.type === 'tool' ? entry.call : null
}

function closingLines(outcome: TurnOutcome, state: SessionState): readonly OutputLine[] {
  const stop = outcome.type === 'failed' ? outcome.stop : STOP_REASONS[outcome.type]
  const { promptTokens, completionTokens, totalTokens } = state.usage
  return [
    ...errorLines(outcome),
    {
      type: 'message',
      messageType: 'stop_reason',
      stopReason: stop,
      message_type: 'stop_reason',
      stop_reason: stop,
    },
    {
      type: 'message',
      messageType: 'usage_statistics',
      promptTokens,
      completionTokens,
      totalTokens,
      message_type: 'usage_statistics',
      ...usageOf(state.usage),
      step_count: state.usage.steps,
    },
  ]
}

function errorLines(outcome: TurnOutcome): readonly OutputLine[] {
  if (outcome.type !== 'failed') return []
  const { message, hint, stop } = outcome
  return [{ type: 'error', message, hint, stop_reason: stop }]
}

const STOP_REASONS = { done: 'end_turn', cancelled: 'cancelled' } as const

const SUBTYPES = { done: 'success', cancelled: 'cancelled', failed: 'error' } as const

function resultOf({ outcome, answer, state, durationMs }: Ending): ResultLine {
  const { totals, agent } = state
  return {
    type: 'result',
    subtype: SUBTYPES[outcome.type],
    is_error: outcome.type !== 'done' || answer === null,
    duration_ms: Math.round(durationMs),
    duration_api_ms: Math.round(totals.apiMs),
    num_turns: totals.usage.steps || totals.turns,
    result: resultText(outcome, answer),
    agent_id: agent?.id ?? null,
    usage: usageOf(totals.usage),
    // By the list prices; absent when the price of the model is unknown.
    ...(totals.usage.dollars ? { total_cost_usd: totals.usage.dollars } : {}),
  }
}

function resultText(outcome: TurnOutcome, answer: string | null): string {
  if (outcome.type === 'failed') return outcome.message
  return answer ?? (outcome.type === 'cancelled' ? '' : NO_ASSISTANT_RESPONSE)
}

function usageOf(usage: SessionState['usage']) {
  return {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.totalTokens,
  }
}
