import type { Entry } from '../../lib/session/state/entry.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import { fuzzyMatchWords } from '../../lib/util/fuzzy.ts'
import { draftAt, EMPTY_FORM } from './answer-form.ts'
import type { TextEditor } from './editor.ts'
import { expandPastes, withPastes } from './pastes.ts'
import type { OverlayOf, PickerItem, RootState, WorkbenchState } from './state.ts'

/** The text that is being edited; null when keys edit none. */
export function activeEditor(state: WorkbenchState): TextEditor | null {
  const { overlay, memory, focus, finding } = state
  if (overlay?.type === 'picker') return overlay.query
  if (overlay?.type === 'prompt') return overlay.editor
  if (overlay?.type === 'help') return overlay.query
  if (overlay !== null) return null
  if (focus === 'conversation' && finding !== null) return finding.query
  if (focus === 'conversations' && state.conversations.isFinding) return state.conversations.query
  if (focus === 'memory' && memory.editing !== null) return memory.editing.editor
  if (focus === 'approval' && state.approval.writing !== null) {
    const form = state.approval.forms.get(state.approval.writing.callId) ?? EMPTY_FORM
    return draftAt(form, form.at).editor
  }
  if (focus === 'approval') return state.approval.editing?.editor ?? null
  return focus === 'composer' ? state.composer : null
}

export function isChangedEdit(editing: WorkbenchState['memory']['editing']): boolean {
  return editing !== null && editing.editor.text !== editing.before
}

/** The message that is being written, with all pastes in full. */
export function messageText({ workbench }: Pick<RootState, 'workbench'>): string {
  return expandPastes(workbench.composer.text, workbench.pastes)
}

/** With the pastes of `texts` that are new; those that nothing names may be forgotten. */
export function withNewPastes(state: WorkbenchState, texts: readonly string[]): WorkbenchState {
  return { ...state, pastes: withPastes(state.pastes, texts, labelledTexts(state)) }
}

/** Where the label of a paste stands for its text: in the message, in what can be undone or yanked, and in a draft below the history. */
export function labelledTexts({ composer, history }: WorkbenchState): readonly string[] {
  const { text, killed, past, future } = composer
  return [text, killed, history.draft, ...[...past, ...future].map((step) => step.text)]
}

/**
 * The items that fit the query, in their order: commands whose title begins with it, those with every word in the title, then
 * those with every word elsewhere, then those whose title has the letters of every word, the best first.
 */
export function matchingPickerItems(overlay: OverlayOf<'picker'>): readonly PickerItem[] {
  const known = matching.get(overlay)
  if (known !== undefined) return known
  const found = findMatching(overlay)
  matching.set(overlay, found)
  return found
}

/** A frame asks several times: for the width of the list, its rows and what is selected. */
const matching = new WeakMap<OverlayOf<'picker'>, readonly PickerItem[]>()

function findMatching({ items, query }: OverlayOf<'picker'>): readonly PickerItem[] {
  const begun = query.text.trim().toLowerCase()
  if (begun === '') return items
  // Whoever types "quit" does not mean "Sign out and quit".
  const isNamed = ({ title, action }: PickerItem): boolean =>
    action.type === 'command.run' && title.toLowerCase().startsWith(begun)
  const inTitle = itemsWithWords(items, query.text, ({ title }) => title)
  const titled = [...inTitle.filter(isNamed), ...inTitle.filter((item) => !isNamed(item))]
  const others = itemsWithWords(items, query.text).filter((item) => !titled.includes(item))
  const literal = new Set([...titled, ...others])
  const fuzzy = items.flatMap((item) => {
    const match = literal.has(item) ? null : fuzzyMatchWords(item.title, query.text)
    const isClose = match !== null && match.score >= match.at.length * CLOSE_SCORE
    return isClose ? [{ item, score: match.score }] : []
  })
  fuzzy.sort((one, other) => other.score - one.score)
  return [...literal, ...fuzzy.map(({ item }) => item)]
}

/** Points for each letter, below which letters that are far apart fit by accident. */
const CLOSE_SCORE = 15

/** The items with every word of the query. */
function itemsWithWords(
  items: readonly PickerItem[],
  query: string,
  textOf: (item: PickerItem) => string = searchedText,
): readonly PickerItem[] {
  const words = wordsOf(query)
  return items.filter((item) => {
    const text = textOf(item).toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

function searchedText({ searched, title, detail }: PickerItem): string {
  return searched ?? `${title} ${detail}`
}

/** The words of a search, in lower case. */
function wordsOf(query: string): readonly string[] {
  return query.toLowerCase().split(/\s+/).filter(Boolean)
}

/** The entry of the conversation with this number, counted from the first loaded one. */
export function entryAt({ settled, current }: SessionState, index: number): Entry | undefined {
  return index < settled.length ? settled[index] : current[index - settled.length]
}

/** Whether an entry of the conversation is shown in full. */
export function isExpanded({ expanded, allExpanded }: WorkbenchState, id: string): boolean {
  return expanded.includes(id) !== allExpanded
}
