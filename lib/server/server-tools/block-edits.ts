import type { BlockRecord } from '../records.ts'
import { type ServerToolContext, ToolError } from './server-tool.ts'

/** Changes the value of a block of the agent; gives the new value. */
export function editValue(
  label: string,
  place: ServerToolContext,
  change: (value: string) => string,
): string {
  return editBlock(label, place, (block) => ({ value: change(block.value) })).value
}

/** Changes a block of the agent, unless it is read-only. */
export function editBlock(
  label: string,
  place: ServerToolContext,
  change: (block: BlockRecord) => Partial<BlockRecord>,
): BlockRecord {
  const { storage, now } = place
  return storage.transaction(() => {
    const block = findBlock(label, place)
    if (block.readOnly) throw new ToolError('Error This block is read-only and cannot be edited.')
    const changed = { ...block, ...change(block), updatedAt: now.toISOString() }
    storage.blocks.save(changed)
    return changed
  })
}

export function findBlock(label: string, place: ServerToolContext): BlockRecord {
  const blocks = listBlocks(place)
  const block = blocks.find((one) => one.label === label)
  if (block !== undefined) return block
  const labels = blocks.map((one) => one.label).join(', ')
  const what = `'Block field ${label} does not exist (available sections = ${labels})'`
  throw new ToolError(what, 'KeyError')
}

export function listBlocks({ agent, storage }: ServerToolContext): readonly BlockRecord[] {
  return agent.blockIds.flatMap((id) => storage.blocks.get(id) ?? [])
}

export function insertText(value: string, text: string, line: number): string {
  const lines = value === '' ? [] : value.split('\n')
  if (line < -1 || line > lines.length) {
    throw new ToolError(
      `Invalid \`insert_line\` parameter: ${line}. It should be within the range of lines of the memory block: [0, ${lines.length}], or -1 to append to the end of the memory block.`,
    )
  }
  return lines.toSpliced(line === -1 ? lines.length : line, 0, text).join('\n')
}

/** The old text must stand in the value exactly once. */
export function replaceText(label: string, value: string, before: string, after: string): string {
  const parts = value.split(before)
  if (before === '' ? value === '' : parts.length === 2) return value.replace(before, () => after)
  const old = `old_string \`${before}\``
  throw new ToolError(
    parts.length > 1
      ? `No replacement was performed. Multiple occurrences of ${old} in lines [${findLines(value, before).join(', ')}]. Please ensure it is unique.`
      : `No replacement was performed, ${old} did not appear verbatim in memory block with label \`${label}\`.`,
  )
}

/** Numbers of the lines in which the text begins. */
function findLines(value: string, text: string): readonly number[] {
  if (text === '') return value.split('\n').map((_, index) => index + 1)
  const numbers = new Set<number>()
  let line = 1
  for (const part of value.split(text).slice(0, -1)) {
    line += part.split('\n').length - 1
    numbers.add(line)
    line += text.split('\n').length - 1
  }
  return [...numbers]
}

/** Refuses text in which a model has copied the line numbers that it is shown. */
export function assertNoLineNumbers(texts: Readonly<Record<string, string>>): void {
  const why =
    'which is not allowed. Do not include line number information when calling memory tools (line numbers are for display purposes only).'
  for (const [name, text] of Object.entries(texts)) {
    if (/^\s*\d+→/m.test(text)) {
      const prefix = why.replace('line number information', 'line numbers')
      throw new ToolError(`${name} contains a line number prefix, ${prefix}`)
    }
    if (text.includes('# NOTE: Line numbers shown below')) {
      throw new ToolError(`${name} contains a line number warning, ${why}`)
    }
  }
}
