import type { TextEditor } from './editor.ts'
import * as edit from './editor.ts'

/** How keys apply to a text with the keymap `vim`. */
export interface VimState {
  readonly mode: 'insert' | 'normal' | 'visual' | 'visualLine'
  /** Waits for a motion. */
  readonly operator: VimOperator | null
  /** Typed before a command; 0 for none. */
  readonly count: number
  /** Where the selection of a visual mode began: an offset of the text. */
  readonly anchor: number
  /** A command that waits for a character; absent for none. */
  readonly awaits?: VimWait
  /** The last search for a character in a line. */
  readonly search?: VimSearch
  /** How many undo steps there were before the insert mode: what is typed in it is undone at once. */
  readonly undoSteps?: number
  /** For the repetition of the last change. */
  readonly record?: VimRecord
}

/** A command that waits for a character. */
export type VimWait = 'replace' | 'find' | 'findBack' | 'till' | 'tillBack' | 'inner' | 'around'

/** What `f`, `F`, `t` or `T` has searched for. */
export interface VimSearch {
  readonly character: string
  readonly isBack: boolean
  /** Stops before the character. */
  readonly isTill: boolean
}

/** One key of a change: a command, with the count before it, or the character that it waited for. */
export type VimStep =
  | { readonly type: 'command'; readonly id: string; readonly count: number }
  | { readonly type: 'character'; readonly character: string }
  /** What was written in the insert mode. */
  | { readonly type: 'text'; readonly text: string }

/** The last change, which `.` repeats, and the one that has begun. */
export interface VimRecord {
  readonly change: readonly VimStep[]
  readonly begun: readonly VimStep[]
  /** The text before the first step. */
  readonly text: string
  /** The text and the cursor at the beginning of the insert mode; null outside of it. */
  readonly insertion: { readonly text: string; readonly cursor: number } | null
}

export type VimOperator = 'delete' | 'change' | 'yank'

export const INSERT_MODE: VimState = { mode: 'insert', operator: null, count: 0, anchor: 0 }
export const NORMAL_MODE: VimState = { ...INSERT_MODE, mode: 'normal' }

/** The insert mode for another text. The last change and the last search can be repeated in it. */
export function insertModeAfter({ search, record }: VimState): VimState {
  const change = record === undefined ? {} : { record: { ...record, begun: [], insertion: null } }
  return { ...INSERT_MODE, ...(search === undefined ? {} : { search }), ...change }
}

/** A text and the mode in which it is edited. */
export interface VimText {
  readonly editor: TextEditor
  readonly vim: VimState
}

export type VimCommand = (text: VimText) => VimText

interface Target {
  readonly at: number
  /** `line`: complete lines; `inclusive`: the character at the target, too. */
  readonly type: 'exclusive' | 'inclusive' | 'line'
}

type Move = (text: string, at: number) => number

/** The selected range of a visual mode; null in the others. */
export function selectedRange({ editor, vim }: VimText): readonly [number, number] | null {
  const { text, cursor } = editor
  const [from, to] = [Math.min(vim.anchor, cursor), Math.max(vim.anchor, cursor)]
  if (vim.mode === 'visual') return [from, edit.clusterAfter(text, Math.min(to, text.length))]
  return vim.mode === 'visualLine' ? linesOf(text, from, to) : null
}

/** A motion by one step, repeated by the count; with an operator, the operator applies to what it passes. */
function motion(step: Move, type: Target['type'] = 'exclusive'): VimCommand {
  return (before) => {
    const { editor, vim } = before
    let at = editor.cursor
    for (let left = Math.max(1, vim.count); left > 0; left--) at = step(editor.text, at)
    return applyTarget(before, { at, type })
  }
}

/** `w`: after `c` it changes only to the end of the word, as vi has always done. */
export const wordForward: VimCommand = (before) => {
  const { editor, vim } = before
  const isOnWord = classAt(editor.text, editor.cursor) !== 'blank'
  if (vim.operator === 'change' && isOnWord) return motion(endOfWord, 'inclusive')(before)
  if (vim.operator === null) return motion(nextWord)(before)
  // An operator does not reach into the next line.
  const bounded: Move = (text, at) =>
    Math.min(nextWord(text, at), Math.max(at + 1, edit.lineEnd(text, at)))
  return motion(bounded)(before)
}

export const wordBack = motion(previousWord)
export const wordEnd = motion(endOfWord, 'inclusive')
export const left = motion((text, at) =>
  at > edit.lineStart(text, at) ? edit.clusterBefore(text, at) : at,
)
export const right = motion(rightInLine)

function rightInLine(text: string, at: number): number {
  return at < edit.lineEnd(text, at) ? edit.clusterAfter(text, at) : at
}

export const toLineEnd = motion(edit.lineEnd)
export const firstNonBlank = motion(firstNonBlankOf)

/** `enter`: on the last line it does nothing. */
export const nextLine = motion((text, at) => {
  const end = edit.lineEnd(text, at)
  return end === text.length ? at : firstNonBlankOf(text, end + 1)
}, 'line')

