import type { BlockDraftText, MergePart } from '../../../lib/session/state/memory.ts'
import { createEditor } from '../editor.ts'
import type { WorkbenchEvent } from '../events.ts'
import { NO_MEMORY_PAGE } from '../memory-page.ts'
import { isChangedEdit } from '../selectors.ts'
import type { MemoryMerge, WorkbenchState } from '../state.ts'
import { toggleItem } from './panes.ts'

type MemoryPane = WorkbenchState['memory']

export const NO_MEMORY_PANE: MemoryPane = {
  selected: null,
  open: [],
  editing: null,
  merging: null,
  leftMerge: null,
  drafts: {},
  draftCounts: {},
  accepted: [],
  page: NO_MEMORY_PAGE,
  archival: null,
}

type MemoryPaneEvent = Extract<WorkbenchEvent, { readonly type: `memory.${string}` }>

/** Selection, editor, merge and drafts of the memory pane. */
export function reduceMemoryPane(state: WorkbenchState, event: MemoryPaneEvent): WorkbenchState {
  const memory = reducePane(state.memory, event)
  const focus =
    event.type === 'memory.editStarted' || event.type === 'memory.mergeStarted'
      ? 'memory'
      : state.focus
  const discarded = event.type === 'memory.draftDiscarded' ? unsaved(state.memory, event.label) : ''
  const composer = discarded === '' ? state.composer : { ...state.composer, killed: discarded }
  return { ...state, focus, memory, composer }
}

/** What was typed into a block: a text that is discarded can be yanked into the message. */
function unsaved({ editing, merging, drafts }: MemoryPane, label: string): string {
  if (editing?.label === label) return editing.editor.text
  if (merging?.label === label) return merging.mine
  return drafts[label]?.text ?? ''
}

function reducePane(pane: MemoryPane, event: MemoryPaneEvent): MemoryPane {
  switch (event.type) {
    case 'memory.selected':
      return {
        ...pane,
        selected: event.label,
        archival: null,
        page: { ...pane.page, line: 0, version: 0, marked: null, markedLine: null },
      }
    case 'memory.toggled':
      return { ...pane, open: toggleItem(pane.open, event.label) }
    case 'memory.editStarted': {
      const { label, draft } = event
      const before = draft?.before ?? event.value
      const text = draft?.text ?? event.value
      const editor = { ...createEditor(text), cursor: draft === undefined ? 0 : text.length }
      return { ...pane, editing: { label, before, editor }, merging: null }
    }
    case 'memory.editSaved': {
      const { editing } = pane
      if (editing?.label !== event.label) return withoutDraft(pane, event.label)
      const isSaved = editing.editor.text === event.typed
      if (isSaved) return withoutDraft(pane, event.label)
      // What was typed since is based on the text that was saved.
      return { ...pane, editing: { ...editing, before: event.typed } }
    }
    case 'memory.editEnded': {
      const { editing } = pane
      if (editing === null) return pane
      const { label, before, editor } = editing
      if (!isChangedEdit(editing)) return withoutDraft(pane, label)
      return {
        ...pane,
        editing: null,
        drafts: { ...pane.drafts, [label]: { before, text: editor.text } },
      }
    }
    case 'memory.mergeStarted': {
      const { type: _, ...merge } = event
      const { leftMerge: left } = pane
      const isLeft =
        left?.label === merge.label &&
        left.base === merge.base &&
        left.mine === merge.mine &&
        left.current === merge.current
      const choices = conflictsOf(event.parts).map(() => null)
      const merging = isLeft ? left : { ...merge, choices, selected: 0 }
      return { ...pane, editing: null, merging, leftMerge: null }
    }
    case 'memory.mergeMoved':
      return withMerge(pane, (merge) => ({
        ...merge,
        selected: Math.max(0, Math.min(merge.choices.length - 1, merge.selected + event.by)),
      }))
    case 'memory.mergeChosen':
      return withMerge(pane, (merge) => {
        const choices = merge.choices.with(merge.selected, event.choice)
        const next = choices.indexOf(null)
        return { ...merge, choices, selected: next < 0 ? merge.selected : next }
      })
    case 'memory.mergeEnded': {
      const { merging } = pane
      if (merging === null) return pane
      const { label, mine, base } = merging
      const editor = { ...createEditor(mine), cursor: mine.length }
      // Saving again finds the same conflict.
      const editing = { label, before: base, editor }
      return { ...pane, merging: null, leftMerge: merging, editing }
    }
    case 'memory.draftsFound': {
      const counts = Object.entries(event.drafts).map(([label, { count }]) => [label, count])
      return {
        ...pane,
        drafts: { ...event.drafts, ...pane.drafts },
        draftCounts: { ...pane.draftCounts, ...Object.fromEntries(counts) },
      }
    }
    case 'memory.draftDiscarded':
      return withoutDraft(pane, event.label)
  }
}

/** The editor and the merge of the block are closed too. */
function withoutDraft(pane: MemoryPane, label: string): MemoryPane {
  const { [label]: _, ...drafts } = pane.drafts as Readonly<Record<string, BlockDraftText>>
  const { [label]: _count, ...draftCounts } = pane.draftCounts as Readonly<Record<string, number>>
  return {
    ...pane,
    drafts,
    draftCounts,
    editing: pane.editing?.label === label ? null : pane.editing,
    merging: pane.merging?.label === label ? null : pane.merging,
    leftMerge: pane.leftMerge?.label === label ? null : pane.leftMerge,
  }
}

/** `names`: labels of renamed blocks, with the present ones. */
export function renameDrafts(pane: MemoryPane, names: ReadonlyMap<string, string>): MemoryPane {
  const nameOf = (label: string): string => names.get(label) ?? label
  const renamed = <Value>(values: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(values).map(([label, value]) => [nameOf(label), value]))
  const { editing, merging, leftMerge } = pane
  return {
    ...pane,
    drafts: renamed(pane.drafts),
    draftCounts: renamed(pane.draftCounts),
    editing: editing === null ? null : { ...editing, label: nameOf(editing.label) },
    merging: merging === null ? null : { ...merging, label: nameOf(merging.label) },
    leftMerge: leftMerge === null ? null : { ...leftMerge, label: nameOf(leftMerge.label) },
  }
}

function withMerge(pane: MemoryPane, change: (merge: MemoryMerge) => MemoryMerge): MemoryPane {
  return pane.merging === null ? pane : { ...pane, merging: change(pane.merging) }
}

function conflictsOf(parts: readonly MergePart[]): readonly MergePart[] {
  return parts.filter(({ type }) => type === 'conflict')
}
