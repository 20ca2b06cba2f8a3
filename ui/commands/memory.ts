import type { MemoryItem } from '../../lib/session/state/memory.ts'
import { blockIsReadOnly, NO_MEMORY_BLOCKS } from '../messages/memory.ts'
import type { RootState } from '../state/state.ts'
import { selectedBlock } from '../view/panes/memory-selection.ts'
import { ARCHIVAL_COMMANDS } from './archival.ts'
import { onBlock } from './block-command.ts'
import { LEARNED_COMMANDS } from './learned.ts'
import { MEMORY_BLOCK_COMMANDS } from './memory-blocks.ts'
import { MEMORY_EDITOR_COMMANDS, saveEdit, startBlockEdit } from './memory-editor.ts'
import { MEMORY_HISTORY_COMMANDS } from './memory-history.ts'
import { MEMORY_PAGE_COMMANDS } from './memory-page.ts'
import { MESSAGE_SEARCH_COMMANDS } from './message-search.ts'
import { showItem } from './scroll.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

export const MEMORY_PANE_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'memory.next',
    hidden: true,
    run: (context) => select(context, 1),
  },
  {
    id: 'memory.previous',
    hidden: true,
    run: (context) => select(context, -1),
  },
  onBlock('memory.toggleBlock', ({ root }, { block }) =>
    root.dispatch({ type: 'memory.toggled', label: block.label }),
  ),
  {
    ...onBlock('memory.edit', startBlockEdit),
    unavailable: notEditable,
  },
  {
    ...onBlock('memory.editOutside', editOutside),
    unavailable: notEditable,
  },
  ...MEMORY_EDITOR_COMMANDS,
  ...MEMORY_HISTORY_COMMANDS,
  ...MEMORY_BLOCK_COMMANDS,
  ...MEMORY_PAGE_COMMANDS,
  ...LEARNED_COMMANDS,
  ...ARCHIVAL_COMMANDS,
  ...MESSAGE_SEARCH_COMMANDS,
]

function notEditable(state: RootState): string | null {
  const item = selectedBlock(state)
  if (item === null) return NO_MEMORY_BLOCKS
  return item.block.readOnly ? blockIsReadOnly(item.block.label) : null
}

function select(context: WorkbenchContext, by: 1 | -1): void {
  const { memory } = context.root.state.session
  const item = selectedBlock(context.root.state)
  const at = item === null ? -1 : memory.indexOf(item)
  const next = memory[Math.min(memory.length - 1, Math.max(0, at + by))]
  if (next === undefined) return
  context.root.dispatch({ type: 'memory.selected', label: next.block.label })
  showItem(context, 'memory', next.block.label)
}

async function editOutside(context: WorkbenchContext, { block }: MemoryItem): Promise<void> {
  const draft = context.root.state.workbench.memory.drafts[block.label]
  const { before, text: begun } = draft ?? { before: block.value, text: block.value }
  const text = await context.edit(begun, `${block.label}.md`)
  // Editors add a line break at the end of a file.
  const value = begun.endsWith('\n') ? text : text.replace(/\n$/, '')
  // Until it is saved, the text is that of the editor of the pane: nothing that was written is lost.
  const { label } = block
  context.root.dispatch({
    type: 'memory.editStarted',
    label,
    value: before,
    draft: { before, text: value },
  })
  await saveEdit(context, label, value, before)
}
