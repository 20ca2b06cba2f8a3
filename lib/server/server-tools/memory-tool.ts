import * as z from 'zod'
import { newId } from '../ids.ts'
import type { BlockRecord } from '../records.ts'
import {
  assertNoLineNumbers,
  editBlock,
  editValue,
  findBlock,
  insertText,
  listBlocks,
  replaceText,
} from './block-edits.ts'
import { defineServerTool, type ServerToolContext, ToolError } from './server-tool.ts'

const text = (about: string) => z.string().nullish().describe(about)

const shape = z.object({
  command: z.string().describe('One of `create`, `str_replace`, `insert`, `delete`, `rename`'),
  path: text('The block: `/memories/` and its label'),
  file_text: text('Value of the new block (for create)'),
  description: text('What the block is for (for create; for rename to change it)'),
  old_string: text('Text to replace (for str_replace)'),
  new_string: text('Text to put in its place (for str_replace)'),
  insert_line: z.int().nullish().describe('Line after which to insert; the end when left out'),
  insert_text: text('Text to insert (for insert)'),
  old_path: text('The block to rename'),
  new_path: text('Its new path'),
})

type MemoryToolArgs = z.output<typeof shape>

/** Memory blocks as files: the one tool that can make and remove them. */
export const memoryTool = defineServerTool({
  name: 'memory',
  description:
    'Create, edit, rename and delete memory blocks, named by paths such as `/memories/preferences`.',
  shape,
  run(args, place) {
    const command = COMMANDS[args.command]
    if (command !== undefined) return command(args, place)
    const known = Object.keys(COMMANDS).join(', ')
    throw new ToolError(`Error: Unknown command '${args.command}'. Supported commands: ${known}`)
  },
})

const COMMANDS: Readonly<
  Record<string, (args: MemoryToolArgs, place: ServerToolContext) => string>
> = {
  create(args, place) {
    const label = labelOf(required(args, 'path'))
    const description = required(args, 'description')
    const value = args.file_text ?? ''
    assertNoLineNumbers({ file_text: value })
    createBlock({ label, description, value }, place)
    return `Successfully created memory block '${label}'. ${recompiled('with the new memory block')}`
  },
  str_replace(args, place) {
    const before = required(args, 'old_string')
    const after = required(args, 'new_string')
    const label = labelOf(required(args, 'path'))
    assertNoLineNumbers({ old_string: before, new_string: after })
    return editValue(label, place, (value) => replaceText(label, value, before, after))
  },
  insert(args, place) {
    const more = required(args, 'insert_text')
    assertNoLineNumbers({ insert_text: more })
    return editValue(labelOf(required(args, 'path')), place, (value) =>
      insertText(value, more, args.insert_line ?? -1),
    )
  },
  delete(args, place) {
    const label = labelOf(required(args, 'path'))
    detach(findBlock(label, place), place)
    return `Successfully deleted memory block '${label}'. ${recompiled('without this memory block')}`
  },
  rename(args, place) {
    const { path, description, old_path, new_path } = args
    if (path != null && description != null) {
      const { label } = editBlock(labelOf(path), place, () => ({ description }))
      return `Successfully updated description of memory block '${label}'. ${recompiled('with the new description')}`
    }
    if (old_path == null || new_path == null) throw new ToolError(RENAME_ARGUMENTS_MISSING)
    const [before, after] = [labelOf(old_path), labelOf(new_path)]
    assertLabelFree(after, place)
    editBlock(before, place, () => ({ label: after }))
    return `Successfully renamed memory block '${before}' to '${after}'. ${recompiled('with the renamed memory block')}`
  },
}

const RENAME_ARGUMENTS_MISSING =
  'Error: path and description are required for update_description command, or old_path and new_path are required for rename command'

function recompiled(how: string): string {
  return `Your system prompt has been recompiled ${how} and is now active in your context.`
}

function required(
  args: MemoryToolArgs,
  name: 'path' | 'description' | 'old_string' | 'new_string' | 'insert_text',
): string {
  const value = args[name]
  if (value != null) return value
  throw new ToolError(`Error: ${name} is required for ${args.command} command`)
}

function labelOf(path: string): string {
  return path.replace(/^\/+(memories\/)?/, '').replace(/^memories\//, '')
}

function createBlock(
  fields: Pick<BlockRecord, 'label' | 'description' | 'value'>,
  place: ServerToolContext,
): void {
  const { storage, now, thread } = place
  const at = now.toISOString()
  storage.transaction(() => {
    assertLabelFree(fields.label, place)
    const agent = storage.agents.get(thread.agentId)
    if (agent === null) return
    const id = newId('block')
    const usual = { limit: 100_000, readOnly: false, tags: [], metadata: {} }
    storage.blocks.insert({ ...usual, ...fields, id, createdAt: at, updatedAt: at })
    storage.agents.save({ ...agent, blockIds: [...agent.blockIds, id] })
  })
}

function assertLabelFree(label: string, place: ServerToolContext): void {
  if (label === '') throw new ToolError('Error: the path names no memory block.')
  if (!listBlocks(place).some((block) => block.label === label)) return
  throw new ToolError(`Error: a memory block with label '${label}' exists already.`)
}

/** The block itself stays: others may share it. */
function detach({ label }: BlockRecord, { storage, thread }: ServerToolContext): void {
  storage.transaction(() => {
    const agent = storage.agents.get(thread.agentId)
    if (agent === null) return
    const blockIds = agent.blockIds.filter((id) => storage.blocks.get(id)?.label !== label)
    storage.agents.save({ ...agent, blockIds })
  })
}
