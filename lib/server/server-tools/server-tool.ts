import * as z from 'zod'
import type { Thread } from '../../util/thread.ts'
import { invalidToolArguments, missingArguments } from '../messages/tools.ts'
import type { AgentRecord, BlockAuthor } from '../records.ts'
import type { Storage } from '../storage/storage.ts'

/** What a tool of the server works with. */
export interface ServerToolContext {
  /** The agent with the settings of the conversation. */
  readonly agent: AgentRecord
  readonly thread: Thread
  readonly storage: Storage
  readonly now: Date
  /** The call that is run. */
  readonly call: {
    readonly callId: string
    readonly name: string
    readonly runId: string
    readonly stepId: string | null
  }
}

/** The agent, as the author of a change of its memory. */
export function agentAuthor({
  thread,
  call,
}: Pick<ServerToolContext, 'thread' | 'call'>): BlockAuthor {
  const { callId, name: tool, runId, stepId } = call
  return { type: 'agent', agentId: thread.agentId, runId, stepId, callId, tool }
}

/** An error in a call, which the model reads. `pythonClass` is the class of the error in Letta server. */
export class ToolError extends Error {
  override readonly name = 'ToolError'
  readonly pythonClass: 'ValueError' | 'KeyError' | 'TypeError'

  constructor(message: string, pythonClass: ToolError['pythonClass'] = 'ValueError') {
    super(message)
    this.pythonClass = pythonClass
  }
}

/** A tool that runs in the server itself. */
export interface ServerTool {
  readonly description: string
  /** The JSON schema of its arguments. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** Returns the result. Throws a `ToolError` for an invalid call. */
  run(args: unknown, context: ServerToolContext): string
}

export function defineServerTool<Shape extends z.ZodObject>(tool: {
  readonly name: string
  readonly description: string
  readonly shape: Shape
  run(args: z.output<Shape>, context: ServerToolContext): string
}): ServerTool {
  return {
    description: tool.description,
    parameters: { ...z.toJSONSchema(tool.shape, { io: 'input' }) },
    run(args, context) {
      const parsed = tool.shape.safeParse(args)
      if (parsed.success) return tool.run(parsed.data, context)
      const missing = parsed.error.issues
        .map(({ path }) => String(path[0] ?? ''))
        .filter((name) => name in tool.shape.shape && !(name in Object(args)))
      if (missing.length > 0) throw new ToolError(missingArguments(tool.name, missing), 'TypeError')
      throw new ToolError(invalidToolArguments(z.prettifyError(parsed.error)))
    },
  }
}
