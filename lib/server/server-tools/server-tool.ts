import * as z from 'zod'
import type { AgentRecord, Thread } from '../records.ts'
import type { Storage } from '../storage/storage.ts'

/** Where a tool of the server works. */
export interface ServerToolContext {
  /** As it is in the conversation of the call. */
  readonly agent: AgentRecord
  readonly thread: Thread
  readonly storage: Storage
  readonly now: Date
}

/** What is wrong with a call, for the model to read; `kind` as Python names it. */
export class ToolError extends Error {
  readonly pythonClass: 'ValueError' | 'KeyError' | 'TypeError'

  constructor(message: string, pythonClass: ToolError['pythonClass'] = 'ValueError') {
    super(message)
    this.pythonClass = pythonClass
  }
}

/** A tool that runs in the server itself. */
export interface ServerTool {
  readonly description: string
  /** JSON schema of its arguments. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** Throws a `ToolError` for a bad call. */
  run(args: unknown, place: ServerToolContext): string
}

export function defineServerTool<Shape extends z.ZodObject>(tool: {
  readonly name: string
  readonly description: string
  readonly shape: Shape
  run(args: z.output<Shape>, place: ServerToolContext): string
}): ServerTool {
  return {
    description: tool.description,
    parameters: { ...z.toJSONSchema(tool.shape, { io: 'input' }) },
    run(args, place) {
      const parsed = tool.shape.safeParse(args)
      if (parsed.success) return tool.run(parsed.data, place)
      const missing = parsed.error.issues
        .map(({ path }) => String(path[0] ?? ''))
        .filter((name) => name in tool.shape.shape && !(name in Object(args)))
      if (missing.length > 0)
        throw new ToolError(formatMissingArguments(tool.name, missing), 'TypeError')
      throw new ToolError(`Invalid arguments: ${z.prettifyError(parsed.error)}`)
    },
  }
}

/** As Python says it. */
function formatMissingArguments(tool: string, missing: readonly string[]): string {
  const names = missing.map((name) => `'${name}'`)
  const last = names.at(-1) ?? ''
  const before = names.slice(0, -1)
  const comma = before.length > 1 ? ',' : ''
  const listed = before.length === 0 ? last : `${before.join(', ')}${comma} and ${last}`
  const plural = names.length === 1 ? '' : 's'
  return `${tool}() missing ${names.length} required positional argument${plural}: ${listed}`
}
