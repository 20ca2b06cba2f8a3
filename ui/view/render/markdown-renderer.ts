import { Lexer, type Links, Marked, Parser, type Token, type Tokens, type TokensList } from 'marked'
import { markedTerminal } from 'marked-terminal'
import { largest } from '../../../lib/util/extremes.ts'
import type { Styles } from '../../theme/styles.ts'
import { ansiLink, ansiPainter, parseAnsi } from './ansi.ts'
import { CODE_CORNER, CODE_GUTTER, CONTINUED_GUTTER } from './code-gutter.ts'
import type { Formatter } from './formatter.ts'
import { EMPTY_ROW, type Row, row, styled } from './row.ts'
import { layTable } from './table.ts'
import { READABLE_COLUMNS, rowWidth, wrap } from './wrap.ts'

/** Blocks of cleaned markdown, with the link definitions known before it. */
export function lex(text: string, links: Links): TokensList {
  const lexer = new BoundedLexer()
  lexer.tokens.links = { ...links }
  return lexer.lex(text)
}

// marked takes minutes for 25 kB of `[a](b`, and seconds for an endless address. A paragraph with an implausible number of
// marks is therefore shown as plain text.
class BoundedLexer extends Lexer {
  override inlineTokens(src: string, tokens: Token[] = []): Token[] {
    const links = src.match(/\[/g)?.length ?? 0
    const marks = src.match(/[*_~<`]/g)?.length ?? 0
    const isHeavy = links > MAX_LINKS || marks > MAX_MARKS || src.length > MAX_PARAGRAPH_CHARACTERS
    if (!isHeavy) return super.inlineTokens(src, tokens)
    tokens.push({ type: 'text', raw: src, text: src, escaped: false })
    return tokens
  }
}

const MAX_LINKS = 100
const MAX_MARKS = 600
const MAX_PARAGRAPH_CHARACTERS = 8_000

/** Renders one block as rows. */
export type BlockRenderer = (token: Token, columns: number) => readonly Row[]

/**
 * marked-terminal is used for what it renders correctly: paragraphs, headings, HTML, images, emphasis, line breaks. It is overridden
 * for the defects that are named at each place, in inline text by custom renderers (`inlineOverrides`) and in blocks by layouts
 * that bypass it.
 */
export function createBlockRenderer(styles: Styles, highlight: Formatter['code']): BlockRenderer {
  const marked = new Marked()
  marked.use(markedTerminal(terminalOptions(styles)), { renderer: inlineOverrides(styles) })
  const inline: Inline = (tokens) => parseAnsi(Parser.parseInline([...tokens], marked.defaults))

  const render: BlockRenderer = (token, columns) => {
    const width = Math.max(MIN_COLUMNS, columns)
    const room = Math.min(width, READABLE_COLUMNS)
    const block = token as MarkedToken
    switch (block.type) {
      // Does not wrap, ignores the start number of a list, mistakes text that begins like an item for one, and drops the
      // blank rows of loose lists.
      case 'list':
        return layList(block, room, context)
      // Does not wrap, so that only the first row of a quote would have its mark.
      case 'blockquote':
        return layRows(block.tokens, room - rowWidth(QUOTE), true, context).map((line) =>
          styled(styles.quote, QUOTE, line),
        )
      // Ignores the available width, and leaves its internal marks for colons in the header.
      case 'table':
        return layTable(tableOf(block, inline), width, styles)
      // Guesses the language of code that names none, prints on the screen when it does not know it, and does not highlight when
      // the process has no terminal.
      case 'code':
        return layCode(block, width, context)
      // Writes the number signs.
      case 'heading':
        return layHeading(block, room, context)
      // Is as wide as the terminal of the process.
      case 'hr':
        return [styled(styles.rule, '─'.repeat(room))]
      // Prints the text of a tight list item without its inline markup (marked-terminal#371).
      case 'text':
        return wrap(inline(block.tokens ?? [block]), room)
      default:
        return rowsOf(marked.parser([token]), room)
    }
  }
  const context: BlockContext = { styles, highlight, inline, render }
  return render
}

/** Tokens of a paragraph as one row that is not wrapped yet. */
type Inline = (tokens: readonly Token[]) => Row

interface BlockContext {
  readonly styles: Styles
  readonly highlight: Formatter['code']
  readonly inline: Inline
  readonly render: BlockRenderer
}

/** Without extensions of marked, tokens are of these types only. */
type MarkedToken =
  | Tokens.List
  | Tokens.Blockquote
  | Tokens.Table
  | Tokens.Code
  | Tokens.Hr
  | Tokens.Text
  | Tokens.Paragraph
  | Tokens.Heading

function terminalOptions(styles: Styles) {
  const html = ansiPainter(styles.muted)
  const image = ansiPainter(styles.muted)
  return {
    strong: ansiPainter(styles.strong),
    em: ansiPainter(styles.emphasis),
    del: ansiPainter(styles.strike),
    paragraph: (text: string): string => text.trimStart(),
    // HTML is shown as text. Only `<br>`, which models put into tables, breaks lines.
    html: (text: string): string => (/^<br\s*\/?>$/i.test(text) ? '\n' : html(text.trimEnd())),
    image: (href: string, _title: string | null, text: string): string =>
      image(text === '' ? `[image ${href}]` : `[image: ${text}] (${href})`),
    emoji: false,
    unescape: false,
  }
}

interface Rendering {
  readonly parser: { parseInline(tokens: Token[]): string }
}

function inlineOverrides(styles: Styles) {
  const code = ansiPainter(styles.inlineCode)
  const link = ansiPainter(styles.link)
  const target = ansiPainter(styles.muted)
  return {
    // Replaces entities in code as well, and `&amp;lt;` by `<`.
    text(this: Rendering, token: Tokens.Text | Tokens.Escape): string {
      if ('tokens' in token && token.tokens !== undefined)
        return this.parser.parseInline(token.tokens)
      return decodeEntities(token.text.replace(/\n[ \t]+/g, '\n'))
    },
    // Replaces colons by internal marks and restores them in some places only.
    codespan: ({ text }: Tokens.Codespan): string => code(text),
    // Hides the target where the terminal of the process shows links, and changes `+` in it. Here the target is always shown, so
    // that a text cannot claim another, and only targets that a browser or mailer opens act.
    link(this: Rendering, { href, tokens }: Tokens.Link): string {
      const text = this.parser.parseInline(tokens)
      const painted = link(text === '' ? href : text)
      const isShown = text === '' || text === href || `mailto:${text}` === href
      const shown = isShown ? painted : `${painted} ${target(`(${href})`)}`
      return OPENED_TARGET.test(href) ? ansiLink(href, shown) : shown
    },
  }
}

const OPENED_TARGET = /^(?:https?:\/\/|mailto:)[\x21-\x7e]{1,2000}$/i

/** The title of a text is underlined, a section is in the color of headings, a subsection is bold. */
function layHeading(
  { depth, tokens }: Tokens.Heading,
  columns: number,
  { styles, inline }: BlockContext,
): readonly Row[] {
  const style = depth <= 2 ? styles.heading : styles.strong
  const rows = wrap(styled(style, inline(tokens)), columns)
  const width = largest(rows.map(rowWidth))
  return depth === 1 && width > 0 ? [...rows, styled(styles.rule, '─'.repeat(width))] : rows
}

function layRows(
  tokens: readonly Token[],
  columns: number,
  isLoose: boolean,
  { render }: BlockContext,
): readonly Row[] {
  const blocks = tokens.map((token) => render(token, columns))
  return joinBlocks(blocks, isLoose ? [EMPTY_ROW] : [])
}

function layList(
  { items, ordered, start, loose }: Tokens.List,
  columns: number,
  context: BlockContext,
): readonly Row[] {
  const numberOf = (index: number): string => (ordered ? `${Number(start) + index}. ` : '• ')
  const { length } = numberOf(items.length - 1)
  const laid = items.map((item, index) => {
    const box = item.task ? (item.checked ? '✔ ' : '○ ') : ''
    const text = item.task && !ordered ? box : numberOf(index).padStart(length) + box
    const marker = (shown: string): Row => styled(context.styles.listMarker, shown)
    const rows = layRows(item.tokens, columns - rowWidth(text), loose, context)
    if (rows.length === 0) return [marker(text.trimEnd())]
    const hang = ' '.repeat(rowWidth(text))
    return rows.map((line, at) =>
      at === 0 ? row(marker(text), line) : line.length === 0 ? line : row(hang, line),
    )
  })
  return joinBlocks(laid, loose ? [EMPTY_ROW] : [])
}

function tableOf({ header, rows, align }: Tokens.Table, inline: Inline) {
  const cell = ({ tokens }: Tokens.TableCell): Row => inline(tokens)
  return { header: header.map(cell), rows: rows.map((cells) => cells.map(cell)), align }
}

function layCode(
  token: Tokens.Code,
  columns: number,
  { styles, highlight }: BlockContext,
): readonly Row[] {
  const language = token.lang?.match(/^[\w+#.-]+/)?.[0]?.toLowerCase() ?? ''
  const gutter = styled(styles.codeBorder, CODE_GUTTER)
  const continued = styled(styles.codeBorder, CONTINUED_GUTTER)
  const name = language === '' ? [] : [styled(styles.codeBorder, `${CODE_CORNER} ${language}`)]
  const lines = highlight(token.text, isClosed(token) ? language : '', styles)
  return [
    ...name,
    ...lines.flatMap((line) =>
      wrap(line, columns, { indent: gutter, hang: continued, breaks: 'code' }),
    ),
  ]
}

const QUOTE = '▎ '
const MIN_COLUMNS = 4

function rowsOf(ansi: string, columns: number): readonly Row[] {
  const text = ansi.replace(/\n+$/, '')
  return text === '' ? [] : wrap(parseAnsi(text), columns)
}

function joinBlocks(all: readonly (readonly Row[])[], gap: readonly Row[]): readonly Row[] {
  return all
    .filter((rows) => rows.length > 0)
    .flatMap((rows, index) => (index === 0 ? rows : [...gap, ...rows]))
}

// A code block is plain while it streams: highlighting it for each token would take longer than a frame.
function isClosed({ raw, codeBlockStyle }: Tokens.Code): boolean {
  if (codeBlockStyle === 'indented') return true
  const fence = /^ {0,3}(`{3,}|~{3,})/.exec(raw)?.[1] ?? ''
  const last = raw.trimEnd().split('\n').slice(1).at(-1)?.trim() ?? ''
  return last.startsWith(fence) && last.replaceAll(fence.charAt(0), '') === ''
}

// Numeric entities are not decoded: &#27; must not become a control character.
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
