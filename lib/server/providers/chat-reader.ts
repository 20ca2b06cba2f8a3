import { isRecord, type JsonObject } from '../../util/is-record.ts'
import { parseJson } from '../../util/parse-json.ts'
import { AnswerFailure } from './answer-failure.ts'
import type { AnswerReader } from './answer-fetch.ts'
import type { ChatOpaque } from './chat-opaque.ts'
import { createChatCalls } from './chat-tool-calls.ts'
import { reportedError } from './error-reason.ts'
import { END_OF_STREAM } from './event-parser.ts'
import { member, members } from './json-members.ts'
import { type AnswerText, createThinkTags } from './think-tags.ts'

/** A member of our own in a chunk for the AI SDK, which passes it on in the raw chunk. */
export const LETTA_MEMBER = 'letta_workbench'

export interface LettaMember {
  readonly opaque?: ChatOpaque
  readonly textWasReasoning?: true
}

/**
 * Converts the chunks of compatible servers to those that the AI SDK expects. What a chunk has that is odd is left out, not
 * the chunk, and not the answer.
 */
export function createChatReader(): AnswerReader {
  const calls = createChatCalls()
  const tags = createThinkTags()
  const message: Record<string, unknown> = {}
  let reasoningIn: 'reasoning_content' | 'reasoning' | 'tags' = 'reasoning_content'
  let hasReasoning = false
  let hasOutput = false
  let hasFinished = false
  let sentOpaque = ''

  const opaqueParts = (): readonly JsonObject[] => {
    const opaque: ChatOpaque = {
      ...(Object.keys(message).length === 0 ? {} : { message }),
      ...(Object.keys(calls.opaque).length === 0 ? {} : { calls: calls.opaque }),
      ...(reasoningIn === 'reasoning_content' ? {} : { reasoningIn }),
    }
    const text = JSON.stringify(opaque)
    if (text === '{}' || text === sentOpaque) return []
    sentOpaque = text
    return [withMember({ opaque })]
  }
  const toChunks = (pieces: readonly AnswerText[]): readonly JsonObject[] =>
    pieces.flatMap((piece) => {
      if (piece.type === 'textWasReasoning') return [withMember({ textWasReasoning: true })]
      hasOutput = true
      if (piece.type === 'text') return [chunk({ content: piece.text })]
      if (!hasReasoning) reasoningIn = 'tags'
      hasReasoning = true
      return [chunk({ reasoning_content: piece.text })]
    })
  const addReasoning = (delta: unknown): readonly JsonObject[] => {
    const { field, text } = findReasoning(delta)
    if (text === '') return []
    if (!hasReasoning && field === 'reasoning') reasoningIn = 'reasoning'
    hasReasoning = true
    return [chunk({ reasoning_content: text })]
  }
  const addCalls = (delta: unknown): readonly JsonObject[] => {
    const single = member(delta, 'function_call')
    const listed = member(delta, 'tool_calls')
    const deltas = Array.isArray(listed) ? listed : [listed ?? single].filter(isRecord)
    const before = Object.keys(calls.opaque).length
    const converted = deltas.flatMap((one) => calls.add(one))
    const signed = Object.keys(calls.opaque).length === before ? [] : opaqueParts()
    return [...signed, ...converted.map((one) => chunk({ tool_calls: [one] }))]
  }
  const addDelta = (delta: JsonObject): readonly JsonObject[] => {
    const { content } = delta
    if (typeof content === 'string' && isTextAlone(delta)) {
      return content === '' ? [] : toChunks(tags.push(content))
    }
    keepOpaque(message, delta)
    const thoughts = addReasoning(delta)
    const spoken = toChunks(contentPieces(content).flatMap((piece) => pushPiece(tags.push, piece)))
    const declined = member(delta, 'refusal')
    const refused = typeof declined === 'string' ? toChunks([{ type: 'text', text: declined }]) : []
    const called = addCalls(delta)
    if (called.length === 0) return [...thoughts, ...spoken, ...refused]
    return [...thoughts, ...spoken, ...refused, ...toChunks(tags.end()), ...called]
  }
  const finish = (reason: string): readonly JsonObject[] => {
    const rest = hasFinished ? [] : [...toChunks(tags.end()), ...opaqueParts()]
    hasFinished = true
    return [...rest, chunk({}, { finish_reason: reason })]
  }
  const convert = (value: unknown): readonly JsonObject[] => {
    const choice = members(value, 'choices').find((one) => !Number(member(one, 'index') ?? 0))
    const usage = toUsage(member(value, 'usage') ?? member(choice, 'usage'))
    const written = member(choice, 'delta') ?? (hasOutput ? null : member(choice, 'message'))
    const text = member(choice, 'text')
    const delta = isRecord(written) ? written : typeof text === 'string' ? { content: text } : null
    const output = delta === null ? [] : addDelta(delta)
    const reason = toFinishReason(member(choice, 'finish_reason'), calls.count > 0)
    return [
      ...output,
      ...(reason === null ? [] : finish(reason)),
      ...(usage === null ? [] : [{ ...chunk({}), choices: [], usage }]),
    ]
  }
  return {
    add({ name, data }) {
      const text = data.trim()
      if (text === END_OF_STREAM) {
        const end = hasFinished ? [] : finish(calls.count > 0 ? 'tool_calls' : 'stop')
        return { output: end, phase: 'ended' }
      }
      if (text === '') return { output: [], phase: 'open' }
      const value = parseJson(text)
      const failure = reportedError(value) ?? (name === 'error' ? text : null)
      if (failure !== null)
        return { output: [], phase: 'ended', failure: new AnswerFailure(failure, value) }
      if (value === undefined) return { output: [], phase: 'open', skipped: text }
      const output = convert(value)
      const isOdd = output.length === 0 && !isHarmless(value)
      return {
        output,
        phase: hasFinished ? 'finished' : 'open',
        ...(isOdd ? { skipped: text } : {}),
      }
    },
    decodeBody(body) {
      if (member(members(body, 'choices')[0], 'delta') !== undefined) return null
      const output = convert(body)
      if (output.length === 0) return null
      return hasFinished ? output : [...output, ...finish(calls.count > 0 ? 'tool_calls' : 'stop')]
    },
    complete: () => (!hasFinished && calls.areComplete ? finish('tool_calls') : []),
    encode: (one) => `data: ${JSON.stringify(one)}\n\n`,
    join: (before, after) => joinTexts(before, after) ?? joinArguments(before, after),
  }
}

