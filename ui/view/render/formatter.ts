import type { Styles } from '../../theme/styles.ts'
import type { Row } from './row.ts'
import { clean } from './sanitize.ts'
import { splitLines, wrap } from './wrap.ts'

/**
 * Formats markdown and code by libraries that take 0.15 s to load, so never before the first paint. It remembers what it
 * formatted, by text and styles: what it returns depends on its arguments only.
 */
export interface Formatter {
  /** Untrusted markdown as rows. The same text gives the same array. */
  markdown(text: string, columns: number, styles: Styles): readonly Row[]
  /** Cleaned code as lines. */
  code(code: string, language: string, styles: Styles): readonly Row[]
}

/** What rows are rendered with. */
export interface RenderOptions {
  readonly styles: Styles
  /** null until it is loaded: text is shown plain. */
  readonly formatter: Formatter | null
}

export async function loadFormatter(): Promise<Formatter> {
  const { createMarkdown } = await import('./markdown.ts')
  const { loadHighlighter } = await import('./highlight-code.ts')
  const code = await loadHighlighter()
  return { code, markdown: createMarkdown(code) }
}

export function renderMarkdown(
  text: string,
  columns: number,
  { styles, formatter }: RenderOptions,
): readonly Row[] {
  return formatter === null ? wrap(clean(text), columns) : formatter.markdown(text, columns, styles)
}

export function renderCode(
  code: string,
  language: string,
  { styles, formatter }: RenderOptions,
): readonly Row[] {
  return formatter === null ? splitLines(code) : formatter.code(code, language, styles)
}
