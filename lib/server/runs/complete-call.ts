import { coerceToSchema } from '../../util/coerce-to-schema.ts'
import { decodeArguments } from '../../util/decode-arguments.ts'
import { findDuplicateKey, repairJsonObject } from '../../util/json-repair.ts'
import type { CallRecord, ToolRecord } from '../records.ts'

/** The call with its arguments as its tool expects them, where their meaning is certain; otherwise as the model wrote them. */
export function completeCall(call: CallRecord, tools: readonly ToolRecord[]): CallRecord {
  const text = repairJsonObject(call.args)
  const value = decodeArguments(text)
  if (value === null || findDuplicateKey(text) !== null) return call
  const schema = tools.find(({ name }) => name === call.name)?.jsonSchema['parameters']
  const coerced = coerceToSchema(value, schema)
  const isSame = JSON.stringify(coerced) === JSON.stringify(value)
  if (isSame && text === call.args) return call
  return { ...call, args: isSame ? text : JSON.stringify(coerced) }
}

/** Whether the arguments of the last call of an answer end before their object does. */
export function isCutOff({ args }: CallRecord): boolean {
  return decodeArguments(repairJsonObject(args)) === null || args.trim() === ''
}
