import { fuzzyMatch } from '../../lib/util/fuzzy.ts'
import type { TextEditor } from './editor.ts'
import type { Completion, CompletionItem, CompletionTrigger, RootState } from './state.ts'

/** What is completed at the cursor: a `/command` at the start of the message, its argument, or an `@file` anywhere. */
export function findTrigger({ text, cursor }: TextEditor): CompletionTrigger | null {
  const before = text.slice(0, cursor)
  if (/^\S/.test(text.slice(cursor))) return null
  const command = /^\/([a-z?][\w-]*)?$/i.exec(before)
  if (command !== null) return { type: 'command', from: 0, query: command[1] ?? '' }
  const [, sign, quoted, plain] = FILE_AT_END.exec(before.slice(-MAX_PATH_CHARACTERS)) ?? []
  if (sign !== undefined) {
    const from = before.length - sign.length - (quoted?.length ?? plain?.length ?? 0)
    return {
      type: 'file',
      from,
      query: (quoted ?? plain ?? '').slice(quoted === undefined ? 0 : 1),
    }
  }
  const [, name, query] = /^\/([a-z?][\w-]*)[ \t]+([^\n]*)$/i.exec(before) ?? []
  if (name === undefined || query === undefined || text.slice(cursor).trim() !== '') return null
  return { type: 'argument', command: name, from: cursor - query.length, query }
}

/** A path is not longer; the expression would look for its start in all of a long text. */
const MAX_PATH_CHARACTERS = 4096

/** `@path`, `@+path`, or the beginning of `@"path with blanks`. */
const FILE_AT_END = /(?<![^\s(])(@\+?)(?:("[^"\n]*)|([^\s@"]*))$/

export function isSameTrigger(one: CompletionTrigger | null, other: CompletionTrigger): boolean {
  return one?.type === other.type && one.from === other.from && commandOf(one) === commandOf(other)
}

function commandOf(trigger: CompletionTrigger): string | null {
  return trigger.type === 'argument' ? trigger.command : null
}

/** No suggestion is selected for an argument, because the typed text may be complete. */
export function initialSelection({ type }: CompletionTrigger): number {
  return type === 'argument' ? -1 : 0
}

/** The suggestions that match what was typed since they were found, the best first. */
export function matchingSuggestions({ trigger, items }: Completion): readonly CompletionItem[] {
  const { type, query } = trigger
  if (type === 'file') return items.filter(({ insert }) => fuzzyMatch(insert, query) !== null)
  return rankByName(items, query.trim().toLowerCase(), type === 'command' ? 'insert' : 'title')
}

/** After every rank. */
const LAST = 10

function rankByName(
  items: readonly CompletionItem[],
  query: string,
  by: 'insert' | 'title',
): readonly CompletionItem[] {
  const rank = (item: CompletionItem): number => {
    const name = item[by].toLowerCase()
    if (name === query) return 0
    if (name.startsWith(query)) return 1
    return name.includes(query) || item.insert.startsWith(query) ? 2 : 3
  }
  const order = (item: CompletionItem): number =>
    rank(item) + (item.isUnavailable === true ? LAST : 0)
  const fitting = items.filter((item) => rank(item) < 3)
  return fitting.toSorted((one, other) => order(one) - order(other))
}

/** A smaller screen has no space for suggestions. */
const MIN_ROWS = 8

/** The suggestions that are visible, and which one is selected; null when there are none. */
export function visibleCompletion({ workbench }: RootState): {
  readonly items: readonly CompletionItem[]
  readonly selected: number
  readonly trigger: CompletionTrigger
} | null {
  const { completion, focus, overlay, viewport, vim } = workbench
  if (completion === null || focus !== 'composer' || overlay !== null) return null
  if (viewport.rows < MIN_ROWS || (vim !== null && vim.mode !== 'insert')) return null
  const items = matchingSuggestions(completion)
  if (items.length === 0) return null
  const selected = completion.selected < 0 ? -1 : completion.selected % items.length
  return { items, selected, trigger: completion.trigger }
}
