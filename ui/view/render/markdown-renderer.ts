import { Lexer, type Links, Marked, type Token, type Tokens, type TokensList } from 'marked'
import { markedTerminal } from 'marked-terminal'
import type { Styles } from '../../theme/styles.ts'
import type { Row } from '../types.ts'
import { layTable } from './table.ts'
import { rowWidth, wrap } from './wrap.ts'

/** Blocks of cleaned markdown, with the link definitions known before it. */
export function lex(text: string, links: Links): TokensList {
  const lexer = new BoundedLexer()
  lexer.tokens.links = { ...links }
  return lexer.lex(text)
}

// marked takes minutes for 25 kB of `[a](b`, seconds for an address without end; text with more marks than anyone writes
// in one paragraph is left as it is.
class BoundedLexer extends Lexer {
  override inlineTokens(src: string, tokens: Token[] = []): Token[] {
    const links = src.match(/\[/g)?.length ?? 0
    const marks = src.match(/[*_~<`]/g)?.length ?? 0
    const isHeavy = links > MOST_LINKS || marks > MOST_MARKS || src.length > LONGEST_PARAGRAPH
    if (!isHeavy) return super.inlineTokens(src, tokens)
    tokens.push({ type: 'text', raw: src, text: src, escaped: false })
    return tokens
  }
}

const MOST_LINKS = 100
const MOST_MARKS = 600
const LONGEST_PARAGRAPH = 8_000

/** Colours code; handed in, so that this module keeps nothing that must be loaded. */
type Highlight = (code: string, language: string, styles: Styles) => readonly string[]

/** One block as rows. */
export function renderBlock(
  token: Token,
  columns: number,
  styles: Styles,
  highlight: Highlight,
): readonly Row[] {
  const page = pageFor(styles, highlight)
  page.columns = Math.max(NARROWEST, columns)
  return rowsOf(page.marked.parser([token]))
}

interface Page {
  /** Room at the place that is being rendered: less inside lists and quotes. */
  columns: number
  readonly highlight: Highlight
  readonly marked: Marked
}

const pages = new WeakMap<Styles, Page>()

function pageFor(styles: Styles, highlight: Highlight): Page {
  const known = pages.get(styles)
  if (known !== undefined) return known
  const page: Page = { columns: 80, highlight, marked: new Marked() }
  const { strong, emphasis, strike } = styles
  page.marked.use(
    markedTerminal({ strong, em: emphasis, del: strike, emoji: false, unescape: false }),
    { renderer: { ...inlines(styles), ...blocks(page, styles), ...containers(page, styles) } },
  )
  pages.set(styles, page)
  return page
}

interface Rendering {
  readonly parser: {
    parse(tokens: Token[], top?: boolean): string
    parseInline(tokens: Token[]): string
  }
}

// marked-terminal prints inline markup of tight lists raw (marked-terminal#371), marks colons in code spans for its own
// paragraphs, takes links and widths from the process, and wraps paragraphs only: hence all that follows.
function inlines(styles: Styles) {
  return {
    text(this: Rendering, token: Tokens.Text | Tokens.Escape): string {
      if ('tokens' in token && token.tokens !== undefined)
        return this.parser.parseInline(token.tokens)
      return decodeEntities(token.text.replace(/\n[ \t]+/g, '\n'))
    },
    codespan: ({ text }: Tokens.Codespan): string => styles.inlineCode(text.replaceAll('\n', ' ')),
    br: (): string => '\n',
    link(this: Rendering, { href, tokens }: Tokens.Link): string {
      const text = this.parser.parseInline(tokens)
      return linkTo(href, text, styles)
    },
    image: ({ href, text }: Tokens.Image): string =>
      styles.muted(text === '' ? `[image ${href}]` : `[image: ${text}] (${href})`),
  }
}

function blocks(page: Page, styles: Styles) {
  return {
    paragraph(this: Rendering, { tokens }: Tokens.Paragraph): string {
      return section(wrap(this.parser.parseInline(tokens), page.columns))
    },
    heading(this: Rendering, { tokens, depth }: Tokens.Heading): string {
      const text = `${'#'.repeat(depth)} ${this.parser.parseInline(tokens)}`
      return section(wrap(styles.heading(text), page.columns))
    },
    code: (token: Tokens.Code): string => section(layCode(token, page, styles)),
    // Shown as it is written, never acted on; only line breaks, which models put into tables, break lines.
    html({ text, block }: Tokens.HTML | Tokens.Tag): string {
      if (block) return section(wrap(styles.muted(text.trimEnd()), page.columns))
      return /^<br\s*\/?>$/i.test(text) ? '\n' : styles.muted(text)
    },
    hr: (): string => section([styles.rule('─'.repeat(page.columns))]),
    table(this: Rendering, { header, rows, align }: Tokens.Table): string {
      const cell = ({ tokens }: Tokens.TableCell): string => this.parser.parseInline(tokens)
      const table = { header: header.map(cell), rows: rows.map((row) => row.map(cell)), align }
      return section(layTable(table, page.columns, styles))
    },
  }
}

function containers(page: Page, styles: Styles) {
  const narrowed = (margin: string, render: () => readonly Row[]): readonly Row[] => {
    const before = page.columns
    page.columns = Math.max(NARROWEST, before - rowWidth(margin))
    const rows = render()
    page.columns = before
    return rows
  }
  const inner = (parser: Rendering['parser'], tokens: Token[], isLoose: boolean): readonly Row[] =>
    joinBlocks(
      tokens.map((token) => {
        if (token.type === 'text') return wrap(parser.parse([token], false), page.columns)
        return rowsOf(parser.parse([token]))
      }),
      isLoose ? [''] : [],
    )
  return {
    blockquote(this: Rendering, { tokens }: Tokens.Blockquote): string {
      const rows = narrowed(QUOTE, () => inner(this.parser, tokens, true))
      return section(rows.map((row) => styles.quote(QUOTE + row)))
    },
    list(this: Rendering, { items, ordered, start, loose }: Tokens.List): string {
      const last = ordered ? `${Number(start) + items.length - 1}. ` : '• '
      const laid = items.map((item, index) => {
        const number = ordered ? `${Number(start) + index}. ` : '• '
        const box = item.task ? `[${item.checked ? 'x' : ' '}] ` : ''
        const marker = styles.listMarker(number.padStart(last.length) + box)
        const rows = narrowed(marker, () => inner(this.parser, item.tokens, loose))
        const hang = ' '.repeat(rowWidth(marker))
        return rows.length === 0
          ? [marker.trimEnd()]
          : rows.map((row, line) => (line === 0 ? marker : row === '' ? '' : hang) + row)
      })
      return section(joinBlocks(laid, loose ? [''] : []))
    },
  }
}

const QUOTE = '▎ '
const GUTTER = '│ '
const NARROWEST = 4

function section(rows: readonly Row[]): string {
  return `${rows.join('\n')}\n\n`
}

function rowsOf(text: string): readonly Row[] {
  const trimmed = text.replace(/\n+$/, '')
  return trimmed === '' ? [] : trimmed.split('\n')
}

function joinBlocks(all: readonly (readonly Row[])[], gap: readonly Row[]): readonly Row[] {
  return all
    .filter((rows) => rows.length > 0)
    .flatMap((rows, index) => (index === 0 ? rows : [...gap, ...rows]))
}

function layCode(token: Tokens.Code, page: Page, styles: Styles): readonly Row[] {
  const language = token.lang?.match(/^[\w+#.-]+/)?.[0]?.toLowerCase() ?? ''
  const lines = page.highlight(token.text, isClosed(token) ? language : '', styles)
  const gutter = styles.codeBorder(GUTTER)
  return lines.flatMap((line) =>
    wrap(line, page.columns, { indent: gutter, hang: gutter, anywhere: true }),
  )
}

// While a fence streams in it is shown plain: colouring it anew for each token would cost more than a frame.
function isClosed({ raw, codeBlockStyle }: Tokens.Code): boolean {
  if (codeBlockStyle === 'indented') return true
  const fence = /^ {0,3}(`{3,}|~{3,})/.exec(raw)?.[1] ?? ''
  const last = raw.trimEnd().split('\n').slice(1).at(-1)?.trim() ?? ''
  return last.startsWith(fence) && last.replaceAll(fence.charAt(0), '') === ''
}

/** The target is always on show, so that a text cannot claim another; only targets that a browser or mailer opens act. */
function linkTo(href: string, text: string, styles: Styles): string {
  const painted = styles.link(text === '' ? href : text)
  const isShown = text === '' || text === href || `mailto:${text}` === href
  const shown = isShown ? painted : `${painted} ${styles.muted(`(${href})`)}`
  if (!/^(?:https?:\/\/|mailto:)[\x21-\x7e]{1,2000}$/i.test(href)) return shown
  return `\x1b]8;;${href}\x1b\\${shown}\x1b]8;;\x1b\\`
}

// Numbers are left as they are written: &#27; must not become a control.
const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&apos;': "'",
  '&nbsp;': ' ',
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|#39|apos|nbsp);/g, (entity) => ENTITIES[entity] ?? entity)
}
