import * as z from 'zod'
import { searchConversation } from './conversation-search.ts'
import { memoryTools } from './memory-tools.ts'
import type { ToolRecord } from './records.ts'
import { type ServerTool, serverTool, ToolError, type ToolPlace } from './server-tool.ts'

/** What a tool of the server answers; `error` texts are those of the real server. */
export interface Answer {
  readonly status: 'success' | 'error'
  readonly text: string
  readonly stderr: readonly string[]
}

const searchShape = z.object({
  query: z.string().min(1).describe('Text to look for'),
  roles: z
    .array(z.enum(['assistant', 'user', 'tool']))
    .optional()
    .describe('Only messages of these roles'),
  limit: z.int().min(1).max(50).default(5).describe('How many results'),
})

const builtInTools: Readonly<Record<string, ServerTool>> = {
  ...memoryTools,
  conversation_search: serverTool({
    description: 'Search all earlier messages of this conversation for a text.',
    shape: searchShape,
    run: (args, { agent, storage, now }) =>
      searchConversation(args, { agentId: agent.id, storage, now }),
  }),
}

/** The server's own tools as records, by the names agents attach them with. */
export function builtInRecords(id: (name: string) => string, createdAt: string): ToolRecord[] {
  return Object.entries(builtInTools).map(([name, { description, parameters }]) => ({
    id: id(name),
    name,
    description,
    jsonSchema: { name, description, parameters },
    sourceCode: '',
    sourceType: 'python',
    requiresApproval: false,
    builtIn: true,
    tags: [],
    createdAt,
  }))
}

/** Runs a tool of the server; whatever is wrong with the call is an answer for the model. */
export function runBuiltIn(name: string, args: string, place: ToolPlace): Answer {
  try {
    const tool = builtInTools[name]
    if (tool === undefined) throw new ToolError(`Tool ${name} not found`)
    return { status: 'success', text: tool.run(parsedJson(args), place), stderr: [] }
  } catch (thrown) {
    if (!(thrown instanceof ToolError)) throw thrown
    const text = thrown.message
    const stderr = [`Error executing function ${name}: ValueError: ${text}`]
    return { status: 'error', text, stderr }
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text)
  } catch {
    throw new ToolError('Invalid arguments: they are no JSON object.')
  }
}
