import { ARGUMENTS_NOT_AN_OBJECT, executionError, toolNotFound } from '../messages/tools.ts'
import type { ToolRecord } from '../records.ts'
import { archivalTools } from './archival-memory.ts'
import { conversationSearch } from './conversation-search.ts'
import { memoryTool } from './memory-tool.ts'
import { memoryTools } from './memory-tools.ts'
import { type ServerTool, type ServerToolContext, ToolError } from './server-tool.ts'

/** The result of a tool of the server. */
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

/** The types that Letta server gives its tools. */
const TOOL_TYPES: Readonly<Record<string, string>> = {
  memory: 'letta_memory_core',
  memory_insert: 'letta_sleeptime_core',
  memory_replace: 'letta_sleeptime_core',
  memory_rethink: 'letta_sleeptime_core',
}

/** The records of the server's own tools. */
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
    tags: [TOOL_TYPES[name] ?? 'letta_core'],
    createdAt,
  }))
}

/** Runs a tool of the server. Errors in the call become a result that the model reads. */
export function runBuiltIn(
  name: string,
  args: string,
  context: ServerToolContext,
): ServerToolResult {
  try {
    const tool = builtInTools[name]
    if (tool === undefined) throw new ToolError(toolNotFound(name))
    return { status: 'success', text: tool.run(parseArguments(args), context), stderr: [] }
  } catch (thrown) {
    if (!(thrown instanceof ToolError)) throw thrown
    const text = thrown.message
    const stderr = [executionError(name, thrown.pythonClass, text)]
    return { status: 'error', text, stderr }
  }
}

function parseArguments(text: string): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text)
  } catch {
    throw new ToolError(ARGUMENTS_NOT_AN_OBJECT)
  }
}
