import { systemProgram } from '../shell/effects/read-access.ts'
import type { ShellWord } from '../shell/parse/word.ts'

/**
 * The word of which only the beginning is known, and which could turn out to be what a rule with only the program's name does not
 * allow although it is no option: `make X="$(cat f)"`, a format with `%n`, `host:archive`, `ext::program`. Null when there is none.
 */
export function openWord(words: readonly ShellWord[], covered: number): ShellWord | null {
  const isOpen = OPEN_WORDS.get(systemProgram(words[0]) ?? '')
  if (isOpen === undefined) return null
  const found = words.find((word, at) => {
    if (at < Math.max(covered, 1) || word.isCertain || word.glob !== null) return false
    return isOpen(knownBeginning(word), words.length - 1 - at)
  })
  return found ?? null
}

function knownBeginning({ text }: ShellWord): string {
  return /^[^$`]*/.exec(text.replaceAll(/["']/g, ''))?.[0] ?? ''
}

/** By what is known of the word, and how many words follow. */
type OpenWordTest = (known: string, following: number) => boolean

const OPEN_WORDS: ReadonlyMap<string, OpenWordTest> = new Map<string, OpenWordTest>([
  // The value of a variable can contain a function that runs a program, and any word can become a variable.
  ...['make', 'gmake'].map((name): [string, OpenWordTest] => [name, () => true]),
  ['rustc', (known) => !known.includes('/')],
  ...['gcc', 'cc', 'g++', 'c++', 'clang', 'clang++', 'javac'].map(
    (name): [string, OpenWordTest] => [name, (known) => known.startsWith('@')],
  ),
  ['git', (known) => /^(e(x(t:?:?)?)?|f(d:?:?)?)$/.test(known)],
  ['tar', (known) => !known.includes('/')],
  // It stores a number in a variable that a following word names.
  ['printf', (_, following) => following > 0],
])
