import * as z from 'zod'
import type { AgentRecord } from './records.ts'
import type { Storage } from './storage/storage.ts'

/** Where a tool of the server works. */
export interface ToolPlace {
  readonly agent: AgentRecord
  readonly storage: Storage
  readonly now: Date
}

/** What is wrong with a call, for the model to read. */
export class ToolError extends Error {}

/** A tool that runs in the server itself. */
export interface ServerTool {
  readonly description: string
  /** JSON schema of its arguments. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** Throws a `ToolError` for a bad call. */
  run(args: unknown, place: ToolPlace): string
}

export function serverTool<Shape extends z.ZodObject>(tool: {
  readonly description: string
  readonly shape: Shape
  run(args: z.output<Shape>, place: ToolPlace): string
}): ServerTool {
  return {
    description: tool.description,
    parameters: { ...z.toJSONSchema(tool.shape, { io: 'input' }) },
    run(args, place) {
      const parsed = tool.shape.safeParse(args)
      if (parsed.success) return tool.run(parsed.data, place)
      throw new ToolError(`Invalid arguments: ${z.prettifyError(parsed.error)}`)
    },
  }
}
