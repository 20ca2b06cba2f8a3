import { firstStartableWord } from '../tables/plain-programs.ts'
import type { SimpleCommand } from '../types.ts'
import { programName } from '../unwrap/wrapper-layer.ts'

/**
 * What a program that is not known here could start: each of its words could be a program, and the following ones its words. Nothing
 * for a wrapper whose options are known, as what it starts is judged.
 */
export function possibleStarts(
  { words, inner, ...command }: SimpleCommand,
  couldBe: (name: string) => boolean,
): readonly SimpleCommand[] {
  const program = programName(words[0])
  if (program === null || typeof inner?.innerIndex === 'number') return []
  const first = firstStartableWord(program, words)
  return words.flatMap(({ values }, at) =>
    at >= first && values.some(couldBe)
      ? [{ ...command, words: words.slice(at, at + MAX_WORDS), inner: null }]
      : [],
  )
}

/** More than the words of any rule, and few enough for a line of thousands of such words. */
const MAX_WORDS = 50
