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
  old_string: z.string().describe('Exact text to replace, including white space'),
  new_string: z.string().describe('Replacement text'),
})

const rethinkShape = z.object({
  label,
  new_memory: z.string().describe('The new value of the complete block'),
})

/** The tools by which an agent edits its memory blocks. Each returns the new value of the block. */
export const memoryTools = {
  memory_insert: defineServerTool({
    name: 'memory_insert',
    description: 'Insert text into a memory block, at a line (0 is the top) or at the end.',
    shape: insertShape,
    run: ({ label, new_string, insert_line }, context) => {
      assertNoLineNumbers({ new_string })
      return editValue(label, context, (value) => insertText(value, new_string, insert_line))
    },
  }),
  memory_replace: defineServerTool({
    name: 'memory_replace',
    description:
      'Replace text in a memory block. The old text must occur exactly once in the block.',
    shape: replaceShape,
    run: ({ label, old_string, new_string }, context) => {
      assertNoLineNumbers({ old_string, new_string })
      return editValue(label, context, (value) => replaceText(label, value, old_string, new_string))
    },
  }),
  memory_rethink: defineServerTool({
    name: 'memory_rethink',
    description: 'Rewrite a memory block completely, to condense it or to add new insights.',
    shape: rethinkShape,
    run: ({ label, new_memory }, context) => {
      assertNoLineNumbers({ new_memory })
      return editValue(label, context, () => new_memory)
    },
  }),
}
