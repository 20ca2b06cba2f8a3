import { graphemesOf } from '../../lib/util/graphemes.ts'
import { editorRows, offsetInRow } from '../view/render/wrap-editor.ts'

interface TextSnapshot {
  readonly text: string
  readonly cursor: number
}

/** A text with its cursor and undo history, as an immutable value. */
export interface TextEditor extends TextSnapshot {
  readonly past: readonly TextSnapshot[]
  readonly future: readonly TextSnapshot[]
  /** The last text that was deleted by word or line, for `yank`. */
  readonly killed: string
  /** True while characters are typed one after another: they are undone together. */
  readonly typing: boolean
}

export const MAX_UNDO_STEPS = 200
/** Each step has all of the text. */
const MAX_UNDO_CHARACTERS = 20_000_000
const MIN_UNDO_STEPS = 3

export function createEditor(text: string): TextEditor {
  return { text, cursor: text.length, past: [], future: [], killed: '', typing: false }
}

export const EMPTY_EDITOR: TextEditor = createEditor('')

export function insert(editor: TextEditor, text: string): TextEditor {
  const { cursor } = editor
  const next = editor.text.slice(0, cursor) + text + editor.text.slice(cursor)
  const isTyping = text.length <= 2 && !/\s/.test(text)
  const past = editor.typing && isTyping ? editor.past : withSnapshot(editor)
  return {
    ...editor,
    text: next,
    cursor: cursor + text.length,
    past,
    future: [],
    typing: isTyping,
  }
}

/** Inserts text elsewhere than at the cursor, which stays at its place in the text. */
export function insertAt(editor: TextEditor, at: number, text: string): TextEditor {
  const next = editor.text.slice(0, at) + text + editor.text.slice(at)
  const cursor = editor.cursor >= at ? editor.cursor + text.length : editor.cursor
  return { ...editor, text: next, cursor, past: withSnapshot(editor), future: [], typing: false }
}

/** Replaces the text between two offsets. */
export function replaceRange(
  editor: TextEditor,
  from: number,
  to: number,
  text: string,
): TextEditor {
  const next =
    editor.text.slice(0, from) +
    text +
    editor.text.slice(to).replace(/^ +/, text.endsWith(' ') ? '' : ' ')
  const cursor = from + text.length
  return { ...editor, text: next, cursor, past: withSnapshot(editor), future: [], typing: false }
}

export function moveLeft(editor: TextEditor): TextEditor {
  return moveTo(editor, clusterBefore(editor.text, editor.cursor))
}

export function moveRight(editor: TextEditor): TextEditor {
  return moveTo(editor, clusterAfter(editor.text, editor.cursor))
}

export function moveWordLeft(editor: TextEditor): TextEditor {
  return moveTo(editor, wordBefore(editor.text, editor.cursor))
}

export function moveWordRight(editor: TextEditor): TextEditor {
  return moveTo(editor, wordAfter(editor.text, editor.cursor))
}

export function moveToLineStart(editor: TextEditor): TextEditor {
  return moveTo(editor, lineStart(editor.text, editor.cursor))
}

export function moveToLineEnd(editor: TextEditor): TextEditor {
  return moveTo(editor, lineEnd(editor.text, editor.cursor))
}

export function moveToStart(editor: TextEditor): TextEditor {
  return moveTo(editor, 0)
}

export function moveToEnd(editor: TextEditor): TextEditor {
  return moveTo(editor, editor.text.length)
}

/** The character before the cursor moves over the one after it; at the end of a line, the last two are swapped. */
export function transpose(editor: TextEditor): TextEditor {
  const { text, cursor } = editor
  const middle = cursor === lineEnd(text, cursor) ? clusterBefore(text, cursor) : cursor
  const start = clusterBefore(text, middle)
  const end = clusterAfter(text, middle)
  if (start === middle || end === middle || lineStart(text, middle) > start) return editor
  const swapped = text.slice(middle, end) + text.slice(start, middle)
  return replaced(editor, start, end, swapped)
}

/** Changes the letters from the cursor to the end of the word, and moves there. */
export function changeWord(editor: TextEditor, change: (word: string) => string): TextEditor {
  const { text, cursor } = editor
  const end = wordAfter(text, cursor)
  return end === cursor ? editor : replaced(editor, cursor, end, change(text.slice(cursor, end)))
}

/**
 * One row up or down at the same column, as the text is wrapped at `columns`; null at the first or last row. Without
 * `columns` a row is a line.
 */
export function moveByLine(
  editor: TextEditor,
  by: -1 | 1,
  columns = Number.POSITIVE_INFINITY,
): TextEditor | null {
  const { text, cursor } = editor
  const { starts, caret } = editorRows(text, cursor, columns)
  const start = starts[caret.row + by]
  if (start === undefined) return null
  // Before the line break, or before the last character of a wrapped row: the position after it is in the next row.
  const next = starts[caret.row + by + 1]
  const end = next === undefined ? text.length : clusterBefore(text, next)
  return moveTo(editor, offsetInRow(text, start, end, caret.column))
}

