import * as z from 'zod'
import type { Tool } from './tool.ts'

/** The JSON schema of a tool's parameters, for the model. */
export function jsonSchema(tool: Tool): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(tool.parameters, { io: 'input' })
  return schema
}
