import type { JsonObject } from '../../util/is-record.ts'
import type { ModelPart, ModelUsage } from '../providers/provider.ts'
import type { CallRecord, MessageBody } from '../records.ts'
import { toCallJson } from '../wire/messages.ts'
import { isCutOff } from './complete-call.ts'

/** One event of an answer, without the header that every message event has. */
export interface AnswerPiece {
  readonly type: string
  /** The number of the part it belongs to, by which clients distinguish parts. */
  readonly part: number
  readonly fields: JsonObject
}

export type AnswerBody = Extract<MessageBody, { role: 'assistant' }>

/** One answer of the model, collected part by part as it is streamed. */
export interface ModelAnswer {
  /** Adds a part. Returns the event to send; null for parts that clients do not see. */
  add(part: ModelPart): AnswerPiece | null
  /** The complete answer, one event per part, for clients that did not ask for tokens. */
  completePieces(): readonly AnswerPiece[]
  body(partial: boolean): AnswerBody
  readonly usage: ModelUsage | null
  /** The token limit ended the answer. */
  readonly isTruncated: boolean
  readonly isEmpty: boolean
  /** The model ended its answer without text and calls. */
  readonly isSilent: boolean
}

interface AnswerOptions {
  readonly model: string
  /** Where a call of this tool runs. */
  resolveExecutor(tool: string): CallRecord['runs']
  /** The call as it is stored, once its arguments are complete. */
  completeCall?(call: CallRecord): CallRecord
}

interface AnswerState {
  readonly reasoning: { text: string; signature: string | null }[]
  text: string
  readonly calls: CallRecord[]
  finish: Extract<ModelPart, { type: 'finish' }> | null
}

export function createAnswer({
  model,
  resolveExecutor,
  completeCall = (call) => call,
}: AnswerOptions): ModelAnswer {
  const gathered: AnswerState = { reasoning: [], text: '', calls: [], finish: null }
  const isTruncated = (): boolean => gathered.finish?.reason === 'length'
  const completeCalls = (): CallRecord[] =>
    gathered.calls.map((call, index) =>
      isTruncated() && index === gathered.calls.length - 1 && isCutOff(call)
        ? { ...call, runs: 'server', isCut: true }
        : completeCall(call),
    )
  return {
    get usage() {
      return gathered.finish?.usage ?? null
    },
    get isTruncated() {
      return isTruncated()
    },
    get isSilent() {
      return gathered.text.trim() === '' && gathered.calls.length === 0 && !isTruncated()
    },
    get isEmpty() {
      return gathered.text === '' && gathered.calls.length === 0 && !hasReasoning(gathered)
    },
    add: (part) => applyPart(gathered, part, resolveExecutor),
    completePieces: () => toCompletePieces({ ...gathered, calls: completeCalls() }),
    body: (partial) => ({
      role: 'assistant',
      reasoning: [...gathered.reasoning],
      text: gathered.text,
      calls: partial ? [...gathered.calls] : completeCalls(),
      partial,
      model,
    }),
  }
}

function applyPart(
  gathered: AnswerState,
  part: ModelPart,
  runsOf: AnswerOptions['resolveExecutor'],
): AnswerPiece | null {
  switch (part.type) {
    case 'reasoning':
      addReasoning(gathered, part.delta)
      return reasoningPiece(part.delta)
    case 'reasoningSignature':
      addSignature(gathered, part.signature)
      return null
    case 'text':
      gathered.text += part.delta
      return textPiece(gathered, part.delta)
    case 'textWasReasoning':
      if (gathered.text !== '') addReasoning(gathered, gathered.text)
      gathered.text = ''
      return null
    case 'callStart': {
      const { callId, name } = part
      const call = { callId, name, args: '', runs: runsOf(name) }
      gathered.calls.push(call)
      return callPiece(gathered, call, asDelta({ name, arguments: null, tool_call_id: callId }))
    }
    case 'callDelta':
      return addArguments(gathered, part.callId, part.args)
    case 'finish':
      gathered.finish = part
      return null
  }
}

function addReasoning({ reasoning }: AnswerState, delta: string): void {
  const last = reasoning.at(-1)
  if (last === undefined || last.signature !== null) {
    reasoning.push({ text: delta, signature: null })
  } else {
    last.text += delta
  }
}

/** A signature ends the reasoning before it; without any, it is a part without text. */
function addSignature({ reasoning }: AnswerState, signature: string): void {
  const last = reasoning.at(-1)
  if (last === undefined || last.signature !== null) reasoning.push({ text: '', signature })
  else last.signature = signature
}

function addArguments(gathered: AnswerState, callId: string, args: string): AnswerPiece | null {
  const index = gathered.calls.findLastIndex((call) => call.callId === callId)
  const call = gathered.calls[index]
  if (call === undefined) return null
  gathered.calls[index] = { ...call, args: call.args + args }
  return callPiece(gathered, call, asDelta({ name: null, arguments: args, tool_call_id: callId }))
}

function toCompletePieces(gathered: AnswerState): readonly AnswerPiece[] {
  const thought = gathered.reasoning.map((one) => one.text).join('')
  return [
    ...(thought === '' ? [] : [reasoningPiece(thought)]),
    ...(gathered.text === '' ? [] : [textPiece(gathered, gathered.text)]),
    ...gathered.calls.map((call) => callPiece(gathered, call, asComplete(toCallJson(call)))),
  ]
}

function hasReasoning({ reasoning }: AnswerState): boolean {
  return reasoning.some((one) => one.text !== '')
}

function reasoningPiece(reasoning: string): AnswerPiece {
  const fields = { source: 'reasoner_model', reasoning, signature: null }
  return { type: 'reasoning_message', part: 0, fields }
}

function textPiece(gathered: AnswerState, content: string): AnswerPiece {
  return { type: 'assistant_message', part: hasReasoning(gathered) ? 1 : 0, fields: { content } }
}

/** `tool_calls` is an object in a delta and a list in a complete call: the Python client distinguishes them by this. */
function asDelta(call: JsonObject): JsonObject {
  return { tool_call: call, tool_calls: call }
}

function asComplete(call: JsonObject): JsonObject {
  return { tool_call: call, tool_calls: [call] }
}

/** The calls of the server are one part and those of the client the next, as in lists. */
function callPiece(gathered: AnswerState, { runs }: CallRecord, fields: JsonObject): AnswerPiece {
  const before = [
    hasReasoning(gathered),
    gathered.text !== '',
    runs === 'client' && gathered.calls.some((call) => call.runs === 'server'),
  ]
  return {
    type: runs === 'server' ? 'tool_call_message' : 'approval_request_message',
    part: before.filter(Boolean).length,
    fields,
  }
}
