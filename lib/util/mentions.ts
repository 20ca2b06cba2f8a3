/** A file or directory that a message names: `@path`, `@"path with blanks"`, `@path:10-20`, `@+path`. */
export interface Mention {
  /** Offsets in the text. */
  readonly from: number
  readonly to: number
  readonly path: string
  /** The first and the last line, counted from one; null for all. */
  readonly lines: readonly [from: number, to: number] | null
  /** `@+`: its content goes with the message. */
  readonly isAttached: boolean
}

const MENTION =
  /(?<![^\s(])@(\+?)(?:"([^"\n]+)"|([^\s@"+][^\s@"]*))(?::(\d{1,7})(?:-(\d{1,7}))?(?!\w))?/g
const LINES_AT_END = /:(\d{1,7})(?:-(\d{1,7}))?$/
/** Ends a sentence instead of a path. */
const PUNCTUATION_AT_END = /[.,;:!?)\]}'`]+$/

export function parseMentions(text: string): readonly Mention[] {
  const mentions: Mention[] = []
  for (const match of text.matchAll(MENTION)) {
    const [matched, plus, quoted, plain = '', first, last] = match
    const shown = quoted === undefined ? plain.replace(PUNCTUATION_AT_END, '') : quoted
    const [suffix = '', start = first, end = last] =
      quoted === undefined ? (LINES_AT_END.exec(shown) ?? []) : []
    const path = shown.slice(0, shown.length - suffix.length)
    if (path === '') continue
    const cut = quoted === undefined ? plain.length - shown.length : 0
    const hasLines = start !== undefined
    mentions.push({
      from: match.index,
      to: match.index + matched.length - cut,
      path,
      lines: hasLines ? inOrder(Number(start), Number(end ?? start)) : null,
      isAttached: plus === '+',
    })
  }
  return mentions
}

function inOrder(one: number, other: number): readonly [number, number] {
  const [from, to] = one <= other ? [one, other] : [other, one]
  return [Math.max(1, from), Math.max(1, to)]
}

/** How a message names a path that was chosen. A directory stays open, to continue with what is in it. */
export function mentionOf(path: string, isAttached: boolean): string {
  const sign = isAttached ? '@+' : '@'
  const isDirectory = path.endsWith('/')
  if (!/[\s"@]/.test(path)) return `${sign}${path}${isDirectory ? '' : ' '}`
  return `${sign}"${path}${isDirectory ? '' : '" '}`
}
