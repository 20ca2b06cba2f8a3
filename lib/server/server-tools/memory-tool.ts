import * as z from 'zod'
import { labelOfPath } from '../../util/memory-path.ts'
import { newId } from '../ids.ts'
import {
  blockCreated,
  blockRemoved,
  blockRenamed,
  commandArgumentRequired,
  descriptionUpdated,
  labelExists,
  PATH_WITHOUT_BLOCK,
  RENAME_ARGUMENTS_MISSING,
  unknownMemoryToolCommand,
} from '../messages/tools.ts'
import type { BlockRecord } from '../records.ts'
import {
  assertNoLineNumbers,
  editBlock,
  editValue,
  findBlock,
  insertText,
  listBlocks,
  movedFrom,
  replaceText,
} from './block-edits.ts'
import { agentAuthor, defineServerTool, type ServerToolContext, ToolError } from './server-tool.ts'

const text = (about: string) => z.string().nullish().describe(about)

const shape = z.object({
  command: z.string().describe('One of `create`, `str_replace`, `insert`, `delete`, `rename`'),
  path: text('The block: `/memories/` followed by its label'),
  file_text: text('Value of the new block (for create)'),
  description: text('What the block is for (for create; for rename to change it)'),
  old_string: text('Text to replace (for str_replace)'),
  new_string: text('Replacement text (for str_replace)'),
  insert_line: z.int().nullish().describe('Line after which to insert; the end when omitted'),
  insert_text: text('Text to insert (for insert)'),
  old_path: text('The block to rename'),
  new_path: text('Its new path'),
})

type MemoryToolArgs = z.output<typeof shape>

/** Presents memory blocks as files. Only this tool can create and delete them. */
export const memoryTool = defineServerTool({
  name: 'memory',
  description:
    'Create, edit, rename and delete memory blocks, named by paths such as `/memories/preferences`.',
  shape,
  run(args, context) {
    const command = COMMANDS[args.command]
    if (command !== undefined) return command(args, context)
    throw new ToolError(unknownMemoryToolCommand(args.command, Object.keys(COMMANDS)))
  },
})

const COMMANDS: Readonly<
  Record<string, (args: MemoryToolArgs, context: ServerToolContext) => string>
> = {
  create(args, context) {
    const label = labelOfPath(required(args, 'path'))
    const description = required(args, 'description')
    const value = args.file_text ?? ''
    assertNoLineNumbers({ file_text: value })
    createBlock({ label, description, value }, context)
    return blockCreated(label)
  },
  str_replace(args, context) {
    const before = required(args, 'old_string')
    const after = required(args, 'new_string')
    const label = labelOfPath(required(args, 'path'))
    assertNoLineNumbers({ old_string: before, new_string: after })
    return editValue(label, context, (value) => replaceText(label, value, before, after))
  },
  insert(args, context) {
    const more = required(args, 'insert_text')
    assertNoLineNumbers({ insert_text: more })
    return editValue(labelOfPath(required(args, 'path')), context, (value) =>
      insertText(value, more, args.insert_line ?? -1),
    )
  },
  delete(args, context) {
    const label = labelOfPath(required(args, 'path'))
    detach(findBlock(label, context), context)
    return blockRemoved(label)
  },
  rename(args, context) {
    const { path, description, old_path, new_path } = args
    if (path != null && description != null) {
      const { label } = editBlock(labelOfPath(path), context, () => ({ description }))
      return descriptionUpdated(label)
    }
    if (old_path == null || new_path == null) throw new ToolError(RENAME_ARGUMENTS_MISSING)
    const [before, after] = [labelOfPath(old_path), labelOfPath(new_path)]
    assertLabelFree(after, context)
    editBlock(before, context, () => ({ label: after }))
    return blockRenamed(before, after)
  },
}

function required(
  args: MemoryToolArgs,
  name: 'path' | 'description' | 'old_string' | 'new_string' | 'insert_text',
): string {
  const value = args[name]
  if (value != null) return value
  throw new ToolError(commandArgumentRequired(name, args.command))
}

function createBlock(
  fields: Pick<BlockRecord, 'label' | 'description' | 'value'>,
  context: ServerToolContext,
): void {
  const { storage, now, thread } = context
  const at = now.toISOString()
  storage.transaction(() => {
    assertLabelFree(fields.label, context)
    const agent = storage.agents.get(thread.agentId)
    if (agent === null) return
    const id = newId('block')
    const defaults = { limit: 100_000, readOnly: false, tags: [], metadata: {} }
    const block = { ...defaults, ...fields, id, createdAt: at, updatedAt: at }
    const sources = movedFrom('', block.value, id, context)
    storage.blocks.insert(block, { ...agentAuthor(context), ...sources })
    storage.agents.save({ ...agent, blockIds: [...agent.blockIds, id] })
  })
}

function assertLabelFree(label: string, context: ServerToolContext): void {
  if (label === '') throw new ToolError(PATH_WITHOUT_BLOCK)
  if (!listBlocks(context).some((block) => block.label === label)) return
  throw new ToolError(labelExists(label))
}

/** Detaches the block without deleting it, because other agents may share it. */
function detach({ label }: BlockRecord, { storage, thread }: ServerToolContext): void {
  storage.transaction(() => {
    const agent = storage.agents.get(thread.agentId)
    if (agent === null) return
    const blockIds = agent.blockIds.filter((id) => storage.blocks.get(id)?.label !== label)
    storage.agents.save({ ...agent, blockIds })
  })
}
