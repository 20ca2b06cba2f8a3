import { setTimeout as pause } from 'node:timers/promises'
import type { TourOutcome, TourStop } from './demo-tour.ts'
import { demoTour, farewell, label, nothingMore } from './demo-tour.ts'
import type { ModelMessage, ModelPart, ModelRequest, Provider } from './provider.ts'

/** A scripted model that demonstrates the workbench. It is used only on request. */
export function createDemoProvider({ delayMs = 14 }: { readonly delayMs?: number } = {}): Provider {
  return {
    id: 'demo',
    title: 'Demo — not an AI',
    listModels: async () => [
      {
        handle: 'demo/tour',
        name: 'Demo tour — not an AI',
        contextWindow: 128_000,
        maxOutputTokens: null,
      },
    ],
    async *stream(request, signal) {
      for (const part of answerTo(request)) {
        signal.throwIfAborted()
        if (delayMs > 0) await pause(delayMs, undefined, { signal }).catch(() => undefined)
        signal.throwIfAborted()
        yield part
      }
    },
  }
}

/** The next stop of the tour, after a remark about the outcome of the previous one. */
function answerTo(request: ModelRequest): readonly ModelPart[] {
  const round = roundOf(request.messages)
  const visited = new Set(round.messages.flatMap(callIds))
  const stops = demoTour.filter((stop) => request.tools.some((tool) => tool.name === stop.tool))
  const ended = visited.size > 0 && round.messages.some(saysFarewell)
  const next = stops.find((stop) => !visited.has(idOf(stop, round.number)))
  const remark = remarkOn(round, demoTour)
  if (ended) return spoken({ text: nothingMore, request })
  if (next === undefined)
    return spoken({ text: stops.length > 0 ? joined(remark, farewell) : withoutTools(), request })
  const text = joined(remark, opening(next, visited.size === 0, stops))
  return spoken({ text, stop: next, round: round.number, request })
}

interface TourRound {
  /** How many times the tour was repeated. */
  readonly number: number
  readonly messages: readonly ModelMessage[]
}

function roundOf(messages: readonly ModelMessage[]): TourRound {
  const starts = messages.flatMap((message, index) => (asksAgain(message) ? [index] : []))
  return { number: starts.length, messages: messages.slice(starts.at(-1) ?? 0) }
}

function asksAgain(message: ModelMessage): boolean {
  if (message.role !== 'user') return false
  const last = message.content.findLast((part) => part.type === 'text')
  return last?.type === 'text' && /\bagain\b/i.test(last.text)
}

function saysFarewell(message: ModelMessage): boolean {
  return message.role === 'assistant' && message.text.includes('That was the demo.')
}

function callIds(message: ModelMessage): readonly string[] {
  return message.role === 'assistant' ? message.calls.map((call) => call.callId) : []
}

function idOf(stop: TourStop, round: number): string {
  return `demo-${round}-${stop.id}`
}

/** Remarks about the results since the last answer. */
function remarkOn(round: TourRound, stops: readonly TourStop[]): string {
  const spokenAt = round.messages.findLastIndex((message) => message.role === 'assistant')
  const remarks = round.messages.slice(spokenAt + 1).flatMap((message) => {
    if (message.role !== 'tool') return []
    const stop = stops.find((each) => idOf(each, round.number) === message.callId)
    return stop === undefined ? [] : [stop.after(outcomeOf(message))]
  })
  return remarks.join('\n')
}

// Verbatim: what Letta, and the workbench, send when a call is denied without a reason.
const NO_REASON = /^(None|The user said no\.)?$/

function outcomeOf({ text, isError }: Extract<ModelMessage, { role: 'tool' }>): TourOutcome {
  const message = unwrapped(text)
  const denied = /request to call tool denied\.(?: User reason: ([\s\S]*))?/.exec(message)
  if (denied !== null) {
    const reason = denied[1]?.trim() ?? ''
    return { type: 'denied', reason: NO_REASON.test(reason) ? null : reason }
  }
  return { type: isError ? 'failed' : 'done', text: message }
}

/** Letta wraps a result as `{"status":…,"message":…}`. */
function unwrapped(text: string): string {
  try {
    const { message }: { message?: unknown } = JSON.parse(text) ?? {}
    return typeof message === 'string' ? message : text
  } catch {
    return text
  }
}

/** The label comes first even if the tools of the first stops are missing. */
function opening(stop: TourStop, isFirst: boolean, stops: readonly TourStop[]): string {
  return isFirst && stops[0] === stop && !stop.before.startsWith(label)
    ? `${label} · ${stop.before}`
    : stop.before
}

function withoutTools(): string {
  return `${label} · I have no tools here, so I cannot play the demo.\n\n${farewell}`
}

function joined(...texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join('\n\n')
}

interface Speech {
  readonly text: string
  readonly stop?: TourStop
  readonly round?: number
  readonly request: ModelRequest
}

function spoken({ text, stop, round = 0, request }: Speech): readonly ModelPart[] {
  const thought = stop === undefined ? [] : words(stop.thought)
  const said = words(text)
  const tool = request.tools.find((each) => each.name === stop?.tool)
  const call = stop && tool ? callParts(idOf(stop, round), stop.tool, stop.args(tool)) : []
  const usage = {
    promptTokens: Math.ceil(JSON.stringify(request.messages).length / 4),
    completionTokens: thought.length + said.length + call.length,
    cachedTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: thought.length,
  }
  return [
    ...thought.map((delta) => ({ type: 'reasoning' as const, delta })),
    ...said.map((delta) => ({ type: 'text' as const, delta })),
    ...call,
    { type: 'finish', reason: call.length > 0 ? 'tool-calls' : 'stop', usage },
  ]
}

function callParts(callId: string, name: string, args: unknown): readonly ModelPart[] {
  const pieces = JSON.stringify(args).match(/[\s\S]{1,16}/g) ?? []
  return [
    { type: 'callStart', callId, name },
    ...pieces.map((piece) => ({ type: 'callDelta' as const, callId, args: piece })),
  ]
}

function words(text: string): readonly string[] {
  return text.match(/\s*\S+/g) ?? []
}