function chunk(delta: JsonObject, choice: JsonObject = {}): JsonObject {
  return { choices: [{ index: 0, delta, ...choice }] }
}

/** Joins two chunks of content, or of reasoning, that have nothing else. */
function joinTexts(before: unknown, after: unknown): JsonObject | null {
  for (const name of ['content', 'reasoning_content']) {
    const [first, second] = [textOnly(before, name), textOnly(after, name)]
    if (first !== null && second !== null) return chunk({ [name]: first + second })
  }
  return null
}

/** Joins two chunks with arguments of the same call, of which the first may begin it. */
function joinArguments(before: unknown, after: unknown): JsonObject | null {
  const [first, second] = [callOnly(before), callOnly(after)]
  if (first === null || second === null || first['index'] !== second['index']) return null
  const [begun, more] = [first['function'], second['function']]
  const args = [member(begun, 'arguments'), member(more, 'arguments')]
  const isMore = member(more, 'name') === null && args.every((one) => typeof one === 'string')
  if (!isMore) return null
  const named = { ...Object(begun), arguments: args.join('') }
  return chunk({ tool_calls: [{ ...first, function: named }] })
}

function callOnly(value: unknown): JsonObject | null {
  const [choice] = members(value, 'choices')
  const delta = member(choice, 'delta')
  const [call, ...others] = members(delta, 'tool_calls')
  const isAlone =
    Object.keys(Object(choice)).length === 2 && Object.keys(Object(delta)).length === 1
  return isAlone && others.length === 0 && isRecord(call) ? call : null
}

function textOnly(value: unknown, name: string): string | null {
  const [choice] = members(value, 'choices')
  const delta = member(choice, 'delta')
  const text = member(delta, name)
  const isAlone =
    Object.keys(Object(choice)).length === 2 && Object.keys(Object(delta)).length === 1
  return isAlone && typeof text === 'string' ? text : null
}

/** Most deltas of an answer have nothing else: a thousand times the rest would find nothing. */
function isTextAlone(delta: JsonObject): boolean {
  for (const name in delta) if (name !== 'content' && name !== 'role') return false
  return true
}

function withMember(value: LettaMember): JsonObject {
  return { choices: [], [LETTA_MEMBER]: value }
}

function pushPiece(push: (text: string) => readonly AnswerText[], piece: AnswerText) {
  return piece.type === 'text' ? push(piece.text) : [piece]
}

/** Text, or a list of parts as Mistral sends it. */
function contentPieces(content: unknown): readonly AnswerText[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  if (isRecord(content)) return contentPieces([content])
  if (!Array.isArray(content)) return []
  return content.flatMap((part): readonly AnswerText[] => {
    if (typeof part === 'string') return contentPieces(part)
    const thinking = member(part, 'thinking')
    if (thinking !== undefined) {
      const text = contentPieces(thinking).map((one) => ('text' in one ? one.text : ''))
      return [{ type: 'reasoning', text: text.join('') }]
    }
    return contentPieces(member(part, 'text'))
  })
}

