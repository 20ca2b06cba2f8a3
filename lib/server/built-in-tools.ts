import * as z from 'zod'
import type { AgentRecord, BlockRecord, MessageRecord, ToolRecord } from './records.ts'
import type { Storage } from './storage/storage.ts'

/** What a tool of the server answers; `error` texts are those of the real server. */
export interface Answer {
  readonly status: 'success' | 'error'
  readonly text: string
  readonly stderr: readonly string[]
}

interface BuiltIn {
  readonly description: string
  readonly parameters: z.ZodObject
  run(args: Readonly<Record<string, unknown>>, context: Context): string
}

export interface Context {
  readonly agent: AgentRecord
  readonly storage: Storage
  readonly now: Date
}

class ToolError extends Error {}

const label = z.string().describe('Label of the memory block')

const BUILT_IN: Readonly<Record<string, BuiltIn>> = {
  memory_insert: {
    description: 'Insert text into a memory block, at a line (0 is the top) or at the end.',
    parameters: z.object({
      label,
      new_string: z.string().describe('Text to insert, without line numbers'),
      insert_line: z
        .int()
        .default(-1)
        .describe('Line after which it is inserted; 0 for the top, -1 for the end'),
    }),
    run: (args, context) => changeBlock(args, context, insertLine),
  },
  memory_replace: {
    description:
      'Replace a text in a memory block by another. The old text must stand in the block exactly once.',
    parameters: z.object({
      label,
      old_string: z.string().describe('Text to replace: exact, with its white space'),
      new_string: z.string().describe('Text to put in its place'),
    }),
    run: (args, context) => changeBlock(args, context, replaceText),
  },
  memory_rethink: {
    description: 'Rewrite a whole memory block: to condense it, or to put new insights in.',
    parameters: z.object({
      label,
      new_memory: z.string().describe('The whole new value of the block'),
    }),
    run: (args, context) =>
      changeBlock(args, context, (_value, { new_memory }) => String(new_memory)),
  },
  conversation_search: {
    description: 'Search all earlier messages of this conversation for a text.',
    parameters: z.object({
      query: z.string().describe('Text to look for'),
      roles: z
        .array(z.enum(['assistant', 'user', 'tool']))
        .optional()
        .describe('Only messages of these roles'),
      limit: z.int().min(1).max(50).default(5).describe('How many results'),
    }),
    run: searchConversation,
  },
}

/** The server's own tools as records, by the names agents attach them with. */
export function builtInRecords(id: (name: string) => string, createdAt: string): ToolRecord[] {
  return Object.entries(BUILT_IN).map(([name, { description, parameters }]) => ({
    id: id(name),
    name,
    description,
    jsonSchema: { name, description, parameters: z.toJSONSchema(parameters, { io: 'input' }) },
    sourceCode: '',
    sourceType: 'python',
    requiresApproval: false,
    builtIn: true,
    tags: [],
    createdAt,
  }))
}

/** Runs a tool of the server; whatever is wrong with the call is an answer for the model. */
export function runBuiltIn(name: string, args: string, context: Context): Answer {
  const tool = BUILT_IN[name]
  if (tool === undefined) return failed(name, `Tool ${name} not found`)
  try {
    const parsed = tool.parameters.safeParse(parsedJson(args))
    if (!parsed.success) return failed(name, `Invalid arguments: ${z.prettifyError(parsed.error)}`)
    return { status: 'success', text: tool.run(parsed.data, context), stderr: [] }
  } catch (thrown) {
    if (thrown instanceof ToolError) return failed(name, thrown.message)
    throw thrown
  }
}

function failed(name: string, text: string): Answer {
  const stderr = [`Error executing function ${name}: ValueError: ${text}`]
  return { status: 'error', text, stderr }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text)
  } catch {
    throw new ToolError('Invalid arguments: they are no JSON object.')
  }
}

type Args = Readonly<Record<string, unknown>>

function changeBlock(
  args: Args,
  { agent, storage, now }: Context,
  change: (value: string, args: Args, block: BlockRecord) => string,
): string {
  return storage.together(() => {
    const wanted = String(args['label'])
    const blocks = agent.blockIds.flatMap((id) => storage.blocks.get(id) ?? [])
    const block = blocks.find((one) => one.label === wanted)
    if (block === undefined) {
      const labels = blocks.map((one) => one.label).join(', ')
      throw new ToolError(`Memory block with label \`${wanted}\` does not exist. Labels: ${labels}`)
    }
    if (block.readOnly) throw new ToolError('Error This block is read-only and cannot be edited.')
    const value = change(block.value, args, block)
    storage.blocks.save({ ...block, value, updatedAt: now.toISOString() })
    return value
  })
}

function insertLine(value: string, args: Args): string {
  const lines = value === '' ? [] : value.split('\n')
  const wanted = Number(args['insert_line'])
  if (wanted < -1 || wanted > lines.length) {
    throw new ToolError(
      `Invalid \`insert_line\` parameter: ${wanted}. It should be within the range of lines of the memory block: [0, ${lines.length}], or -1 to append to the end of the memory block.`,
    )
  }
  const at = wanted === -1 ? lines.length : wanted
  return [
    ...lines.slice(0, at),
    ...String(args['new_string']).split('\n'),
    ...lines.slice(at),
  ].join('\n')
}

function replaceText(value: string, args: Args, { label: of }: BlockRecord): string {
  const wanted = String(args['old_string'])
  const parts = value.split(wanted)
  if (wanted === '' || parts.length === 1) {
    throw new ToolError(
      `No replacement was performed, old_string \`${wanted}\` did not appear verbatim in memory block with label \`${of}\`.`,
    )
  }
  if (parts.length > 2) {
    throw new ToolError(
      `No replacement was performed. Multiple occurrences of old_string \`${wanted}\` in the memory block: please ensure it is unique.`,
    )
  }
  return parts.join(String(args['new_string']))
}

function searchConversation(args: Args, { agent, storage, now }: Context): string {
  const roles = Array.isArray(args['roles']) ? args['roles'] : null
  const limit = Number(args['limit'])
  const found = storage.messages
    .search(agent.id, String(args['query']), limit * 4)
    .filter((message) => roles === null || roles.includes(message.body.role))
    .slice(0, limit)
  if (found.length === 0) return 'No results found.'
  const results = found.map((message) => ({
    timestamp: message.createdAt,
    time_ago: `${Math.round((now.getTime() - Date.parse(message.createdAt)) / 1000)}s ago`,
    role: message.body.role,
    content: textOf(message),
  }))
  return JSON.stringify({ message: `Showing ${results.length} results:`, results }, null, 2)
}

const SHOWN = 2000

function textOf({ body }: MessageRecord): string {
  const text =
    body.role === 'user'
      ? body.content.map((part) => (part.type === 'text' ? part.text : '[Image]')).join('')
      : body.text
  return text.slice(0, SHOWN)
}
