import type { Entry, SessionState } from '../../lib/session/state.ts'
import { draftAt, EMPTY_FORM } from './answer-form.ts'
import type { TextEditor } from './editor.ts'
import type { OverlayOf, PickerItem, WorkbenchState } from './state.ts'

/** The text that is being edited; null when keys edit none. */
export function activeEditor(state: WorkbenchState): TextEditor | null {
  const { overlay, memory, focus } = state
  if (overlay?.type === 'picker') return overlay.query
  if (overlay?.type === 'prompt') return overlay.editor
  if (overlay?.type === 'help') return overlay.query
  if (overlay !== null) return null
  if (focus === 'memory' && memory.editing !== null) return memory.editing.editor
  if (focus === 'approval' && state.approval.writing !== null) {
    const form = state.approval.forms.get(state.approval.writing.callId) ?? EMPTY_FORM
    return draftAt(form, form.at).editor
  }
  if (focus === 'approval') return state.approval.editing?.editor ?? null
  return focus === 'composer' ? state.composer : null
}

/** The items that contain every word of the query. */
export function matchingPickerItems({ items, query }: OverlayOf<'picker'>): readonly PickerItem[] {
  return itemsWithWords(items, query.text)
}

export function itemsWithWords(items: readonly PickerItem[], query: string): readonly PickerItem[] {
  const words = wordsOf(query)
  return items.filter((item) => {
    const text = (item.searched ?? `${item.title} ${item.detail}`).toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** The words of a search, in lower case. */
export function wordsOf(query: string): readonly string[] {
  return query.toLowerCase().split(/\s+/).filter(Boolean)
}

/** The entry of the conversation with this number, counted from the first loaded one. */
export function entryAt({ settled, current }: SessionState, index: number): Entry | undefined {
  return index < settled.length ? settled[index] : current[index - settled.length]
}
