import type { Links, Token } from 'marked'
import type { Styles } from '../../theme/styles.ts'
import type { Row } from '../types.ts'
import { highlight, loadHighlighter } from './highlight-code.ts'
import { clean } from './sanitize.ts'
import { wrap } from './wrap.ts'

/** Loads the markdown stack (0.15 s, so never before the first paint); until then text is shown plain. */
export async function loadMarkdown(): Promise<void> {
  const { lex, renderBlock } = await import('./markdown-renderer.ts')
  await loadHighlighter()
  engine = { lex, renderBlock }
}

/**
 * Untrusted markdown as rows. `id` names the text: while it grows, blocks that are finished are kept and only the last is
 * rendered again. The same text gives the same array.
 */
export function renderMarkdown(
  id: string,
  text: string,
  columns: number,
  styles: Styles,
): readonly Row[] {
  const known = recall(id)
  const fits =
    known !== undefined &&
    known.columns === columns &&
    known.styles === styles &&
    known.engine === engine
  if (fits && known.text === text) return known.rows
  const source = clean(text)
  const hasGrown =
    fits && source.startsWith(known.done) && (!known.isTooDeep || text.startsWith(known.text))
  const before = hasGrown ? known : null
  const next = turnPage(before ?? emptyPage(text, columns, styles), text, source)
  remember(id, next)
  return next.rows
}

type Engine = Pick<typeof import('./markdown-renderer.ts'), 'lex' | 'renderBlock'>

let engine: Engine | null = null

interface Block {
  readonly raw: string
  /** Beside `raw`, as marked joins blocks when what follows them is known, and their text with it. */
  readonly text: string
  readonly rows: readonly Row[]
}

interface Page {
  readonly text: string
  readonly columns: number
  readonly styles: Styles
  readonly engine: Engine | null
  readonly isTooDeep: boolean
  /** The part of the source whose blocks are final, its rows, and the link definitions in it. */
  readonly done: string
  readonly doneRows: readonly Row[]
  readonly links: Links
  /** Blocks after it, as they were. */
  readonly tail: readonly Block[]
  /** Definitions that were known when all this was rendered; one more, and it is rendered again. */
  readonly resolved: string
  readonly rows: readonly Row[]
}

function emptyPage(text: string, columns: number, styles: Styles): Page {
  const nothing = { done: '', doneRows: [], links: {}, tail: [], resolved: '', rows: [] }
  return { text, columns, styles, engine, isTooDeep: false, ...nothing }
}

function turnPage(page: Page, text: string, source: string): Page {
  if (page.engine === null || page.isTooDeep) return plainPage(page, text, source)
  try {
    return grow(page, text, source, page.engine)
  } catch (thrown) {
    // Thousands of quotes or lists in one another overflow marked's stack: nothing that a person writes.
    if (thrown instanceof RangeError) return plainPage({ ...page, isTooDeep: true }, text, source)
    throw thrown
  }
}

function plainPage(page: Page, text: string, source: string): Page {
  const { columns, styles, isTooDeep } = page
  return { ...emptyPage(text, columns, styles), isTooDeep, rows: wrap(source, columns) }
}

function grow(page: Page, text: string, source: string, loaded: Engine): Page {
  const { columns, styles } = page
  const rest = source.slice(page.done.length)
  const tokens = loaded.lex(rest, page.links)
  const resolved = JSON.stringify(tokens.links)
  if (page.resolved !== '' && resolved !== page.resolved)
    return grow(emptyPage(text, columns, styles), text, source, loaded)
  const blocks = tokens.map((token, index): Block => {
    const before = page.tail[index]
    const text = 'text' in token ? String(token['text']) : ''
    if (before?.raw === token.raw && before.text === text) return before
    return { raw: token.raw, text, rows: loaded.renderBlock(token, columns, styles, highlight) }
  })
  const open = openFrom(tokens, rest)
  const closed = rest.slice(0, lengthOf(tokens.slice(0, open)))
  const doneRows = joinBlocks(page.doneRows, blocks.slice(0, open))
  const tail = blocks.slice(open)
  return {
    ...{ text, columns, styles, engine: loaded, isTooDeep: false, doneRows, tail, resolved },
    done: page.done + closed,
    links: closed.includes(']:') ? loaded.lex(closed, page.links).links : page.links,
    rows: joinBlocks(doneRows, tail),
  }
}

/**
 * The first block that more text may still change. That is the last one, and with it what it is not parted from by a
 * blank line (`===` may yet make one heading of several blocks), or by anything until its first line is whole: `*` after a
 * list begins a list of its own, `**b` goes on with the old one.
 */
function openFrom(tokens: readonly Token[], rest: string): number {
  if (lengthOf(tokens) !== rest.length) return 0
  let open = tokens.findLastIndex(isSeen)
  while (open > 0) {
    const isParted = /\n[ \t]*\n$/.test(tokens.slice(0, open).map(rawOf).slice(-2).join(''))
    if (isParted && tokens.slice(open).map(rawOf).join('').includes('\n')) return open
    open--
  }
  return 0
}

function rawOf({ raw }: Token): string {
  return raw
}

function isSeen({ type }: Token): boolean {
  return type !== 'space'
}

function lengthOf(tokens: readonly Token[]): number {
  return tokens.reduce((sum, { raw }) => sum + raw.length, 0)
}

function joinBlocks(before: readonly Row[], blocks: readonly Block[]): readonly Row[] {
  const rows = [...before]
  for (const block of blocks) {
    if (block.rows.length === 0) continue
    if (rows.length > 0) rows.push('')
    for (const row of block.rows) rows.push(row)
  }
  return rows
}

// Oldest first: a Map keeps the order of entry.
const pages = new Map<string, Page>()
const KEPT = 300

function recall(id: string): Page | undefined {
  return pages.get(id)
}

function remember(id: string, page: Page): void {
  pages.delete(id)
  pages.set(id, page)
  if (pages.size > KEPT) pages.delete(pages.keys().next().value ?? '')
}