/** `reasoning` and `reasoning_details` often come together, with the same text. */
function findReasoning(delta: unknown): { readonly field: string; readonly text: string } {
  for (const field of ['reasoning_content', 'reasoning', 'thinking']) {
    const text = member(delta, field)
    if (typeof text === 'string' && text !== '') return { field, text }
  }
  const details = members(delta, 'reasoning_details').map(
    (detail) => member(detail, 'text') ?? member(detail, 'summary'),
  )
  const text = details.filter((one) => typeof one === 'string').join('')
  return { field: 'reasoning_details', text }
}

/** Members of a message to return untouched. */
const OPAQUE_LISTS = ['reasoning_details', 'thinking_blocks']
const OPAQUE_OBJECTS = ['extra_content', 'provider_specific_fields']

function keepOpaque(message: Record<string, unknown>, delta: unknown): void {
  for (const name of OPAQUE_LISTS) {
    const details = members(delta, name)
    if (details.length > 0) message[name] = joinDetails(members(message, name), details)
  }
  for (const name of OPAQUE_OBJECTS) {
    const value = member(delta, name)
    const known = message[name]
    if (isRecord(value)) message[name] = { ...(isRecord(known) ? known : {}), ...value }
  }
}

/** Text of one detail comes in pieces; what is encrypted comes complete. */
function joinDetails(known: readonly unknown[], added: readonly unknown[]): readonly unknown[] {
  const joined = [...known]
  for (const detail of added) {
    const last = joined.at(-1)
    if (!isRecord(detail) || !isRecord(last) || !isContinued(last, detail)) {
      joined.push(detail)
      continue
    }
    const texts = ['text', 'summary', 'thinking'].flatMap((name) => {
      const [before, after] = [last[name], detail[name]]
      return typeof before === 'string' && typeof after === 'string' ? [[name, before + after]] : []
    })
    const present = Object.entries(detail).filter(([, value]) => value !== null)
    joined[joined.length - 1] = {
      ...last,
      ...Object.fromEntries(present),
      ...Object.fromEntries(texts),
    }
  }
  return joined
}

function isContinued(last: JsonObject, next: JsonObject): boolean {
  return (
    last['type'] === next['type'] &&
    last['index'] === next['index'] &&
    (last['id'] ?? null) === (next['id'] ?? last['id'] ?? null) &&
    last['data'] === undefined &&
    next['data'] === undefined
  )
}

const FINISH_REASONS: Readonly<Record<string, string>> = {
  stop: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  end: 'stop',
  end_turn: 'stop',
  complete: 'stop',
  completed: 'stop',
  stop_sequence: 'stop',
  stop_str: 'stop',
  end_of_turn: 'stop',
  done: 'stop',
  finished: 'stop',
  length: 'length',
  max_tokens: 'length',
  max_length: 'length',
  max_output_tokens: 'length',
  tool_calls: 'tool_calls',
  tool_call: 'tool_calls',
  tool_use: 'tool_calls',
  function_call: 'tool_calls',
}

/** Null while the answer continues. Unknown reasons stay as they are: they are failures. */
function toFinishReason(value: unknown, hasCalls: boolean): string | null {
  if (typeof value !== 'string' || value === '' || value === 'null') return null
  const reason = FINISH_REASONS[value.toLowerCase()] ?? value
  return reason === 'stop' && hasCalls ? 'tool_calls' : reason
}

/** Counts as numbers that are not negative; null when there are none. */
function toUsage(usage: unknown): JsonObject | null {
  if (!isRecord(usage)) return null
  const counts = (value: unknown, names: readonly string[]): JsonObject =>
    Object.fromEntries(
      names.flatMap((name) => {
        const count = Number(member(value, name) ?? Number.NaN)
        return Number.isFinite(count) ? [[name, Math.max(0, Math.round(count))]] : []
      }),
    )
  return {
    ...counts(usage, ['prompt_tokens', 'completion_tokens', 'total_tokens']),
    prompt_tokens_details: counts(usage['prompt_tokens_details'], ['cached_tokens']),
    completion_tokens_details: counts(usage['completion_tokens_details'], ['reasoning_tokens']),
  }
}

/** An event that keeps the connection open, or a chunk without output as at the beginning. */
function isHarmless(value: unknown): boolean {
  return (
    isRecord(value) &&
    (Object.keys(value).length === 0 ||
      value['type'] === 'ping' ||
      'choices' in value ||
      'usage' in value)
  )
}
