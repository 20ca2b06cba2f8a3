import { plainValue } from '../parse/word.ts'
import type { SortedArgs } from '../tables/options.ts'

/** The endings of the names of the files that a search reads, such as `.ts`; null when it can read files of any name. */
export type NameEndings = readonly string[] | null

/** What a search by `rg` reads: nothing where it lists names; where patterns name the files to search, it reads no other ones. */
export function endingsOfSearch(sorted: SortedArgs): NameEndings {
  if (sorted.usedOptions.includes('--files')) return []
  return endingsOfPatterns(selectingPatterns(sorted) ?? [])
}

/** The patterns with which `rg` selects files, hidden ones too; null when they are not known. */
export function selectingPatterns({ texts, textOptions }: SortedArgs): readonly string[] | null {
  const patterns = texts.filter((_, at) => SELECTS.test(textOptions[at] ?? '')).map(plainValue)
  const known = patterns.filter((pattern) => pattern !== null)
  // One that begins with `!` only leaves files out.
  return known.length < patterns.length ? null : known.filter((one) => !one.startsWith('!'))
}

const SELECTS = /^(-g|--i?glob)$/

/** What a `find` names, by the words of its arguments: it has to be limited to such names whatever else is true of a file. */
export function endingsOfFind(args: readonly string[]): NameEndings {
  const first = args.findIndex((word) => /^[-!(),]/.test(word))
  const tests = first < 0 ? [] : args.slice(first)
  if (tests.includes('-exec') || tests.some((test) => /^(!|-not|,)$/.test(test))) return null
  const names = tests.filter((_, at) => /^-i?name$/.test(tests[at - 1] ?? ''))
  const isEither = tests.some((test) => /^-or?$/.test(test))
  if (isEither) return EITHER.test(tests.join('\n')) ? endingsOfPatterns(names) : null
  // All of them are true of each file.
  return endingsOfPatterns(names.filter((name) => ENDING.test(name)))
}

/** Several names in brackets, of which one is true of each file, also within brackets around everything. */
const EITHER =
  /^(\(\n)?((-(max|min)depth\n\d+|-type\nf)\n)*\(\n-i?name\n[^\n]+(\n-or?\n-i?name\n[^\n]+)*\n\)(\n-type\nf)?(\n\))?(\n-type\nf)?\n-print0$/

function endingsOfPatterns(patterns: readonly string[]): NameEndings {
  const isKnown = patterns.length > 0 && patterns.every((pattern) => ENDING.test(pattern))
  return isKnown ? patterns.map((pattern) => pattern.slice(1).toLowerCase()) : null
}

/** `*.ts` */
const ENDING = /^\*\.[\w-]+$/
