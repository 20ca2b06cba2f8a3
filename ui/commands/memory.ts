import type { MemoryItem } from '../../lib/session/state.ts'
import type { WorkbenchCommandId } from '../messages/commands.ts'
import { blockIsReadOnly, NO_MEMORY_BLOCKS } from '../messages/notices.ts'
import type { RootState } from '../state/state.ts'
import { selectedBlock } from '../view/panes/memory.ts'
import { showItem } from './scroll.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

export const MEMORY_COMMANDS: readonly WorkbenchCommand[] = [
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
    ...onBlock('memory.edit', ({ root }, { block }) =>
      root.dispatch({ type: 'memory.editStarted', label: block.label, value: block.value }),
    ),
    unavailable: notEditable,
  },
  {
    ...onBlock('memory.editOutside', editOutside),
    unavailable: notEditable,
  },
  {
    id: 'memory.save',
    hidden: true,
    async run({ root, session }) {
      const { editing } = root.state.workbench.memory
      if (editing === null) return
      const { label, editor, before } = editing
      if (editor.text !== before) await session.memory.edit(label, editor.text, before)
      root.dispatch({ type: 'memory.editSaved', label, value: editor.text })
    },
  },
  {
    id: 'memory.discard',
    hidden: true,
    run: ({ root }) => root.dispatch({ type: 'memory.editEnded' }),
  },
]

function onBlock(
  id: WorkbenchCommandId,
  run: (context: WorkbenchContext, item: MemoryItem) => void | Promise<void>,
): WorkbenchCommand {
  return {
    id,
    unavailable: ({ session }) => (session.memory.length === 0 ? NO_MEMORY_BLOCKS : null),
    run(context) {
      const item = selectedBlock(context.root.state)
      return item === null ? undefined : run(context, item)
    },
  }
}

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
  const text = await context.edit(block.value, `${block.label}.md`)
  // Editors add a line break at the end of a file.
  const value = block.value.endsWith('\n') ? text : text.replace(/\n$/, '')
  if (value !== block.value) await context.session.memory.edit(block.label, value, block.value)
}
