/**
 * The line that begins what encloses a line with this text, as git names it after the numbers of a hunk: the nearest declaration
 * above that is indented less. Undefined where a line of the outermost level encloses it.
 */
export function enclosingSection(text: string, linesAbove: Iterable<string>): string | undefined {
  let depth = indentOf(text)
  let count = 0
  for (const full of linesAbove) {
    if (depth === 0 || ++count > MAX_LINES) return undefined
    const line = full.slice(0, MAX_CHARACTERS)
    const indent = indentOf(line)
    // A bracket may end what the line before has begun, such as its parameters.
    if (indent >= depth || CLOSING.test(line)) continue
    // A copy: a slice would keep the complete text in memory.
    if (DECLARATION.test(line)) return ` ${line.trim()}`.slice(1)
    depth = indent
  }
  return undefined
}

const MAX_LINES = 2_000
const MAX_CHARACTERS = 160

/** A blank line is in what is around it. */
function indentOf(line: string): number {
  const at = line.search(/\S/)
  return at < 0 ? Number.POSITIVE_INFINITY : at
}

const CLOSING = /^\s*[)\]}]/

/** Keywords of common languages. Control flow, such as `if (…) {`, only leads further out. */
const DECLARATION = new RegExp(
  [
    /^\s*(?:[a-z]+\s+){0,4}(?:function\*?|class|interface|enum|def|fn|func|fun|impl|trait|struct|namespace|module)\s+\S/,
    /^\s*(?:[a-z]+\s+){0,2}(?:const|let|var|val)\s+[\w$]+.*(?:=>|=\s*[{[(]|function)/,
    /^\s*(?:describe|it|test)(?:\.\w+)?\(/,
  ]
    .map(({ source }) => source)
    .join('|'),
)
