import * as edit from './editor.ts'
import {
  applyOperator,
  applyTarget,
  inNormalMode,
  isVisual,
  operate,
  selectedRange,
  type VimCommand,
  type VimSearch,
  type VimState,
  type VimText,
  type VimWait,
} from './vim.ts'

export function awaitCharacter(awaits: VimWait): VimCommand {
  return ({ editor, vim }) => ({ editor, vim: { ...vim, awaits } })
}

/** `i` and `a`: text objects after an operator and in a visual mode; otherwise the insert mode. */
export function objectOr(awaits: 'inner' | 'around', otherwise: VimCommand): VimCommand {
  return (before) =>
    before.vim.operator !== null || isVisual(before.vim)
      ? awaitCharacter(awaits)(before)
      : otherwise(before)
}

/** The character that a command has waited for. Text of several characters is pasted, and ends the wait. */
export function giveCharacter(before: VimText, character: string): VimText {
  const { awaits, ...rest } = before.vim
  const { editor } = before
  const vim: VimState = rest
  if (awaits === undefined || [...character].length !== 1) return cancelled(editor, vim)
  switch (awaits) {
    case 'replace':
      return replaceCharacters({ editor, vim }, character)
    case 'inner':
    case 'around':
      return selectObject({ editor, vim }, character, awaits === 'around')
    default: {
      const isBack = awaits === 'findBack' || awaits === 'tillBack'
      const isTill = awaits === 'till' || awaits === 'tillBack'
      return search({ editor, vim }, { character, isBack, isTill }, false)
    }
  }
}

/** `;` and `,`. */
export function repeatSearch(isReversed: boolean): VimCommand {
  return (before) => {
    const { search: last } = before.vim
    if (last === undefined) return cancelled(before.editor, before.vim)
    const direction = { ...last, isBack: last.isBack !== isReversed }
    const next = search(before, direction, true)
    return { ...next, vim: { ...next.vim, search: last } }
  }
}

function cancelled(editor: edit.TextEditor, vim: VimState): VimText {
  return { editor, vim: { ...vim, operator: null, count: 0 } }
}

function search({ editor, vim }: VimText, wanted: VimSearch, isRepeated: boolean): VimText {
  const { text, cursor } = editor
  const [start, end] = [edit.lineStart(text, cursor), edit.lineEnd(text, cursor)]
  const step = wanted.isBack ? -1 : 1
  let at = cursor
  for (let left = Math.max(1, vim.count); left > 0; left--) {
    // A repeated search passes the character before which the last one has stopped.
    const skipped = wanted.isTill && isRepeated ? 2 : 1
    const from = at + step * skipped
    at = wanted.isBack
      ? from < start
        ? -1
        : text.lastIndexOf(wanted.character, from)
      : text.indexOf(wanted.character, from)
    if (at < start || at >= end) return cancelled(editor, { ...vim, search: wanted })
    if (wanted.isTill) at -= step
  }
  const type = wanted.isBack ? 'exclusive' : 'inclusive'
  const next = applyTarget({ editor, vim }, { at, type })
  return { ...next, vim: { ...next.vim, search: wanted } }
}

function replaceCharacters({ editor, vim }: VimText, character: string): VimText {
  const { text, cursor } = editor
  const range = selectedRange({ editor, vim })
  if (range !== null) {
    const replaced = text.slice(...range).replaceAll(/[^\n]/gu, character)
    return inNormalMode(edit.moveTo(edit.replaced(editor, ...range, replaced), range[0]))
  }
  let end = cursor
  for (let left = Math.max(1, vim.count); left > 0; left--) {
    if (end >= edit.lineEnd(text, cursor)) return cancelled(editor, vim)
    end = edit.clusterAfter(text, end)
  }
  const next = edit.replaced(editor, cursor, end, character.repeat(Math.max(1, vim.count)))
  return inNormalMode(edit.moveLeft(next))
}

const PAIRS: Readonly<Record<string, readonly [string, string]>> = {
  '(': ['(', ')'],
  ')': ['(', ')'],
  b: ['(', ')'],
  '[': ['[', ']'],
  ']': ['[', ']'],
  '{': ['{', '}'],
  '}': ['{', '}'],
  B: ['{', '}'],
  '<': ['<', '>'],
  '>': ['<', '>'],
}

