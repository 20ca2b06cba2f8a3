import { commonEnds } from '../../lib/util/common-ends.ts'
import { newPasteLabel, PASTE_LABEL_START } from '../messages/composer.ts'
import type { TextEditor } from './editor.ts'

/** A long text that was pasted: the message shows its label in its place. */
export interface Paste {
  /** Unique, such as `[pasted 84 lines]`. */
  readonly label: string
  readonly text: string
}

type Range = readonly [from: number, to: number]

const MAX_SHOWN_LINES = 10
const MAX_SHOWN_CHARACTERS = 2000
/** Bounds memory. The oldest that nothing names are forgotten, and their texts shown in full when they come back. */
const MAX_UNNAMED_PASTES = 200

export function isLongPaste(text: string): boolean {
  return text.length > MAX_SHOWN_CHARACTERS || lineCount(text) > MAX_SHOWN_LINES
}

/** The pastes with those of `texts` that are new. `naming`: texts whose labels stand for what was pasted. */
export function withPastes(
  pastes: readonly Paste[],
  texts: readonly string[],
  naming: readonly string[] = [],
): readonly Paste[] {
  let all = pastes
  for (const text of texts) {
    if (!isLongPaste(text) || all.some((paste) => paste.text === text)) continue
    all = [...all, { label: newLabel(all, text), text }]
  }
  const surplus = all.length - MAX_UNNAMED_PASTES
  if (surplus <= 0) return all
  const isFree = (paste: Paste): boolean => !texts.includes(paste.text) && !isNamed(paste, naming)
  const forgotten = new Set(all.filter(isFree).slice(0, surplus))
  return all.filter((paste) => !forgotten.has(paste))
}

/** Whether one of the texts has its label. */
export function isNamed({ label }: Paste, texts: readonly string[]): boolean {
  return texts.some((text) => text.includes(label))
}

export function pasteLabel(pastes: readonly Paste[], text: string): string {
  return pastes.find((paste) => paste.text === text)?.label ?? text
}

function newLabel(pastes: readonly Paste[], text: string): string {
  for (let number = 1; ; number++) {
    const label = newPasteLabel({ lines: lineCount(text), characters: text.length, number })
    if (!pastes.some((paste) => paste.label === label)) return label
  }
}

/** Without a list of the lines, as each part of a paste of megabytes is counted together with those before it. */
function lineCount(text: string): number {
  let lines = text.endsWith('\n') ? 0 : 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}

/** The paste whose label ends at the cursor. */
export function pasteBefore({ text, cursor }: TextEditor, pastes: readonly Paste[]): Paste | null {
  return pastes.findLast(({ label }) => text.endsWith(label, cursor)) ?? null
}

/** The text with all pastes in full, as it is sent and saved. */
export function expandPastes(text: string, pastes: readonly Paste[]): string {
  return replaceAll(
    text,
    pastes,
    ({ label }) => label,
    (paste) => paste.text,
  )
}

/** The text with the labels of its pastes. */
export function collapsePastes(text: string, pastes: readonly Paste[]): string {
  return replaceAll(
    text,
    pastes,
    (paste) => paste.text,
    ({ label }) => label,
  )
}

/** The pastes that a text contains in full. */
export function pastesIn(text: string, pastes: readonly Paste[]): readonly Paste[] {
  return pastes.filter((paste) => text.includes(paste.text))
}

/** Whether a text contains a paste, by its label or in full. */
export function hasPaste(text: string, pastes: readonly Paste[]): boolean {
  if (text.includes(PASTE_LABEL_START)) return labelRanges(text, pastes).length > 0
  return isLongPaste(text) && pastesIn(text, pastes).length > 0
}

/** Where the labels are, in their order. */
export function labelRanges(text: string, pastes: readonly Paste[]): readonly Range[] {
  return found(text, pastes, ({ label }) => label).map(({ from, to }) => [from, to])
}

/** The label at the cursor, otherwise the nearest one before it, otherwise the first. */
export function pasteAt(
  { text, cursor }: TextEditor,
  pastes: readonly Paste[],
): { readonly paste: Paste; readonly range: Range } | null {
  const labels = found(text, pastes, ({ label }) => label)
  const here = labels.findLast(({ from }) => from <= cursor) ?? labels[0]
  return here === undefined ? null : { paste: here.paste, range: [here.from, here.to] }
}

/**
 * What an edit makes of labels: one that would be cut is deleted completely, and the cursor is never inside of one. `before`:
 * the text that was edited.
 */
export function keepLabelsIntact(
  before: TextEditor,
  after: TextEditor,
  pastes: readonly Paste[],
): TextEditor {
  if (pastes.length === 0) return after
  const edited = before.text === after.text ? after : withLabelDeletion(before, after, pastes)
  const { cursor } = edited
  const inside = labelRanges(edited.text, pastes).find(([from, to]) => from < cursor && cursor < to)
  if (inside === undefined) return edited
  return { ...edited, cursor: cursor > before.cursor ? inside[1] : inside[0] }
}

function withLabelDeletion(
  before: TextEditor,
  after: TextEditor,
  pastes: readonly Paste[],
): TextEditor {
  const { from, to, inserted } = changeBetween(before.text, after)
  const cut = labelRanges(before.text, pastes).filter(
    ([start, end]) => start < to && from < end && (start < from || to < end),
  )
  const first = cut[0]
  const last = cut.at(-1)
  if (first === undefined || last === undefined) return after
  const start = Math.min(from, first[0])
  const end = Math.max(to, last[1])
  const text = before.text.slice(0, start) + inserted + before.text.slice(end)
  const killed = after.killed === before.killed ? after.killed : before.text.slice(start, end)
  return { ...after, text, cursor: start + inserted.length, killed }
}

/** The part of the text that an edit has replaced. */
function changeBetween(before: string, { text, cursor }: TextEditor) {
  const removed = before.length - text.length
  const end = cursor + removed
  const isDeletion =
    removed > 0 &&
    before.startsWith(text.slice(0, cursor)) &&
    before.slice(end) === text.slice(cursor)
  if (isDeletion) return { from: cursor, to: end, inserted: '' }
  const { start: from, end: same } = commonEnds(before, text)
  return { from, to: before.length - same, inserted: text.slice(from, text.length - same) }
}

interface Found {
  readonly paste: Paste
  readonly from: number
  readonly to: number
}

/** The places of texts of pastes that do not overlap, in their order; of two at one place, the longer. */
function found(
  text: string,
  pastes: readonly Paste[],
  textOf: (paste: Paste) => string,
): readonly Found[] {
  const places: Found[] = []
  const isFree = (from: number, to: number): boolean =>
    places.every((place) => to <= place.from || place.to <= from)
  const longestFirst = pastes.toSorted((one, other) => textOf(other).length - textOf(one).length)
  for (const paste of longestFirst) {
    const { length } = textOf(paste)
    for (
      let from = text.indexOf(textOf(paste));
      from >= 0;
      from = text.indexOf(textOf(paste), from + length)
    ) {
      if (isFree(from, from + length)) places.push({ paste, from, to: from + length })
    }
  }
  return places.sort((one, other) => one.from - other.from)
}

function replaceAll(
  text: string,
  pastes: readonly Paste[],
  textOf: (paste: Paste) => string,
  replacement: (paste: Paste) => string,
): string {
  let result = ''
  let end = 0
  for (const { paste, from, to } of found(text, pastes, textOf)) {
    result += text.slice(end, from) + replacement(paste)
    end = to
  }
  return result + text.slice(end)
}
