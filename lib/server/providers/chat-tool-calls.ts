import { isRecord, type JsonObject } from '../../util/is-record.ts'
import { parseJson } from '../../util/parse-json.ts'
import { member } from './json-members.ts'

/** A delta of a call as the AI SDK reads it. */
interface ChatCallDelta {
  readonly index: number
  readonly id: string
  readonly function: { readonly name: string | null; readonly arguments: string | null }
}

/** Assigns the deltas of calls to calls, however a server numbers and names them. */
interface ChatCalls {
  add(delta: unknown): readonly ChatCallDelta[]
  readonly count: number
  /** There are calls, and the arguments of each are a JSON object. */
  readonly areComplete: boolean
  /** The members of each call that only its provider understands, by position. */
  readonly opaque: Readonly<Record<number, JsonObject>>
}

interface ChatCall {
  readonly position: number
  readonly index: number | null
  readonly wireId: string
  readonly id: string
  name: string
  args: string
}

export function createChatCalls(): ChatCalls {
  const calls: ChatCall[] = []
  const opaque: Record<number, JsonObject> = {}

  const findCall = (
    index: number | null,
    { id, name, args }: { readonly id: string; readonly name: string; readonly args: string },
  ): ChatCall | undefined => {
    const last = calls.at(-1)
    if (index !== null) {
      const same = calls.findLast((call) => call.index === index)
      // Some servers give all calls the same index: a new id with a name begins a new call.
      const isNew = same !== undefined && id !== '' && id !== same.wireId && name !== ''
      if (isNew && same.wireId !== '') return undefined
      // Some send no ids, either: a name with arguments after complete ones begins a new call.
      const isNext = same !== undefined && id === '' && name !== '' && args !== ''
      return isNext && isRecord(parseJson(same.args)) ? undefined : same
    }
    if (id !== '') return calls.findLast((call) => call.wireId === id)
    if (name === '') return last
    return last !== undefined && last.name === '' ? last : undefined
  }
  const begin = (index: number | null, wireId: string): ChatCall => {
    const position = calls.length
    const isTaken = calls.some((call) => call.id === wireId)
    const id = wireId === '' || isTaken ? `call_${position}` : wireId
    const call = { position, index, wireId, id, name: '', args: '' }
    calls.push(call)
    return call
  }
  return {
    get count() {
      return calls.length
    },
    get areComplete() {
      return calls.length > 0 && calls.every(({ args }) => isRecord(parseJson(args)))
    },
    opaque,
    add(delta) {
      const named = member(delta, 'function') ?? delta
      const index = indexOf(member(delta, 'index'))
      const id = textOf(member(delta, 'id'))
      const name = textOf(member(named, 'name'))
      const args = argumentsOf(member(named, 'arguments'))
      if (id === '' && name === '' && args === '' && calls.length === 0) return []
      const call = findCall(index, { id, name, args }) ?? begin(index, id)
      const unknown = unknownMembers(delta)
      if (unknown !== null) opaque[call.position] = { ...opaque[call.position], ...unknown }
      const isNamed = call.name === '' && name !== ''
      if (isNamed) call.name = name
      call.args += args
      const { position } = call
      // The name is sent once, with all that came before it.
      if (isNamed) return [toDelta(call, name, call.args)]
      return call.name === '' || args === '' ? [] : [toDelta({ position, id: call.id }, null, args)]
    },
  }
}

function toDelta(
  { position, id }: Pick<ChatCall, 'position' | 'id'>,
  name: string | null,
  args: string,
): ChatCallDelta {
  return { index: position, id, function: { name, arguments: args } }
}

function indexOf(value: unknown): number | null {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isInteger(number) ? number : null
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function argumentsOf(value: unknown): string {
  if (typeof value === 'string') return value
  return isRecord(value) ? JSON.stringify(value) : ''
}

const KNOWN_MEMBERS = new Set(['index', 'id', 'type', 'function', 'name', 'arguments'])

function unknownMembers(delta: unknown): JsonObject | null {
  if (!isRecord(delta)) return null
  const unknown = Object.entries(delta).filter(
    ([name, value]) => !KNOWN_MEMBERS.has(name) && value !== null && value !== undefined,
  )
  return unknown.length === 0 ? null : Object.fromEntries(unknown)
}