function firstNonBlankOf(text: string, at: number): number {
  const start = edit.lineStart(text, at)
  const blanks = /^[^\S\n]*/.exec(text.slice(start))?.[0].length ?? 0
  return start + blanks
}

export const toStart = motion(() => 0, 'line')
export const toEnd = motion((text) => edit.lineStart(text, text.length), 'line')

/** `0` is a digit after others. */
export const toLineStart: VimCommand = (before) =>
  before.vim.count > 0 ? digit(0)(before) : motion(edit.lineStart)(before)

export function digit(value: number): VimCommand {
  return ({ editor, vim }) => ({
    editor,
    vim: { ...vim, count: Math.min(MAX_COUNT, vim.count * 10 + value) },
  })
}

const MAX_COUNT = 9999

/** `j` and `k`; null at the first or last line, where the history begins. */
export function byLine(by: -1 | 1): (text: VimText) => VimText | null {
  return (before) => {
    const { editor, vim } = before
    let moved = editor
    for (let count = Math.max(1, vim.count); count > 0; count--) {
      moved = edit.moveByLine(moved, by) ?? moved
    }
    if (moved === editor && vim.operator === null) return null
    if (moved === editor) return { editor, vim: reset(vim) }
    return applyTarget(before, { at: moved.cursor, type: 'line' })
  }
}

/** `d`, `c`, `y`: of the selection, of the line when pressed twice, otherwise of the motion that follows. */
export function operate(operator: VimOperator): VimCommand {
  return (before) => {
    const { editor, vim } = before
    const range = selectedRange(before)
    if (range !== null) return applyOperator(editor, operator, range, vim.mode === 'visualLine')
    if (vim.operator === null) return { editor, vim: { ...vim, operator } }
    if (vim.operator !== operator) return { editor, vim: reset(vim) }
    let last = editor.cursor
    for (let count = Math.max(1, vim.count); count > 1; count--) {
      last = Math.min(editor.text.length, edit.lineEnd(editor.text, last) + 1)
    }
    return applyOperator(editor, operator, linesOf(editor.text, editor.cursor, last), true)
  }
}

/** Of the selection in a visual mode, otherwise of what the motion passes over. */
function operateOnCharacter(operator: VimOperator, motion: VimCommand): VimCommand {
  return (before) => {
    if (selectedRange(before) !== null) return operate(operator)(before)
    return motion({ ...before, vim: { ...before.vim, operator } })
  }
}

/** `x`, of the selection in a visual mode. */
export const deleteCharacter: VimCommand = operateOnCharacter('delete', (before) => right(before))

/** `D` and `C`. */
export function operateToLineEnd(operator: VimOperator): VimCommand {
  return (before) => toLineEnd({ ...before, vim: { ...before.vim, operator, count: 0 } })
}

/** A deleted or copied line goes below or above, other text after or before the cursor; in a visual mode it replaces. */
export function paste(isBefore: boolean): VimCommand {
  return (before) => {
    const { editor, vim } = before
    const { text, cursor, killed } = editor
    if (killed === '') return { editor, vim: reset(vim) }
    const repeated = killed.repeat(Math.max(1, vim.count))
    const range = selectedRange(before)
    if (range !== null) {
      const next = edit.replaced(edit.kill(editor, ...range), range[0], range[0], repeated)
      return inNormalMode(next)
    }
    if (!killed.endsWith('\n')) {
      const at =
        isBefore || cursor === edit.lineEnd(text, cursor) ? cursor : edit.clusterAfter(text, cursor)
      return inNormalMode(edit.moveLeft(edit.replaced(editor, at, at, repeated)))
    }
    const end = edit.lineEnd(text, cursor)
    const at = isBefore ? edit.lineStart(text, cursor) : Math.min(text.length, end + 1)
    const isLast = !isBefore && end === text.length
    const inserted = isLast ? `\n${repeated.slice(0, -1)}` : repeated
    const next = edit.replaced(editor, at, at, inserted)
    return inNormalMode(edit.moveTo(next, isLast ? at + 1 : at))
  }
}

/** Into insert mode, at a place that `move` finds. */
export function insertAfter(move: (editor: TextEditor) => TextEditor): VimCommand {
  return ({ editor }) => ({ editor: move(editor), vim: INSERT_MODE })
}

export const append: VimCommand = insertAfter((editor) =>
  edit.moveTo(editor, rightInLine(editor.text, editor.cursor)),
)

export function openLine(isAbove: boolean): VimCommand {
  return insertAfter((editor) => {
    const { text, cursor } = editor
    const at = isAbove ? edit.lineStart(text, cursor) : edit.lineEnd(text, cursor)
    const next = edit.replaced(editor, at, at, '\n')
    return isAbove ? edit.moveTo(next, at) : next
  })
}

/** Begins, changes or ends a visual mode. */
export function select(mode: 'visual' | 'visualLine'): VimCommand {
  return ({ editor, vim }) => {
    if (vim.mode === mode) return inNormalMode(editor)
    const anchor = isVisual(vim) ? vim.anchor : editor.cursor
    return { editor, vim: { ...NORMAL_MODE, mode, anchor } }
  }
}

