import * as z from 'zod'
import { assertNoLineNumbers, editValue, insertText, replaceText } from './block-edits.ts'
import { defineServerTool } from './server-tool.ts'

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
  memory_insert: defineServerTool({
    name: 'memory_insert',
    description: 'Insert text into a memory block, at a line (0 is the top) or at the end.',
    shape: insertShape,
    run: ({ label, new_string, insert_line }, place) => {
      assertNoLineNumbers({ new_string })
      return editValue(label, place, (value) => insertText(value, new_string, insert_line))
    },
  }),
  memory_replace: defineServerTool({
    name: 'memory_replace',
    description:
      'Replace a text in a memory block by another. The old text must stand in the block exactly once.',
    shape: replaceShape,
    run: ({ label, old_string, new_string }, place) => {
      assertNoLineNumbers({ old_string, new_string })
      return editValue(label, place, (value) => replaceText(label, value, old_string, new_string))
    },
  }),
  memory_rethink: defineServerTool({
    name: 'memory_rethink',
    description: 'Rewrite a whole memory block: to condense it, or to put new insights in.',
    shape: rethinkShape,
    run: ({ label, new_memory }, place) => {
      assertNoLineNumbers({ new_memory })
      return editValue(label, place, () => new_memory)
    },
  }),
}
