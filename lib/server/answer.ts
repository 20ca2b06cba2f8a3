import { otidOf } from './ids.ts'
import type { LiveRun } from './live-run.ts'
import type { ModelPart, ModelUsage } from './providers/provider.ts'
import type { CallRecord, MessageBody } from './records.ts'
import { callJson, type Envelope, enveloped } from './wire.ts'

/** One answer of the model, told part by part as it streams in, and kept for the database. */
export interface AnswerBuilder {
  take(part: ModelPart): void
  /** Whole parts, for clients that asked for no tokens. */
  tellWhole(): void
  body(partial: boolean): Extract<MessageBody, { role: 'assistant' }>
  readonly usage: ModelUsage | null
  /** The model was stopped by its limit of tokens. */
  readonly isCutShort: boolean
  readonly isEmpty: boolean
}

export interface AnswerOptions {
  readonly messageId: string
  readonly stepId: string
  readonly date: string
  readonly model: string
  readonly tokens: boolean
  /** Who runs a call of this tool. */
  runsOf(tool: string): 'server' | 'client'
}

export function createAnswer(run: LiveRun, options: AnswerOptions): AnswerBuilder {
  const reasoning: { text: string; signature: string | null }[] = []
  const calls: CallRecord[] = []
  let text = ''
  let usage: ModelUsage | null = null
  let isCutShort = false

  const envelope = (otid: string): Envelope => ({
    id: options.messageId,
    otid,
    date: options.date,
    runId: run.record.id,
    stepId: options.stepId,
  })
  const part = (index: number): Envelope => envelope(otidOf(options.messageId, index))
  const textPart = (): number => (reasoning.some((one) => one.text !== '') ? 1 : 0)
  const tell = (type: string, at: Envelope, fields: Readonly<Record<string, unknown>>): void =>
    run.emit(enveloped(type, at, fields))
  const tellReasoning = (delta: string): void =>
    tell('reasoning_message', part(0), {
      source: 'reasoner_model',
      reasoning: delta,
      signature: null,
    })
  const tellText = (delta: string): void =>
    tell('assistant_message', part(textPart()), { content: delta })
  const tellCall = (runs: CallRecord['runs'], fields: Readonly<Record<string, unknown>>): void => {
    const servers = runs === 'client' && calls.some((call) => call.runs === 'server')
    const at = textPart() + (text === '' ? 0 : 1) + (servers ? 1 : 0)
    const type = runs === 'server' ? 'tool_call_message' : 'approval_request_message'
    tell(type, part(at), { tool_call: fields, tool_calls: [fields] })
  }
  const addReasoning = (delta: string): void => {
    const last = reasoning.at(-1)
    if (last === undefined || last.signature !== null)
      reasoning.push({ text: delta, signature: null })
    else last.text += delta
  }

  return {
    get usage() {
      return usage
    },
    get isCutShort() {
      return isCutShort
    },
    get isEmpty() {
      return text === '' && calls.length === 0 && reasoning.every((one) => one.text === '')
    },
    take(one) {
      switch (one.type) {
        case 'reasoning':
          addReasoning(one.delta)
          if (options.tokens) tellReasoning(one.delta)
          break
        case 'reasoningSignature':
          if (reasoning.at(-1)?.signature !== null) reasoning.push({ text: '', signature: null })
          Object.assign(reasoning.at(-1) ?? {}, { signature: one.signature })
          break
        case 'text':
          text += one.delta
          if (options.tokens) tellText(one.delta)
          break
        case 'callStart': {
          const runs = options.runsOf(one.name)
          calls.push({ callId: one.callId, name: one.name, args: '', runs })
          const fields = { name: one.name, arguments: null, tool_call_id: one.callId }
          if (options.tokens) tellCall(runs, fields)
          break
        }
        case 'callDelta': {
          const index = calls.findIndex((call) => call.callId === one.callId)
          const call = calls[index]
          if (call === undefined) break
          calls[index] = { ...call, args: call.args + one.args }
          const fields = { name: null, arguments: one.args, tool_call_id: one.callId }
          if (options.tokens) tellCall(call.runs, fields)
          break
        }
        case 'finish':
          usage = one.usage
          isCutShort = one.reason === 'length'
      }
    },
    tellWhole() {
      if (options.tokens) return
      const thought = reasoning.map((one) => one.text).join('')
      if (thought !== '') tellReasoning(thought)
      if (text !== '') tellText(text)
      for (const call of calls) tellCall(call.runs, callJson(call))
    },
    body: (partial) => ({
      role: 'assistant',
      reasoning: [...reasoning],
      text,
      calls: [...calls],
      partial,
      model: options.model,
    }),
  }
}