export function deleteBack(editor: TextEditor): TextEditor {
  return remove(editor, clusterBefore(editor.text, editor.cursor), editor.cursor)
}

export function deleteForward(editor: TextEditor): TextEditor {
  return remove(editor, editor.cursor, clusterAfter(editor.text, editor.cursor))
}

export function deleteWordBack(editor: TextEditor): TextEditor {
  return kill(editor, wordBefore(editor.text, editor.cursor), editor.cursor)
}

export function deleteWordForward(editor: TextEditor): TextEditor {
  return kill(editor, editor.cursor, wordAfter(editor.text, editor.cursor))
}

/** To the start of the line; at the start, the line break before it. */
export function deleteToLineStart(editor: TextEditor): TextEditor {
  const start = lineStart(editor.text, editor.cursor)
  return start === editor.cursor ? deleteBack(editor) : kill(editor, start, editor.cursor)
}

/** To the end of the line; at the end, the line break after it. */
export function deleteToLineEnd(editor: TextEditor): TextEditor {
  const end = lineEnd(editor.text, editor.cursor)
  return end === editor.cursor ? deleteForward(editor) : kill(editor, editor.cursor, end)
}

export function deleteAll(editor: TextEditor): TextEditor {
  return kill(editor, 0, editor.text.length)
}

export function yank(editor: TextEditor): TextEditor {
  return editor.killed === '' ? editor : { ...insert(editor, editor.killed), typing: false }
}

export function undo(editor: TextEditor): TextEditor {
  const last = editor.past.at(-1)
  if (last === undefined) return editor
  const future = [...editor.future, { text: editor.text, cursor: editor.cursor }]
  return { ...editor, ...last, past: editor.past.slice(0, -1), future, typing: false }
}

export function redo(editor: TextEditor): TextEditor {
  const next = editor.future.at(-1)
  if (next === undefined) return editor
  const past = withSnapshot(editor)
  return { ...editor, ...next, past, future: editor.future.slice(0, -1), typing: false }
}

/** The cursor is after the new text. */
export function replaced(editor: TextEditor, from: number, to: number, text: string): TextEditor {
  const next = editor.text.slice(0, from) + text + editor.text.slice(to)
  const cursor = from + text.length
  return { ...editor, text: next, cursor, past: withSnapshot(editor), future: [], typing: false }
}

export function moveTo(editor: TextEditor, cursor: number): TextEditor {
  return { ...editor, cursor, typing: false }
}

function remove(editor: TextEditor, from: number, to: number): TextEditor {
  if (from === to) return editor
  const text = editor.text.slice(0, from) + editor.text.slice(to)
  return { ...editor, text, cursor: from, past: withSnapshot(editor), future: [], typing: false }
}

export function kill(editor: TextEditor, from: number, to: number): TextEditor {
  if (from === to) return editor
  return { ...remove(editor, from, to), killed: editor.text.slice(from, to) }
}

function withSnapshot({ past, text, cursor }: TextEditor): readonly TextSnapshot[] {
  const kept = [...past, { text, cursor }].slice(-MAX_UNDO_STEPS)
  const most = Math.floor(MAX_UNDO_CHARACTERS / Math.max(1, text.length))
  return kept.slice(-Math.max(MIN_UNDO_STEPS, most))
}

/** Characters around the cursor in which its grapheme cluster is found. */
const MAX_CLUSTER_LENGTH = 64

export function clusterBefore(text: string, at: number): number {
  const from = Math.max(0, at - MAX_CLUSTER_LENGTH)
  let start = from
  for (const { index } of graphemesOf(text.slice(from, at))) start = from + index
  return at === 0 ? 0 : start
}

export function clusterAfter(text: string, at: number): number {
  for (const { segment } of graphemesOf(text.slice(at, at + MAX_CLUSTER_LENGTH)))
    return at + segment.length
  return at
}

function wordBefore(text: string, at: number): number {
  const before = text.slice(0, at)
  const match = /[\p{L}\p{N}_]+[^\p{L}\p{N}_]*$|[^\p{L}\p{N}_]+$/u.exec(before.slice(-2000))
  return match === null ? 0 : at - match[0].length
}

function wordAfter(text: string, at: number): number {
  const match = /^[^\p{L}\p{N}_]*[\p{L}\p{N}_]+|^[^\p{L}\p{N}_]+/u.exec(text.slice(at, at + 2000))
  return match === null ? text.length : at + match[0].length
}

export function lineStart(text: string, at: number): number {
  return at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1
}

export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}
