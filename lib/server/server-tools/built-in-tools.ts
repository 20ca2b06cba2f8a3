import type { ToolRecord } from '../records.ts'
import { archivalTools } from './archival-memory.ts'
import { conversationSearch } from './conversation-search.ts'
import { memoryTool } from './memory-tool.ts'
import { memoryTools } from './memory-tools.ts'
import { type ServerTool, type ServerToolContext, ToolError } from './server-tool.ts'

/** What a tool of the server answers; `error` texts are those of the real server. */
export interface ServerToolResult {
  readonly status: 'success' | 'error'
  readonly text: string
  readonly stderr: readonly string[]
}

const builtInTools: Readonly<Record<string, ServerTool>> = {
  ...memoryTools,
  memory: memoryTool,
  ...archivalTools,
  conversation_search: conversationSearch,
}

/** How the real server sorts its tools. */
const TYPES: Readonly<Record<string, string>> = {
  memory: 'letta_memory_core',
  memory_insert: 'letta_sleeptime_core',
  memory_replace: 'letta_sleeptime_core',
  memory_rethink: 'letta_sleeptime_core',
}

/** The server's own tools as records, by the names agents attach them with. */
export function createBuiltInRecords(
  id: (name: string) => string,
  createdAt: string,
): ToolRecord[] {
  return Object.entries(builtInTools).map(([name, { description, parameters }]) => ({
    id: id(name),
    name,
    description,
    jsonSchema: { name, description, parameters },
    sourceCode: '',
    sourceType: 'python',
    requiresApproval: false,
    builtIn: true,
    tags: [TYPES[name] ?? 'letta_core'],
    createdAt,
  }))
}

/** Runs a tool of the server; whatever is wrong with the call is an answer for the model. */
export function runBuiltIn(name: string, args: string, place: ServerToolContext): ServerToolResult {
  try {
    const tool = builtInTools[name]
    if (tool === undefined) throw new ToolError(`Tool ${name} not found`)
    return { status: 'success', text: tool.run(parsedJson(args), place), stderr: [] }
  } catch (thrown) {
    if (!(thrown instanceof ToolError)) throw thrown
    const text = thrown.message
    const stderr = [`Error executing function ${name}: ${thrown.pythonClass}: ${text}`]
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
