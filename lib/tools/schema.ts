import * as z from 'zod'
import type { Tool } from './tool.ts'

/** The JSON schema of a tool's parameters, for the model and to check its calls. Computed once: each call needs it twice. */
export function jsonSchema({ parameters }: Tool): Readonly<Record<string, unknown>> {
  const known = SCHEMAS.get(parameters)
  if (known !== undefined) return known
  const { $schema: _, ...schema } = z.toJSONSchema(parameters, { io: 'input' })
  SCHEMAS.set(parameters, schema)
  return schema
}

/** A tool as a Letta server registers it. */
export function draftOf(tool: Tool) {
  return { name: tool.name, description: tool.description, parameters: jsonSchema(tool) }
}

const SCHEMAS = new WeakMap<Tool['parameters'], Readonly<Record<string, unknown>>>()
