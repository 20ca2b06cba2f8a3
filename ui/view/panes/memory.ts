import type { MemoryItem } from '../../../lib/session/state/memory.ts'
import type { RootState } from '../../state/state.ts'
import type { Styles } from '../../theme/styles.ts'
import { memoryTexts } from '../messages/memory.ts'
import { paneTitles } from '../messages/panes.ts'
import type { RenderOptions } from '../render/formatter.ts'
import { type Row, styled } from '../render/row.ts'
import { cleanLine } from '../render/sanitize.ts'
import { wrap } from '../render/wrap.ts'
import { archivalView } from './archival.ts'
import { shortCount } from './format.ts'
import { onPage } from './gutter.ts'
import { type BlockOptions, blockRows, changedAt } from './memory-block.ts'
import { editorView } from './memory-editor.ts'
import { mergeView } from './memory-merge.ts'
import { isMemoryPage, memoryPageView } from './memory-page.ts'
import { draftCount, selectedBlock } from './memory-selection.ts'
import { isMemorySummary, memoryTokens, summaryRows } from './memory-summary.ts'
import type { Pane } from './pane.ts'
import { type RowList, visibleRows } from './virtual-list.ts'

export const memory: Pane = {
  id: 'memory',
  isUntyped: true,
  title: ({ workbench }) => {
    const { editing, merging } = workbench.memory
    if (merging !== null) return paneTitles.mergingBlock(cleanLine(merging.label))
    return editing === null ? paneTitles.memory : paneTitles.editingBlock(cleanLine(editing.label))
  },
  render(state, size, options) {
    const { editing, merging } = state.workbench.memory
    const edited = merging?.label ?? editing?.label
    const item = state.session.memory.find(({ block }) => block.label === edited) ?? null
    if (merging !== null) return mergeView(merging, item, size, options)
    if (editing !== null) {
      const { vim } = state.workbench
      return onPage(size, (inner) => editorView(editing, item, inner, vim, options))
    }
    const { archival } = state.workbench.memory
    if (archival !== null && state.workbench.page === 'memory') {
      return archivalView(state, archival, size, options)
    }
    if (state.session.memory.length > 0 && isMemoryPage(state.workbench, size)) {
      return memoryPageView(state, size, options)
    }
    const blocks = state.session.memory
    if (blocks.length === 0) {
      return { rows: emptyRows(state, size.columns, options.styles).slice(0, size.rows) }
    }
    const note = memoryTexts.blocks(blocks.length)
    if (isMemorySummary(state)) {
      const rows = summaryRows(state, size.columns - 1, options.styles).slice(0, size.rows)
      return { rows, note: `${note} · ${memoryTexts.tokens(shortCount(memoryTokens(state)))}` }
    }
    const list = memoryList(state, size.columns, options)
    const { rows } = visibleRows(list, state.workbench.scroll.memory, size.rows)
    return { rows, note }
  },
}

function emptyRows({ session }: RootState, columns: number, styles: Styles): readonly Row[] {
  const text = session.agent === null ? memoryTexts.withoutAgent : memoryTexts.empty
  return wrap(styled(styles.muted, text), columns)
}

/** The agent's blocks, one item each. */
export function memoryList(state: RootState, columns: number, options: RenderOptions): RowList {
  const items = state.session.memory
  return {
    length: items.length,
    id: (index) => items[index]?.block.label ?? '',
    rows(index) {
      const item = items[index]
      return item === undefined ? [] : blockRows(item, optionsOf(item, state, columns, options))
    },
    indexOf: (label) => items.findIndex((item) => item.block.label === label),
  }
}

function optionsOf(
  item: MemoryItem,
  state: RootState,
  columns: number,
  { styles, formatter }: RenderOptions,
): BlockOptions {
  const { workbench } = state
  return {
    columns,
    styles,
    formatter,
    showsMarkdown: workbench.memory.page.showsMarkdown,
    drafts: draftCount(workbench, item.block.label),
    outside: state.session.outsideLines,
    isOpen: workbench.memory.open.includes(item.block.label),
    isSelected: workbench.focus === 'memory' && selectedBlock(state) === item,
    changed: changedAt(item.change, workbench.now),
  }
}
