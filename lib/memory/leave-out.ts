import type { TemplateBlock } from '../client/gateway/agent-copies.ts'
import { suggestionHint } from '../util/did-you-mean.ts'
import { UserError } from '../util/user-error.ts'
import { blockNotFound, lineNotFound, lineRangeReversed } from './messages.ts'

/**
 * The blocks without one of them (`human`), or without a line or lines of it (`human:3`, `human:3-5`), and the text that is
 * left out. A label may contain a colon itself. Throws a `UserError` for what does not exist.
 */
export function leaveOut(
  blocks: readonly TemplateBlock[],
  part: string,
): { readonly blocks: readonly TemplateBlock[]; readonly removed: string } {
  const [label, from, to] = parsePart(blocks, part)
  const block = blocks.find((one) => one.label === label)
  if (block === undefined) {
    const labels = blocks.map((one) => one.label)
    throw new UserError(blockNotFound(label), { hint: suggestionHint(label, labels) })
  }
  if (from === null) {
    return { blocks: blocks.filter((one) => one !== block), removed: block.value }
  }
  const lines = block.value.split('\n')
  if (to < from) throw new UserError(lineRangeReversed(label, from, to))
  if (from < 1 || to > lines.length) {
    throw new UserError(lineNotFound(label, from < 1 ? from : to, lines.length))
  }
  const kept = [...lines.slice(0, from - 1), ...lines.slice(to)].join('\n')
  const removed = lines.slice(from - 1, to).join('\n')
  return {
    blocks: blocks.map((one) => (one === block ? { ...block, value: kept } : one)),
    removed,
  }
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
