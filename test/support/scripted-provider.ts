import type {
  ModelCall,
  ModelPart,
  ModelRequest,
  Provider,
  ProviderError,
} from '../../lib/server/providers/provider.ts'

/** One answer of the model: its parts in this order, then its end. */
export interface ScriptedTurn {
  /** Streamed word by word, like `text`. */
  readonly reasoning?: string
  readonly signature?: string
  readonly text?: string
  readonly calls?: readonly ModelCall[]
  readonly finish?: 'length'
  readonly promptTokens?: number
  /** Thrown after the parts. */
  readonly error?: ProviderError
  /** Hangs after the parts until the request is aborted. */
  readonly hang?: boolean
  /** Waits for this after the parts, even if it is aborted. */
  readonly until?: Promise<void>
}

/** A model that plays one turn for each request, and records the requests. */
export interface ScriptedProvider extends Provider {
  readonly requests: readonly ModelRequest[]
  /** The number of requests that were aborted while they hung. */
  readonly aborted: number
  /** Appends turns to the remaining ones. */
  play(...turns: readonly ScriptedTurn[]): void
  /** Resolves when a turn hangs. */
  hanging(): Promise<void>
}

export interface ScriptOptions {
  readonly contextWindow?: number
  readonly acceptsAnyModel?: boolean
}

/** A provider with one model, whose handle is `scripted/model`. */
export function scriptedProvider(
  turns: readonly ScriptedTurn[] = [],
  { contextWindow = 200_000, acceptsAnyModel = false }: ScriptOptions = {},
): ScriptedProvider {
  const queue = [...turns]
  const requests: ModelRequest[] = []
  const waiting: (() => void)[] = []
  let hung = 0
  let aborted = 0
  const hang = async (signal: AbortSignal): Promise<never> => {
    hung++
    for (const resolve of waiting.splice(0)) resolve()
    await abortOf(signal)
    hung--
    aborted++
    throw signal.reason
  }
  return {
    id: 'scripted',
    title: 'Scripted',
    acceptsAnyModel,
    requests,
    get aborted() {
      return aborted
    },
    play: (...more) => void queue.push(...more),
    hanging: () =>
      hung > 0 ? Promise.resolve() : new Promise((resolve) => void waiting.push(resolve)),
    listModels: async () => [
      { handle: 'scripted/model', name: 'Scripted model', contextWindow, maxOutputTokens: 8192 },
    ],
    async *stream(request, signal) {
      requests.push(structuredClone(request))
      const turn = queue.shift()
      if (turn === undefined) throw new Error('The script has no turn for this request.')
      for (const part of partsOf(turn)) {
        signal.throwIfAborted()
        yield part
        await turnOfLoop()
      }
      if (turn.error !== undefined) throw turn.error
      if (turn.hang === true) await hang(signal)
      await turn.until
      yield finishOf(turn)
    },
  }
}

function* partsOf({ reasoning, signature, text, calls = [] }: ScriptedTurn): Generator<ModelPart> {
  for (const delta of wordsOf(reasoning)) yield { type: 'reasoning', delta }
  if (signature !== undefined) yield { type: 'reasoningSignature', signature }
  for (const delta of wordsOf(text)) yield { type: 'text', delta }
  for (const { callId, name, args } of calls) {
    yield { type: 'callStart', callId, name }
    const half = Math.ceil(args.length / 2)
    for (const piece of [args.slice(0, half), args.slice(half)]) {
      if (piece !== '') yield { type: 'callDelta', callId, args: piece }
    }
  }
}

function finishOf({ calls = [], finish, promptTokens = 100 }: ScriptedTurn): ModelPart {
  return {
    type: 'finish',
    reason: finish ?? (calls.length > 0 ? 'tool-calls' : 'stop'),
    usage: {
      promptTokens,
      completionTokens: 10,
      cachedTokens: 0,
      cacheWriteTokens: 0,
      reasoningTokens: 0,
    },
  }
}

/** The words, each with the space after it. */
function wordsOf(text: string | undefined): readonly string[] {
  return text?.match(/\S+\s*/g) ?? []
}

function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function abortOf(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
