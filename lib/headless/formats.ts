import type { OutputFormat } from '../cli/flags.ts'
import { toShellMessage } from '../cli/shell-message.ts'
import { denialMessage } from '../permissions/messages.ts'
import type { SessionEvent } from '../session/events.ts'
import { permissionDenied } from '../session/messages.ts'
import type { Entry, SessionState, ToolCall, TurnOutcome } from '../session/state.ts'
import { stripControlCharacters } from '../util/sanitize.ts'

/** How the run ended. */
export interface Ending {
  readonly outcome: TurnOutcome
  /** The last answer of the turn; null when there was none. */
  readonly answer: string | null
  readonly state: SessionState
  readonly durationMs: number
}

/** Writes what happens to standard output; a pure projection of the session's events. */
export interface Report {
  event(event: SessionEvent, state: SessionState): void
  end(ending: Ending): void
}

export type Format = (write: (text: string) => void) => Report

export const formats: Readonly<Record<OutputFormat, Format>> = {
  text: (write) => ({
    event: () => undefined,
    end({ outcome, answer }) {
      if (outcome.type === 'done' && answer !== null) write(`${stripControlCharacters(answer)}\n`)
    },
  }),
  json: (write) => ({
    event: () => undefined,
    end: (ending) => write(`${encode(resultOf(ending), 2)}\n`),
  }),
  'stream-json': streamJson,
}

export const NO_ANSWER = 'No assistant response found'

function streamJson(write: (text: string) => void): Report {
  const line = (value: object): void => write(`${encode(value)}\n`)
  const message = messageLines(line)
  return {
    event(event, state) {
      switch (event.type) {
        case 'agent.opened': {
          const { id, model, tools } = event.agent
          return line({ type: 'init', agent_id: id, model, tools })
        }
        case 'message.delta': {
          const text =
            event.role === 'assistant' ? { content: event.text } : { reasoning: event.text }
          return message(`${event.role}_message`, { ...text, otid: event.id })
        }
        case 'tool.delta':
          return message(CALL_TYPE[event.host], callFields(event))
        case 'tool.finished': {
          const { callId, status, text } = event
          return message('tool_return_message', {
            tool_return: text,
            status,
            tool_call_id: callId,
            otid: `return-${callId}`,
          })
        }
        case 'approval.requested':
          return decidedByRule(event, state).forEach(line)
        case 'approval.decided':
          return line(decisionLine(callOf(state, event.callId), event))
        case 'turn.finished':
          return closeTurn(event.outcome, state, line)
        default:
          return undefined
      }
    },
    end: (ending) => line(resultOf(ending)),
  }
}

const CALL_TYPE = { local: 'approval_request_message', server: 'tool_call_message' } as const

/** One chunk of a message: the seed's spelling first, then the server's. */
function messageLines(line: (value: object) => void) {
  let seqId = 0
  return (messageType: string, { otid, ...fields }: { otid: string; [name: string]: unknown }) => {
    seqId += 1
    const server = { message_type: messageType, seq_id: seqId }
    line({ type: 'message', messageType, ...fields, otid, seqId, ...server })
  }
}

function callFields({ callId, tool, args }: Extract<SessionEvent, { type: 'tool.delta' }>) {
  const call = { name: tool, arguments: args, tool_call_id: callId }
  return { tool_call: call, otid: `call-${callId}` }
}

function decidedByRule(
  { requests }: Extract<SessionEvent, { type: 'approval.requested' }>,
  state: SessionState,
): object[] {
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
): object {
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

function closeTurn(outcome: TurnOutcome, state: SessionState, line: (value: object) => void): void {
  const stop = outcome.type === 'failed' ? outcome.stop : STOP_REASONS[outcome.type]
  if (outcome.type === 'failed') {
    const message = toShellMessage(outcome.message)
    const hint = outcome.hint === null ? null : toShellMessage(outcome.hint)
    line({ type: 'error', message, hint, stop_reason: stop })
  }
  line({
    type: 'message',
    messageType: 'stop_reason',
    stopReason: stop,
    message_type: 'stop_reason',
    stop_reason: stop,
  })
  const { promptTokens, completionTokens, totalTokens } = state.usage
  line({
    type: 'message',
    messageType: 'usage_statistics',
    promptTokens,
    completionTokens,
    totalTokens,
    message_type: 'usage_statistics',
    ...usageOf(state.usage),
    step_count: state.usage.steps,
  })
}

const STOP_REASONS = { done: 'end_turn', cancelled: 'cancelled' } as const

const SUBTYPES = { done: 'success', cancelled: 'cancelled', failed: 'error' } as const

function resultOf({ outcome, answer, state, durationMs }: Ending): object {
  const { totals, agent } = state
  return {
    type: 'result',
    subtype: SUBTYPES[outcome.type],
    is_error: outcome.type !== 'done' || answer === null,
    duration_ms: Math.round(durationMs),
    duration_api_ms: Math.round(totals.apiMs),
    num_turns: totals.usage.steps || totals.turns,
    result: wordsOf(outcome, answer),
    agent_id: agent?.id ?? null,
    usage: usageOf(totals.usage),
  }
}

function wordsOf(outcome: TurnOutcome, answer: string | null): string {
  if (outcome.type === 'failed') return toShellMessage(outcome.message)
  return answer ?? (outcome.type === 'cancelled' ? '' : NO_ANSWER)
}

function usageOf(usage: SessionState['usage']) {
  return {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.totalTokens,
  }
}

/** JSON leaves C1 controls as they are, and a terminal obeys them. */
export function encode(value: object, indent?: number): string {
  return JSON.stringify(value, null, indent).replaceAll(
    /[\u007f-\u009f]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
