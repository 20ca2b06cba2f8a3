import type { CopyAnswer } from './ask-copy.ts'
import type { MemoryTest } from './read-tests.ts'

/** What an answer lacks, and what it has that it must not have. All empty: the test has passed. */
export interface AnswerFaults {
  readonly missing: readonly string[]
  readonly found: readonly string[]
  readonly tools: readonly string[]
}

export function judgeAnswer(
  { expected, forbidden, forbiddenTools }: MemoryTest,
  { text, tools }: Pick<CopyAnswer, 'text' | 'tools'>,
): AnswerFaults {
  const isForbidden = (tool: string): boolean =>
    forbiddenTools.some((name) => name === '*' || name.toLowerCase() === tool.toLowerCase())
  return {
    missing: expected.filter((words) => !alternatives(words).some((one) => hasWords(text, one))),
    found: forbidden.filter((words) => alternatives(words).some((one) => hasWords(text, one))),
    tools: [...new Set(tools.filter(isForbidden))],
  }
}

export function hasPassed({ missing, found, tools }: AnswerFaults): boolean {
  return missing.length + found.length + tools.length === 0
}

function alternatives(words: string): readonly string[] {
  return words.split(' | ').map((one) => one.trim())
}

/**
 * Whether the text contains these words as words: `tea` is not in `team`. Case, white space and emphasis do not matter.
 * @internal
 */
export function hasWords(text: string, words: string): boolean {
  const [searched, sought] = [plain(text), plain(words)]
  if (sought === '') return false
  for (let at = searched.indexOf(sought); at !== -1; at = searched.indexOf(sought, at + 1)) {
    const [before, after] = [searched.charAt(at - 1), searched.charAt(at + sought.length)]
    const isCut =
      (isWordCharacter(before) && isWordCharacter(sought.charAt(0))) ||
      (isWordCharacter(after) && isWordCharacter(sought.charAt(sought.length - 1)))
    if (!isCut) return true
  }
  return false
}

function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[*`"“”]/g, '')
    .replaceAll('’', "'")
    .replaceAll(/\s+/g, ' ')
    .trim()
}

function isWordCharacter(char: string): boolean {
  return /[\p{L}\p{N}_]/u.test(char)
}