function selectObject(before: VimText, name: string, isAround: boolean): VimText {
  const { editor, vim } = before
  const range = objectAt(editor, name, isAround)
  if (range === null) return cancelled(editor, vim)
  const [from, to] = range
  if (vim.operator !== null) return applyOperator(editor, vim.operator, range, false)
  const last = edit.clusterBefore(editor.text, to)
  return { editor: edit.moveTo(editor, Math.max(from, last)), vim: { ...vim, anchor: from } }
}

function objectAt(
  { text, cursor }: edit.TextEditor,
  name: string,
  isAround: boolean,
): readonly [number, number] | null {
  if (name === 'w' || name === 'W') return wordAt(text, cursor, name === 'W', isAround)
  if (name === '"' || name === "'" || name === '`') return quoteAt(text, cursor, name, isAround)
  const pair = PAIRS[name]
  return pair === undefined ? null : pairAt(text, cursor, pair, isAround)
}

function wordAt(text: string, at: number, isBig: boolean, isAround: boolean) {
  const kind = (index: number): string => {
    const character = text.charAt(index)
    if (character === '' || character === '\n') return 'end'
    if (/\s/.test(character)) return 'blank'
    return isBig || /[\p{L}\p{N}_]/u.test(character) ? 'word' : 'other'
  }
  if (kind(at) === 'end') return null
  let [from, to] = [at, at]
  while (from > 0 && kind(from - 1) === kind(at)) from--
  while (kind(to) === kind(at)) to++
  if (!isAround) return [from, to] as const
  const end = to
  while (kind(to) === 'blank') to++
  if (to === end) while (from > 0 && kind(from - 1) === 'blank') from--
  return [from, to] as const
}

/** The quoted text at the cursor, otherwise the next one in the line. */
function quoteAt(text: string, at: number, quote: string, isAround: boolean) {
  const [start, end] = [edit.lineStart(text, at), edit.lineEnd(text, at)]
  const quotes: number[] = []
  for (let index = start; index < end; index++) if (text[index] === quote) quotes.push(index)
  for (let index = 0; index + 1 < quotes.length; index += 2) {
    const [from = 0, to = 0] = [quotes[index], quotes[index + 1]]
    if (at <= to) return isAround ? ([from, to + 1] as const) : ([from + 1, to] as const)
  }
  return null
}

function pairAt(
  text: string,
  at: number,
  [open, close]: readonly [string, string],
  isAround: boolean,
) {
  const from = text[at] === open ? at : unmatched(text, at - 1, -1, open, close)
  const to = text[at] === close ? at : unmatched(text, at + 1, 1, close, open)
  if (from < 0 || to < 0) return null
  return isAround ? ([from, to + 1] as const) : ([from + 1, to] as const)
}

/** The place of a bracket that has no partner between the cursor and it; -1 for none. */
function unmatched(text: string, start: number, step: 1 | -1, wanted: string, other: string) {
  let depth = 0
  for (let at = start; at >= 0 && at < text.length; at += step) {
    if (text[at] === other) depth++
    else if (text[at] === wanted && depth-- === 0) return at
  }
  return -1
}

/** `J`: the next line follows after one blank. */
export const joinLines: VimCommand = ({ editor, vim }) => {
  let next = editor
  for (let left = Math.max(1, vim.count - 1); left > 0; left--) {
    const end = edit.lineEnd(next.text, next.cursor)
    if (end === next.text.length) break
    const blanks = /^\s*/.exec(next.text.slice(end + 1).split('\n', 1)[0] ?? '')?.[0].length ?? 0
    const joint = end === edit.lineStart(next.text, end) || /\s/.test(next.text[end - 1] ?? '')
    next = edit.moveTo(edit.replaced(next, end, end + 1 + blanks, joint ? '' : ' '), end)
  }
  return inNormalMode(next)
}

/** `~`: of the selection, otherwise of characters, past which it goes. */
export const toggleCase: VimCommand = (before) => {
  const { editor, vim } = before
  const { text, cursor } = editor
  const selected = selectedRange(before)
  const end = Math.min(edit.lineEnd(text, cursor), cursor + Math.max(1, vim.count))
  const [from, to] = selected ?? [cursor, end]
  if (from >= to) return inNormalMode(editor)
  const toggled = [...text.slice(from, to)]
    .map((letter) =>
      letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
    )
    .join('')
  const next = edit.replaced(editor, from, to, toggled)
  return inNormalMode(selected === null ? next : edit.moveTo(next, from))
}

/** `S` and `Y`: the operator on complete lines. */
export function operateOnLine(operator: 'change' | 'yank'): VimCommand {
  return (before) =>
    operate(operator)(
      isVisual(before.vim) ? before : { ...before, vim: { ...before.vim, operator } },
    )
}
