import {
  BLOCK_READ_ONLY,
  invalidInsertLine,
  labelUnknown,
  lineNumberPrefix,
  lineNumberWarning,
  oldStringMissing,
  oldStringRepeated,
} from '../messages/tools.ts'
import type { BlockRecord } from '../records.ts'
import { agentAuthor, type ServerToolContext, ToolError } from './server-tool.ts'

/** Changes the value of one of the agent's blocks, and returns the new value. Throws a `ToolError`. */
export function editValue(
  label: string,
  context: ServerToolContext,
  change: (value: string) => string,
): string {
  return editBlock(label, context, (block) => ({ value: change(block.value) })).value
}

/** Changes one of the agent's blocks. Throws a `ToolError` for a block that does not exist or is read-only. */
export function editBlock(
  label: string,
  context: ServerToolContext,
  change: (block: BlockRecord) => Partial<BlockRecord>,
): BlockRecord {
  const { storage, now } = context
  return storage.transaction(() => {
    const block = findBlock(label, context)
    if (block.readOnly) throw new ToolError(BLOCK_READ_ONLY)
    const changed = { ...block, ...change(block), updatedAt: now.toISOString() }
    const sources = movedFrom(block.value, changed.value, block.id, context)
    storage.blocks.save(changed, { ...agentAuthor(context), ...sources })
    return changed
  })
}

export function findBlock(label: string, context: ServerToolContext): BlockRecord {
  const blocks = listBlocks(context)
  const block = blocks.find((one) => one.label === label)
  if (block !== undefined) return block
  const labels = blocks.map((one) => one.label)
  throw new ToolError(labelUnknown(label, labels), 'KeyError')
}

/**
 * The other blocks of the agent that have a line which the change adds, or had it until an earlier call of the agent removed it:
 * the call has moved or copied it from there.
 */
export function movedFrom(
  before: string,
  after: string,
  blockId: string,
  context: ServerToolContext,
): { readonly sources?: readonly string[] } {
  const known = new Set(before.split('\n'))
  const added = after.split('\n').filter((line) => !known.has(line) && isDistinctive(line))
  const lines = new Set(added)
  let left = lines.size === 0 ? 0 : MAX_COMPARED_CHARACTERS
  const has = (text: string): boolean => {
    left -= text.length
    return left >= 0 && text.split('\n').some((line) => lines.has(line))
  }
  const sources = listBlocks(context)
    .filter(({ id, value, updatedAt }) => {
      if (id === blockId || left <= 0) return false
      return has(value) || replacedValues(id, updatedAt, context).some((text) => has(text))
    })
    .map(({ id }) => id)
  return sources.length === 0 ? {} : { sources }
}

/** Characters of other blocks that are compared: a write must not take noticeably longer because of it. */
const MAX_COMPARED_CHARACTERS = 300_000

/** Versions of another block that are searched for a line which the agent has removed there, and since when. */
const MAX_VERSIONS = 4
const MAX_MOVE_MS = 600_000

/** The values of a block that the agent has replaced recently. */
function replacedValues(
  blockId: string,
  updatedAt: string,
  { storage, now, thread }: ServerToolContext,
): readonly string[] {
  const since = now.getTime() - MAX_MOVE_MS
  if (Date.parse(updatedAt) < since) return []
  const versions = storage.blockVersions.list(blockId, { limit: MAX_VERSIONS, before: null })
  const others = versions.findIndex(({ author, createdAt }) => {
    const isOwn = author.type === 'agent' && author.agentId === thread.agentId
    return !isOwn || Date.parse(createdAt) < since
  })
  const end = others < 0 ? versions.length : others + 1
  return versions.slice(1, end).map(({ block }) => block.value)
}

/** At least this many letters and digits: shorter lines are in many blocks. */
const MIN_CHARACTERS = 3

function isDistinctive(line: string): boolean {
  return (line.match(/[\p{L}\p{N}]/gu) ?? []).length >= MIN_CHARACTERS
}

export function listBlocks({ agent, storage }: ServerToolContext): readonly BlockRecord[] {
  return agent.blockIds.flatMap((id) => storage.blocks.get(id) ?? [])
}

export function insertText(value: string, text: string, line: number): string {
  const lines = value === '' ? [] : value.split('\n')
  if (line < -1 || line > lines.length) {
    throw new ToolError(invalidInsertLine(line, lines.length))
  }
  return lines.toSpliced(line === -1 ? lines.length : line, 0, text).join('\n')
}

/** Replaces text that must occur exactly once in the value. */
export function replaceText(label: string, value: string, before: string, after: string): string {
  const parts = value.split(before)
  if (before === '' ? value === '' : parts.length === 2) return value.replace(before, () => after)
  throw new ToolError(
    parts.length > 1
      ? oldStringRepeated(before, findLines(value, before))
      : oldStringMissing(before, label),
  )
}

/** The numbers of the lines in which the text begins. */
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

/** Throws a `ToolError` for text that contains the line numbers shown to a model. */
export function assertNoLineNumbers(texts: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(texts)) {
    if (/^\s*\d+→/m.test(text)) throw new ToolError(lineNumberPrefix(name))
    if (text.includes('# NOTE: Line numbers shown below')) {
      throw new ToolError(lineNumberWarning(name))
    }
  }
}
