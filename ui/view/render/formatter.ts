import type { Styles } from '../../theme/styles.ts'
import type { Row } from './row.ts'
import { clean } from './sanitize.ts'
import { contentLines, READABLE_COLUMNS, wrap } from './wrap.ts'

/**
 * Formats markdown and code with libraries that take 0.15 s to load, so they are loaded after the first frame. Results are
 * cached by text and styles, as they depend only on the arguments.
 */
export interface Formatter {
  /** Untrusted markdown as rows. The same text gives the same array. */
  markdown(text: string, columns: number, styles: Styles): readonly Row[]
  /** Sanitized code as lines. */
  code(code: string, language: string, styles: Styles): readonly Row[]
}

/** What rows are rendered with. */
export interface RenderOptions {
  readonly styles: Styles
  /** null until it is loaded; text is plain until then. */
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
  return formatter === null
    ? wrap(clean(text), Math.min(columns, READABLE_COLUMNS))
    : formatter.markdown(text, columns, styles)
}

export function renderCode(
  code: string,
  language: string,
  { styles, formatter }: RenderOptions,
): readonly Row[] {
  return formatter === null ? contentLines(code) : formatter.code(code, language, styles)
}
