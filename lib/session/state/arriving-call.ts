import {
  type ArrivingArguments,
  NO_ARGUMENTS,
  readArguments,
} from '../../util/arriving-arguments.ts'
import type { ToolCall } from './entry.ts'

const known = new WeakMap<ToolCall, ArrivingArguments>()

/** What can be read of the arguments of a call that are incomplete. */
export function argumentsSoFar(call: ToolCall): ArrivingArguments {
  const before = known.get(call)
  if (before !== undefined) return before
  const read = readArguments(NO_ARGUMENTS, call.args)
  known.set(call, read)
  return read
}

/** The call with more of its arguments. What was read of the others is not read again: they may have a megabyte. */
export function withMoreArguments(call: ToolCall, tool: string, args: string): ToolCall {
  const next = { ...call, tool: call.tool + tool, args: call.args + args }
  known.set(next, readArguments(argumentsSoFar(call), args))
  return next
}
