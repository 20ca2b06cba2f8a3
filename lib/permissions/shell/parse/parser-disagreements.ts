import type { Assignment, SyntaxNode, Word, WordPart } from 'unbash'

/**
 * Whether the parser has taken something for plain letters that the shell would run or part: a parser is not the
 * shell, and `a=($(rm x))b` once was a word to it.
 */
export function isMisread(node: SyntaxNode): boolean {
  switch (node.type) {
    case 'Word':
      return node.parts === undefined ? RUNS.test(bare(node.text)) : node.parts.some(isMisreadPart)
    case 'DoubleQuoted':
    case 'LocaleString':
      return node.parts.some(isMisreadPart)
    default:
      return false
  }
}

/** A word outside of quotes must not hold what parts words, either. */
export function isMisreadWord(word: Word | Assignment): boolean {
  if (word.type === 'Assignment') return word.value.type === 'Word' && isMisreadWord(word.value)
  const { parts = [{ type: 'Literal', text: word.text }] } = word
  return parts.some(({ type, text }) => type === 'Literal' && PARTS.test(bare(text)))
}

/** Words with nothing between them: to the shell `a<(ls)` is one. */
export function areJoined(
  words: readonly { readonly pos: number; readonly end: number }[],
): boolean {
  return words.some(({ pos }, at) => pos === words[at - 1]?.end)
}

function isMisreadPart(part: WordPart): boolean {
  if (part.type === 'Literal') return RUNS.test(bare(part.text))
  if (part.type === 'BraceExpansion' || part.type === 'Glob' || part.type === 'ExtendedGlob') {
    return RUNS.test(bare(part.text)) && !('parts' in part && part.parts !== undefined)
  }
  return false
}

/** Without what a backslash quotes. */
function bare(text: string): string {
  return text.replace(/\\[\s\S]/g, '')
}

const RUNS = /`|\$[A-Za-z_({]/

const PARTS = /[()<>;&|\n`]/
