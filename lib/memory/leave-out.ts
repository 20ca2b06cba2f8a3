import type { TemplateBlock } from '../client/gateway/agent-copies.ts'
import { suggestionHint } from '../util/did-you-mean.ts'
import { UserError } from '../util/user-error.ts'
import { blockNotFound, lineNotFound, lineRangeReversed } from './messages.ts'

/** What is left, and the texts that are left out. */
interface LeftOut {
  readonly blocks: readonly TemplateBlock[]
  readonly removed: string
}

/**
 * The blocks without some of them (`human`), or without a line or lines (`human:3`, `human:3-5`). A label may contain a colon
 * itself. Throws a `UserError` for what does not exist.
 */
export function leaveOut(blocks: readonly TemplateBlock[], parts: readonly string[]): LeftOut {
  const ranges = parts.map((part) => toRange(blocks, part))
  const isLeftOut = (label: string, line: number): boolean =>
    ranges.some(
      ({ block, lines }) =>
        block.label === label && (lines === null || (line >= lines[0] && line <= lines[1])),
    )
  const without = new Set(ranges.flatMap(({ block, lines }) => (lines === null ? [block] : [])))
  const removed: string[] = []
  const kept = blocks.flatMap((block) => {
    const lines = block.value.split('\n')
    const out = lines.filter((_, index) => isLeftOut(block.label, index + 1))
    if (out.length > 0) removed.push(out.join('\n'))
    if (without.has(block)) return []
    const value = lines.filter((_, index) => !isLeftOut(block.label, index + 1)).join('\n')
    return [value === block.value ? block : { ...block, value }]
  })
  return { blocks: kept, removed: removed.join('\n') }
}

interface LeftOutRange {
  readonly block: TemplateBlock
  /** From 1, both included; null for the block. */
  readonly lines: readonly [number, number] | null
}

function toRange(blocks: readonly TemplateBlock[], part: string): LeftOutRange {
  const [label, from, to] = parsePart(blocks, part)
  const block = blocks.find((one) => one.label === label)
  if (block === undefined) {
    const labels = blocks.map((one) => one.label)
    throw new UserError(blockNotFound(label), { hint: suggestionHint(label, labels) })
  }
  if (from === null) return { block, lines: null }
  const count = block.value.split('\n').length
  if (to < from) throw new UserError(lineRangeReversed(label, from, to))
  if (from < 1 || to > count) throw new UserError(lineNotFound(label, from < 1 ? from : to, count))
  return { block, lines: [from, to] }
}

function parsePart(
  blocks: readonly TemplateBlock[],
  part: string,
):
  | readonly [label: string, from: null, to: null]
  | readonly [label: string, from: number, to: number] {
  const [, label, from, to] = /^(.+):(\d{1,9})(?:-(\d{1,9}))?$/.exec(part) ?? []
  if (label === undefined || blocks.some((one) => one.label === part)) return [part, null, null]
  return [label, Number(from), Number(to ?? from)]
}
