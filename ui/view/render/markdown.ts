import type { Links, Token } from 'marked'
import type { Styles } from '../../theme/styles.ts'
import { type BoundedCache, createBoundedCache } from './bounded-cache.ts'
import type { Formatter } from './formatter.ts'
import { type BlockRenderer, createBlockRenderer, lex } from './markdown-renderer.ts'
import { EMPTY_ROW, type Row } from './row.ts'
import { clean } from './sanitize.ts'
import { wrap } from './wrap.ts'

/**
 * Markdown as rows. For a text that continues one of the most recent texts, the finished blocks of that text are reused
 * instead of being parsed again. The result is the same.
 */
export function createMarkdown(highlight: Formatter['code']): Formatter['markdown'] {
  const books = new WeakMap<Styles, Book>()

  const bookOf = (styles: Styles): Book => {
    const known = books.get(styles)
    if (known !== undefined) return known
    const book: Book = {
      render: createBlockRenderer(styles, highlight),
      pages: createBoundedCache(MAX_PAGES),
      recent: [],
    }
    books.set(styles, book)
    return book
  }

  return (text, columns, styles) => {
    const book = bookOf(styles)
    const { recent, pages } = book
    const same = recent.find((page) => page.columns === columns && page.text === text)
    if (same !== undefined) return same.rows
    const before = recent.find(
      (page) => page.columns === columns && page.text !== '' && text.startsWith(page.text),
    )
    // A text that grows is not looked up: that would cost as much as the text is long.
    const known = before === undefined ? pages.get(keyOf(text, columns)) : undefined
    if (known !== undefined) return known
    const source = clean(text)
    const start =
      before !== undefined && source.startsWith(before.done) ? before : emptyPage(columns)
    const page = turnPage(start, text, source, book.render)
    const others = recent.filter((one) => one !== before)
    book.recent = [page, ...others.slice(0, MAX_GROWING - 1)]
    for (const old of others.slice(MAX_GROWING - 1))
      pages.set(keyOf(old.text, old.columns), old.rows)
    return page.rows
  }
}

/** Pages that were laid out with the same styles. */
interface Book {
  readonly render: BlockRenderer
  /** The rows of other texts, by width and text. */
  readonly pages: BoundedCache<string, readonly Row[]>
  /** The pages that a new text may continue, the newest first. */
  recent: readonly Page[]
}

/** Those of the conversation are kept with its entries as well. */
const MAX_PAGES = 50
/** Texts that stream in at the same time. */
const MAX_GROWING = 4

function keyOf(text: string, columns: number): string {
  return `${columns} ${text}`
}

interface Block {
  readonly raw: string
  /** In addition to `raw`, as marked joins blocks, and their text, once it knows what follows. */
  readonly text: string
  readonly rows: readonly Row[]
}

interface Page {
  readonly text: string
  readonly columns: number
  readonly isTooDeep: boolean
  /** The part of the source whose blocks are final, its rows, and the link definitions in it. */
  readonly done: string
  readonly doneRows: readonly Row[]
  readonly links: Links
  /** Blocks after it, as they were. */
  readonly tail: readonly Block[]
  /** The link definitions that were known when the page was rendered. It is rendered again when one is added. */
  readonly resolved: string
  readonly rows: readonly Row[]
}

function emptyPage(columns: number): Page {
  const nothing = { done: '', doneRows: [], links: {}, tail: [], resolved: '', rows: [] }
  return { text: '', columns, isTooDeep: false, ...nothing }
}

function turnPage(page: Page, text: string, source: string, render: BlockRenderer): Page {
  if (page.isTooDeep) return plainPage(text, source, page.columns)
  try {
    return grow(page, text, source, render)
  } catch (thrown) {
    // Thousands of nested quotes or lists overflow marked's stack.
    if (thrown instanceof RangeError) return plainPage(text, source, page.columns)
    throw thrown
  }
}

function plainPage(text: string, source: string, columns: number): Page {
  return { ...emptyPage(columns), text, isTooDeep: true, rows: wrap(source, columns) }
}

function grow(page: Page, text: string, source: string, render: BlockRenderer): Page {
  const { columns } = page
  const rest = source.slice(page.done.length)
  const tokens = lex(rest, page.links)
  const resolved = JSON.stringify(tokens.links)
  if (page.resolved !== '' && resolved !== page.resolved)
    return grow(emptyPage(columns), text, source, render)
  const blocks = tokens.map((token, index): Block => {
    const before = page.tail[index]
    const text = 'text' in token ? String(token['text']) : ''
    if (before?.raw === token.raw && before.text === text) return before
    return { raw: token.raw, text, rows: render(token, columns) }
  })
  const open = openFrom(tokens, rest)
  const closed = rest.slice(0, lengthOf(tokens.slice(0, open)))
  const doneRows = joinBlocks(page.doneRows, blocks.slice(0, open))
  const tail = blocks.slice(open)
  return {
    ...{ text, columns, isTooDeep: false, doneRows, tail, resolved },
    done: page.done + closed,
    links: closed.includes(']:') ? lex(closed, page.links).links : page.links,
    rows: joinBlocks(doneRows, tail),
  }
}

/**
 * The first block that more text may still change. That is the last block and those before it that no blank line separates
 * from it (`===` may still turn several blocks into one heading). Until the first line of the last block is complete, the
 * block before it is included in any case: after a list, `*` begins a separate list, but `**b` continues the old one.
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
    if (rows.length > 0) rows.push(EMPTY_ROW)
    for (const line of block.rows) rows.push(line)
  }
  return rows
}
