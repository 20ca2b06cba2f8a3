import * as z from 'zod'
import type { AgentRecord, BlockRecord } from './records.ts'
import { serverTool, ToolError, type ToolPlace } from './server-tool.ts'
import type { Storage } from './storage/storage.ts'

const label = z.string().describe('Label of the memory block')

const insertShape = z.object({
  label,
  new_string: z.string().describe('Text to insert, without line numbers'),
  insert_line: z
    .int()
    .default(-1)
    .describe('Line after which it is inserted; 0 for the top, -1 for the end'),
})

const replaceShape = z.object({
  label,
  old_string: z.string().describe('Text to replace: exact, with its white space'),
  new_string: z.string().describe('Text to put in its place'),
})

const rethinkShape = z.object({
  label,
  new_memory: z.string().describe('The whole new value of the block'),
})

/** The agent's own hands on its memory; each answers with the block's new value. */
export const memoryTools = {
  memory_insert: serverTool({
    description: 'Insert text into a memory block, at a line (0 is the top) or at the end.',
    shape: insertShape,
    run: (args, place) =>
      changeBlock(args.label, place, (value) =>
        insertText(value, args.new_string, args.insert_line),
      ),
  }),
  memory_replace: serverTool({
    description:
      'Replace a text in a memory block by another. The old text must stand in the block exactly once.',
    shape: replaceShape,
    run: (args, place) => changeBlock(args.label, place, (value) => replaceText(value, args)),
  }),
  memory_rethink: serverTool({
    description: 'Rewrite a whole memory block: to condense it, or to put new insights in.',
    shape: rethinkShape,
    run: (args, place) => changeBlock(args.label, place, () => args.new_memory),
  }),
}

function changeBlock(
  wanted: string,
  { agent, storage, now }: ToolPlace,
  change: (value: string) => string,
): string {
  return storage.together(() => {
    const block = blockOf(wanted, agent, storage)
    if (block.readOnly) throw new ToolError('Error This block is read-only and cannot be edited.')
    const value = change(block.value)
    storage.blocks.save({ ...block, value, updatedAt: now.toISOString() })
    return value
  })
}

function blockOf(wanted: string, agent: AgentRecord, storage: Storage): BlockRecord {
  const blocks = agent.blockIds.flatMap((id) => storage.blocks.get(id) ?? [])
  const block = blocks.find((one) => one.label === wanted)
  if (block !== undefined) return block
  const labels = blocks.map((one) => one.label).join(', ')
  throw new ToolError(`Memory block with label \`${wanted}\` does not exist. Labels: ${labels}`)
}

function insertText(value: string, text: string, line: number): string {
  const lines = value === '' ? [] : value.split('\n')
  if (line < -1 || line > lines.length) {
    throw new ToolError(
      `Invalid \`insert_line\` parameter: ${line}. It should be within the range of lines of the memory block: [0, ${lines.length}], or -1 to append to the end of the memory block.`,
    )
  }
  return lines.toSpliced(line === -1 ? lines.length : line, 0, text).join('\n')
}

function replaceText(value: string, args: z.output<typeof replaceShape>): string {
  const parts = args.old_string === '' ? [] : value.split(args.old_string)
  if (parts.length === 2) return parts.join(args.new_string)
  const old = `old_string \`${args.old_string}\``
  throw new ToolError(
    parts.length > 2
      ? `No replacement was performed. Multiple occurrences of ${old} in the memory block: please ensure it is unique.`
      : `No replacement was performed, ${old} did not appear verbatim in memory block with label \`${args.label}\`.`,
  )
}
