/** One answer of the scripted model. All parts optional; a turn is used once, unless it is sticky. */
export interface ScriptedAnswer {
  /** Regular expressions; `last` is tried on the JSON of the last message. */
  readonly match?: { readonly model?: string; readonly system?: string; readonly last?: string }
  readonly sticky?: boolean
  /** A text is cut into words; a list is sent delta by delta. */
  readonly reasoning?: string | readonly string[]
  /** Anthropic's signature of the reasoning; OpenAI's encrypted content. */
  readonly signature?: string
  readonly text?: string | readonly string[]
  readonly calls?: readonly ScriptedCall[]
  /** Sends the argument deltas of parallel calls in turns (chat completions only). */
  readonly interleave?: boolean
  readonly finish?: string
  readonly usage?: ScriptedUsage
  /** An HTTP error instead of an answer. */
  readonly error?: {
    readonly status: number
    readonly body?: unknown
    readonly headers?: Readonly<Record<string, string>>
  }
  /** Sent as the dialect's error event, after `disconnectAfter` deltas or all. */
  readonly streamError?: Readonly<Record<string, unknown>>
  /** Breaks the connection after so many deltas. */
  readonly disconnectAfter?: number
  /** Sends all deltas and never ends. */
  readonly hang?: boolean
  readonly firstDelayMs?: number
  readonly delayMs?: number
}

interface ScriptedCall {
  readonly id?: string
  readonly name: string
  /** A string is sent as it is, valid JSON or not. */
  readonly args?: unknown
  readonly deltas?: readonly string[]
}

interface ScriptedUsage {
  readonly prompt?: number
  readonly completion?: number
  readonly cached?: number
  readonly cacheWrite?: number
  readonly reasoning?: number
}

export interface Script {
  readonly turns: readonly ScriptedAnswer[]
  /** What a request gets when no turn is left: an error (default), the last turn again, or its own last message. */
  readonly onExhausted?: 'error' | 'repeat' | 'echo'
  /** Rows of `/v1/models`; a string is an id. */
  readonly models?: readonly (string | Readonly<Record<string, unknown>>)[]
  readonly delayMs?: number
  /** Answers `/v1/models` with this instead: a refusal unless there is a body. */
  readonly lists?: { readonly status: number; readonly body?: unknown }
  /** More GET routes: path → JSON (a local server's own API). */
  readonly routes?: Readonly<Record<string, unknown>>
  /** POST routes that answer by the `model` of the body: path → model → JSON. */
  readonly posts?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** One server-sent event; `delta` marks those that carry model output. */
export interface WireFrame {
  readonly event?: string
  readonly payload: unknown
  readonly delta?: boolean
}

export interface AnswerContext {
  readonly model: string
  readonly number: number
  readonly includeUsage: boolean
}

/** How one vendor's wire spells an answer. */
export interface WireDialect {
  /** Frames up to the end of the model's output. */
  body(turn: ScriptedAnswer, context: AnswerContext): WireFrame[]
  /** Frames that close the answer. */
  end(turn: ScriptedAnswer, context: AnswerContext): WireFrame[]
  error(error: Readonly<Record<string, unknown>>): WireFrame
  /** The answer of a request without streaming. */
  whole(turn: ScriptedAnswer, context: AnswerContext): unknown
}

export function deltasOf(text: ScriptedAnswer['text']): readonly string[] {
  if (text === undefined) return []
  if (typeof text !== 'string') return text
  return text.match(/\s*\S+(?:\s+$)?/g) ?? (text === '' ? [] : [text])
}

export function joined(text: ScriptedAnswer['text']): string {
  return deltasOf(text).join('')
}

export interface ScriptedWireCall {
  readonly id: string
  readonly name: string
  readonly args: string
  readonly deltas: readonly string[]
}

/** The calls with ids, and arguments as text, cut into deltas. */
export function callsOf(turn: ScriptedAnswer, context: AnswerContext): readonly ScriptedWireCall[] {
  return (turn.calls ?? []).map((call, index) => {
    const text = typeof call.args === 'string' ? call.args : JSON.stringify(call.args ?? {})
    const deltas = call.deltas ?? text.match(/[\s\S]{1,12}/g) ?? []
    return {
      id: call.id ?? `call_${context.number}_${index}`,
      name: call.name,
      args: deltas.join(''),
      deltas,
    }
  })
}

interface WireUsage {
  readonly prompt: number
  readonly completion: number
  readonly cached: number
  readonly cacheWrite: number
  readonly reasoning: number
}

export function usageOf(turn: ScriptedAnswer): WireUsage {
  const completion = deltasOf(turn.text).length + deltasOf(turn.reasoning).length
  return { prompt: 10, completion, cached: 0, cacheWrite: 0, reasoning: 0, ...turn.usage }
}
