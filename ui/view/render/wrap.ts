import type { Row } from '../types.ts'
import {
  type Attributes,
  applySequence,
  change,
  close,
  NO_ATTRIBUTES,
  SEQUENCE,
  stripStyles,
} from './sgr.ts'
import { clusterWidth, splitClusters, textWidth } from './width.ts'

interface WrapOptions {
  /** Stands before the first row. */
  readonly indent?: string
  /** Stands before every other row; blanks as wide as `indent` unless said. */
  readonly hang?: string
  /** For code: rows break at any place and every blank is kept. */
  readonly anywhere?: boolean
}

/** Styled text as rows. Each row stands alone: what is on at its end is turned off, and on again in the next. */
export function wrap(text: string, columns: number, options: WrapOptions = {}): readonly Row[] {
  const indent = options.indent ?? ''
  const hang = options.hang ?? ' '.repeat(rowWidth(indent))
  const margins: Margins = {
    indent,
    hang,
    first: Math.max(1, columns - rowWidth(indent)),
    other: Math.max(1, columns - rowWidth(hang)),
  }
  const rows: Row[] = []
  let attributes = NO_ATTRIBUTES
  for (const line of text.split('\n')) {
    if (PLAIN.test(line) && line.length <= limitOf(margins, rows) && attributes === NO_ATTRIBUTES) {
      push(rows, margins, line)
      continue
    }
    const cut = cutIntoAtoms(line, attributes)
    attributes = cut.attributes
    if (options.anywhere) layAnywhere(cut.atoms, margins, rows)
    else layWords(cut.atoms, margins, rows)
  }
  return rows
}

/** Cells the row takes, styles aside. */
export function rowWidth(row: Row): number {
  return PLAIN.test(row) ? row.length : textWidth(stripStyles(row))
}

/** One row of at most `columns` cells; what is cut ends in `ellipsis`. */
export function truncate(text: string, columns: number, ellipsis = '…'): Row {
  const line = text.includes('\n') ? text.replaceAll('\n', ' ') : text
  if (PLAIN.test(line) ? line.length <= columns : !line.includes('\t') && rowWidth(line) <= columns)
    return line
  const { atoms } = cutIntoAtoms(line, NO_ATTRIBUTES)
  const whole = atoms.reduce((sum, atom) => sum + atom.width, 0)
  if (whole <= columns) return rowOf(atoms)
  const room = columns - textWidth(ellipsis)
  if (room < 0) return ''
  const kept: Atom[] = []
  let used = 0
  for (const atom of atoms.flatMap(clusters)) {
    if (used + atom.width > room) {
      kept.push({ text: ellipsis, width: 0, attributes: atom.attributes, breaks: false })
      break
    }
    used += atom.width
    kept.push(atom)
  }
  return rowOf(kept)
}

/** The row filled with blanks up to `columns`. */
export function pad(text: string, columns: number): Row {
  const missing = columns - rowWidth(text)
  return missing > 0 ? text + ' '.repeat(missing) : text
}

/** Exactly `columns` cells: cut or filled. (`fit` is a word of test runners, and the linter takes it for one.) */
export function fitRow(text: string, columns: number, ellipsis = '…'): Row {
  return pad(truncate(text, columns, ellipsis), columns)
}

const PLAIN = /^[\x20-\x7e]*$/
const TAB_STOP = 4

interface Margins {
  readonly indent: string
  readonly hang: string
  readonly first: number
  readonly other: number
}

/** Text of one style that is not broken unless it is too long; `breaks`: a row may end before and after it. */
interface Atom {
  readonly text: string
  readonly width: number
  readonly attributes: Attributes
  readonly breaks: boolean
}

function limitOf(margins: Margins, rows: readonly Row[]): number {
  return rows.length === 0 ? margins.first : margins.other
}

function push(rows: Row[], margins: Margins, row: Row): void {
  rows.push((rows.length === 0 ? margins.indent : margins.hang) + row)
}

