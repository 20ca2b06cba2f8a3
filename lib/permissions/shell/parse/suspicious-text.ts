import type { Assignment, SyntaxNode, Word, WordPart } from 'unbash'

/**
 * Text that can mean something else than it seems to: characters that a person does not see, and places where the
 * parser may disagree with the shell. A parser is not the shell; `a=($(rm x))b` was one plain word to ours once.
 */

/** Whether the line contains characters that are invisible or look like others. */
export function hasInvisibleCharacters(line: string): boolean {
  return INVISIBLE.test(line)
}

const INVISIBLE =
  /(?![ \t\n])(?:[\p{Cc}\p{Cf}\p{Cs}\p{Z}]|\u{115f}|\u{1160}|\u{3164}|\u{ffa0}|\u{2800}|\u{34f})/u

/** Whether the parser took something for plain characters that the shell could run or split. */
export function isAmbiguous(node: SyntaxNode): boolean {
  switch (node.type) {
    case 'Word':
      return node.parts === undefined
        ? RUNS_CODE.test(withoutEscapes(node.text))
        : node.parts.some(isAmbiguousPart)
    case 'DoubleQuoted':
    case 'LocaleString':
      return node.parts.some(isAmbiguousPart)
    default:
      return false
  }
}

/** Whether a word contains, outside of quotes, a character that separates words. */
export function isAmbiguousWord(word: Word | Assignment): boolean {
  if (word.type === 'Assignment') return word.value.type === 'Word' && isAmbiguousWord(word.value)
  const { parts = [{ type: 'Literal', text: word.text }] } = word
  return parts.some(
    ({ type, text }) => type === 'Literal' && SEPARATES_WORDS.test(withoutEscapes(text)),
  )
}

/** Whether two words have nothing between them: to the shell `a<(ls)` is one word. */
export function haveNoSeparator(
  words: readonly { readonly pos: number; readonly end: number }[],
): boolean {
  return words.some(({ pos }, at) => pos === words[at - 1]?.end)
}

function isAmbiguousPart(part: WordPart): boolean {
  if (part.type === 'Literal') return RUNS_CODE.test(withoutEscapes(part.text))
  if (part.type === 'AnsiCQuoted') return !PLAIN_ESCAPES.test(part.text)
  if (part.type === 'BraceExpansion' || part.type === 'Glob' || part.type === 'ExtendedGlob') {
    const isParsed = 'parts' in part && part.parts !== undefined
    return RUNS_CODE.test(withoutEscapes(part.text)) && !isParsed
  }
  return false
}

function withoutEscapes(text: string): string {
  return text.replace(/\\[\s\S]/g, '')
}

/** The escapes that every version of the shell decodes alike. */
const PLAIN_ESCAPES =
  /^\$'(?:[^\\]|\\[abefnrtv\\'"?]|\\x[0-9a-fA-F]{2}|\\[0-7]{3}|\\u[0-9a-fA-F]{4})*'$/

const RUNS_CODE = /`|\$[A-Za-z_({]/

const SEPARATES_WORDS = /[()<>;&|\n`]/