export const swapEnds: VimCommand = ({ editor, vim }) => ({
  editor: edit.moveTo(editor, vim.anchor),
  vim: { ...vim, anchor: editor.cursor },
})

/** `s`, of the selection in a visual mode. */
export const substituteCharacter: VimCommand = operateOnCharacter('change', (before) =>
  right(before),
)

/** `X`. */
export const deleteCharacterBefore: VimCommand = operateOnCharacter('delete', (before) =>
  left(before),
)

/** From insert mode the cursor goes to the character before it, as in vi. */
export const toNormalMode: VimCommand = (before) => {
  const { editor, vim } = before
  const { cursor, text } = editor
  const isInserting = vim.mode === 'insert' && cursor > edit.lineStart(text, cursor)
  return inNormalMode(isInserting ? edit.moveLeft(editor) : editor)
}

export function repeatedly(operation: (editor: TextEditor) => TextEditor): VimCommand {
  return ({ editor, vim }) => {
    let next = editor
    for (let left = Math.max(1, vim.count); left > 0; left--) next = operation(next)
    return inNormalMode(next)
  }
}

export function applyTarget({ editor, vim }: VimText, { at, type }: Target): VimText {
  const { operator } = vim
  if (operator === null) {
    const moved = edit.moveTo(editor, at)
    return { editor: isVisual(vim) ? moved : onCharacter(moved), vim: reset(vim) }
  }
  const { text, cursor } = editor
  const [from, to] = [Math.min(cursor, at), Math.max(cursor, at)]
  if (type === 'line') return applyOperator(editor, operator, linesOf(text, from, to), true)
  const end = type === 'inclusive' ? edit.clusterAfter(text, to) : to
  return applyOperator(editor, operator, [from, end], false)
}

export function applyOperator(
  editor: TextEditor,
  operator: VimOperator,
  [from, to]: readonly [number, number],
  isByLine: boolean,
): VimText {
  const { text } = editor
  const taken = text.slice(from, to)
  const killed = isByLine && !taken.endsWith('\n') ? `${taken}\n` : taken
  const kept = { ...editor, killed: killed === '' ? editor.killed : killed }
  if (operator === 'yank') return inNormalMode(edit.moveTo(kept, isByLine ? editor.cursor : from))
  if (operator === 'change') {
    const end = isByLine && taken.endsWith('\n') ? to - 1 : to
    return { editor: edit.replaced(kept, from, end, ''), vim: INSERT_MODE }
  }
  // The last line goes with the line break before it.
  const start = isByLine && !taken.endsWith('\n') && from > 0 ? from - 1 : from
  const next = edit.replaced(kept, start, to, '')
  return inNormalMode(
    isByLine
      ? edit.moveTo(next, edit.lineStart(next.text, Math.min(from, next.text.length)))
      : next,
  )
}

export function inNormalMode(editor: TextEditor): VimText {
  return { editor: onCharacter(editor), vim: NORMAL_MODE }
}

/** In normal mode the cursor is on a character, unless the line is empty. */
function onCharacter(editor: TextEditor): TextEditor {
  const { text, cursor } = editor
  const isAfterLine = cursor === edit.lineEnd(text, cursor) && cursor > edit.lineStart(text, cursor)
  return edit.moveTo(editor, isAfterLine ? edit.clusterBefore(text, cursor) : cursor)
}

export function isVisual({ mode }: VimState): boolean {
  return mode === 'visual' || mode === 'visualLine'
}

function reset(vim: VimState): VimState {
  return { ...vim, operator: null, count: 0 }
}

function linesOf(text: string, from: number, to: number): readonly [number, number] {
  return [edit.lineStart(text, from), Math.min(text.length, edit.lineEnd(text, to) + 1)]
}

type CharacterClass = 'blank' | 'word' | 'other'

function classAt(text: string, at: number): CharacterClass {
  const character = text.charAt(at)
  if (character === '' || /\s/.test(character)) return 'blank'
  return /[\p{L}\p{N}_]/u.test(character) ? 'word' : 'other'
}

function nextWord(text: string, at: number): number {
  const begun = classAt(text, at)
  let next = at
  while (next < text.length && begun !== 'blank' && classAt(text, next) === begun) next++
  while (next < text.length && classAt(text, next) === 'blank') next++
  return next
}

function previousWord(text: string, at: number): number {
  let next = at
  while (next > 0 && classAt(text, next - 1) === 'blank') next--
  const begun = classAt(text, next - 1)
  while (next > 0 && classAt(text, next - 1) === begun) next--
  return next
}

function endOfWord(text: string, at: number): number {
  let next = edit.clusterAfter(text, at)
  while (next < text.length && classAt(text, next) === 'blank') next++
  const begun = classAt(text, next)
  while (next < text.length && classAt(text, next) === begun) next++
  return edit.clusterBefore(text, next)
}