function cutIntoAtoms(
  line: string,
  before: Attributes,
): { atoms: readonly Atom[]; attributes: Attributes } {
  const atoms: Atom[] = []
  let attributes = before
  let column = 0
  const add = (text: string): void => {
    for (const [part] of text.matchAll(/\t| +|[^ \t]+/g)) {
      const made = atomsOf(part, column, attributes)
      for (const atom of made) column += atom.width
      atoms.push(...made)
    }
  }
  let from = 0
  for (const match of line.matchAll(SEQUENCE)) {
    add(line.slice(from, match.index))
    from = match.index + match[0].length
    attributes = applySequence(attributes, match[0])
  }
  add(line.slice(from))
  return { atoms, attributes }
}

function atomsOf(part: string, column: number, attributes: Attributes): readonly Atom[] {
  if (part === '\t') {
    const width = TAB_STOP - (column % TAB_STOP)
    return [{ text: ' '.repeat(width), width, attributes, breaks: true }]
  }
  if (PLAIN.test(part))
    return [{ text: part, width: part.length, attributes, breaks: part.startsWith(' ') }]
  return joinNarrow(splitClusters(part), attributes)
}

// Between wide characters (Han, kana) a row may break; narrow ones make words.
function joinNarrow(parts: Iterable<string>, attributes: Attributes): readonly Atom[] {
  const atoms: Atom[] = []
  let word = ''
  let width = 0
  const flush = (): void => {
    if (word !== '') atoms.push({ text: word, width, attributes, breaks: false })
    word = ''
    width = 0
  }
  for (const cluster of parts) {
    const cells = clusterWidth(cluster)
    if (cells < 2) {
      word += cluster
      width += cells
      continue
    }
    flush()
    atoms.push({ text: cluster, width: cells, attributes, breaks: true })
  }
  flush()
  return atoms
}

function clusters(atom: Atom): readonly Atom[] {
  const { attributes, breaks } = atom
  return [...splitClusters(atom.text)].map((text) => ({
    text,
    width: clusterWidth(text),
    attributes,
    breaks,
  }))
}

function layAnywhere(atoms: readonly Atom[], margins: Margins, rows: Row[]): void {
  let row: Atom[] = []
  let used = 0
  for (const atom of atoms) {
    const limit = limitOf(margins, rows)
    if (used + atom.width <= limit) {
      row.push(atom)
      used += atom.width
      continue
    }
    for (const cluster of clusters(atom)) {
      if (used + cluster.width > limitOf(margins, rows) && row.length > 0) {
        push(rows, margins, rowOf(row))
        row = []
        used = 0
      }
      row.push(cluster)
      used += cluster.width
    }
  }
  push(rows, margins, rowOf(row))
}

function layWords(atoms: readonly Atom[], margins: Margins, rows: Row[]): void {
  let row: Atom[] = []
  let used = 0
  let isFull = false
  const breakRow = (): void => {
    while (isBlank(row.at(-1))) row.pop()
    push(rows, margins, rowOf(row))
    row = []
    used = 0
    isFull = false
  }
  const put = (atom: Atom): void => {
    if (used > 0 && used + atom.width > limitOf(margins, rows)) breakRow()
    row.push(atom)
    used += atom.width
  }
  for (const word of wordsOf(atoms)) {
    const width = word.reduce((sum, atom) => sum + atom.width, 0)
    if (isBlank(word[0])) {
      // Blanks at the place of a break go; those that begin the line stay.
      if (used + width > limitOf(margins, rows)) isFull = true
      else if (row.length > 0 || word[0] === atoms[0]) word.forEach(put)
      continue
    }
    if (used > 0 && (isFull || used + width > limitOf(margins, rows))) breakRow()
    if (width <= limitOf(margins, rows) - used) word.forEach(put)
    else word.flatMap(clusters).forEach(put)
  }
  push(rows, margins, rowOf(row))
}

function isBlank(atom: Atom | undefined): boolean {
  return atom?.breaks === true && atom.text.startsWith(' ')
}

function wordsOf(atoms: readonly Atom[]): readonly (readonly Atom[])[] {
  const words: Atom[][] = []
  let joins = false
  for (const atom of atoms) {
    const last = words.at(-1)
    if (joins && last !== undefined && !atom.breaks) last.push(atom)
    else words.push([atom])
    joins = !atom.breaks
  }
  return words
}

function rowOf(atoms: readonly Atom[]): Row {
  let row = ''
  let attributes = NO_ATTRIBUTES
  for (const atom of atoms) {
    row += change(attributes, atom.attributes) + atom.text
    attributes = atom.attributes
  }
  return row + close(attributes)
}
