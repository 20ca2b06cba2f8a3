/** One answer of the scripted model. All parts are optional. A turn is used once, unless it is sticky. */
export interface ScriptedAnswer {
  /** Regular expressions. `last` is matched against the JSON of the last message. */
  readonly match?: { readonly model?: string; readonly system?: string; readonly last?: string }
  readonly sticky?: boolean
  /** A string is streamed word by word, a list delta by delta. */
  readonly reasoning?: string | readonly string[]
  /** Anthropic's signature of the reasoning; OpenAI's encrypted content. */
  readonly signature?: string
  readonly text?: string | readonly string[]
  readonly calls?: readonly ScriptedCall[]
  /** Interleaves the argument deltas of parallel calls (chat completions only). */
  readonly interleave?: boolean
  readonly finish?: string
  readonly usage?: ScriptedUsage
  /** An HTTP error instead of an answer. */
  readonly error?: {
    readonly status: number
    readonly body?: unknown
    readonly headers?: Readonly<Record<string, string>>
  }
  /** Sent as the error event of the provider format, after `disconnectAfter` deltas or after all. */
  readonly streamError?: Readonly<Record<string, unknown>>
  /** The number of deltas after which the connection breaks. */
  readonly disconnectAfter?: number
  /** Sends all deltas and never ends. */
  readonly hang?: boolean
  /** Sent as it is in place of an answer, in these pieces; with `isOpen` the connection stays open after it. */
  readonly raw?: {
    readonly pieces: readonly (string | Uint8Array)[]
    readonly contentType?: string
    readonly isOpen?: true
    /** Breaks the connection after the pieces. */
    readonly breaks?: boolean
  }
  readonly firstDelayMs?: number
  /** The answer begins when this resolves. */
  readonly after?: Promise<void>
  readonly delayMs?: number
}

interface ScriptedCall {
  readonly id?: string
  readonly name: string
  /** A string is sent unchanged, whether it is valid JSON or not. */
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
  /** The answer when no turn is left: an error (default), the last turn again, or the last message of the request. */
  readonly onExhausted?: 'error' | 'repeat' | 'echo'
  /** Rows of `/v1/models`. A string is an id. */
  readonly models?: readonly (string | Readonly<Record<string, unknown>>)[]
  readonly delayMs?: number
  /** Answers `/v1/models` with this instead; without a body, with an error. */
  readonly lists?: { readonly status: number; readonly body?: unknown }
  /** Additional GET routes, such as the API of a local server: path → JSON. */
  readonly routes?: Readonly<Record<string, unknown>>
  /** POST routes that are answered by the `model` of the body: path → model → JSON. */
  readonly posts?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** One server-sent event. `delta` marks those that carry output of the model. */
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

/** The format in which one provider sends an answer. */
export interface WireDialect {
  /** Frames up to the end of the output. */
  body(turn: ScriptedAnswer, context: AnswerContext): WireFrame[]
  /** Frames that close the answer. */
  end(turn: ScriptedAnswer, context: AnswerContext): WireFrame[]
  error(error: Readonly<Record<string, unknown>>): WireFrame
  /** The answer to a request without streaming. */
  toBody(turn: ScriptedAnswer, context: AnswerContext): unknown
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

/** The calls with ids, and their arguments as text, split into deltas. */
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
