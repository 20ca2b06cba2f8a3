import type { MemoryBlock } from '../../lib/session/state/memory.ts'
import { SKILLS_LABEL } from '../../lib/session/state/memory.ts'
import { BLOCK_PROMPTS, noOtherBlock, TEXT_IN_BOTH, transferred } from '../messages/memory.ts'
import { changedMeanwhile } from '../messages/memory-history.ts'
import { selectedLines } from '../state/memory-page.ts'
import type { TextTransfer } from '../state/overlay-actions.ts'
import { selectedBlock } from '../view/panes/memory-selection.ts'
import { openPicker } from './open-overlay.ts'
import { flash, type WorkbenchContext } from './workbench-command.ts'
import { writeBlock } from './write-block.ts'

/** Asks for the block to which the selected lines are moved or copied. */
export function chooseTarget(context: WorkbenchContext, isMove: boolean): void {
  const { root } = context
  const item = selectedBlock(root.state)
  if (item === null) return
  const { label, value } = item.block
  const [first, last] = selectedLines(root.state.workbench.memory.page)
  const others = root.state.session.memory.filter(
    ({ block }) => block.label !== label && !block.readOnly && !isMaintained(context, block),
  )
  if (others.length === 0) {
    flash(context, noOtherBlock(label))
    return
  }
  const lines = { from: label, before: value, first, last, isMove }
  const items = others.map(({ block }) => ({
    title: block.label,
    detail: block.description ?? '',
    current: false,
    action: { type: 'memory.transfer', ...lines, to: block.label } as const,
  }))
  openPicker(context, isMove ? BLOCK_PROMPTS.moveText : BLOCK_PROMPTS.copyText, items)
}

/** letta writes the list of skills into this block again: a line of a person would be lost there. */
function isMaintained({ root }: WorkbenchContext, { id, label }: MemoryBlock): boolean {
  return label === SKILLS_LABEL && root.state.session.managedBlocks.includes(id)
}

/** The text is in the other block before it leaves its own: nothing is lost when one of the writes fails. */
export async function transferText(
  context: WorkbenchContext,
  transfer: TextTransfer,
): Promise<void> {
  const { from, to, before, first, last, isMove } = transfer
  const target = context.root.state.session.memory.find(({ block }) => block.label === to)?.block
  if (target === undefined) return
  const lines = before.split('\n')
  const text = lines.slice(first, last + 1).join('\n')
  const { value } = target
  const after = value === '' ? text : `${value.replace(/\n$/, '')}\n${text}`
  if (!(await writeBlock(context, { label: to, before: value, after }))) return
  context.root.dispatch({ type: 'memoryPage.linesMarked', line: null })
  if (isMove) {
    const left = lines.toSpliced(first, last + 1 - first).join('\n')
    const result = await context.session.memory.edit(from, left, before)
    if (result.type !== 'saved') {
      flash(context, `${changedMeanwhile(from)} ${TEXT_IN_BOTH}`)
      return
    }
  }
  flash(context, transferred(last + 1 - first, from, to, isMove))
}
