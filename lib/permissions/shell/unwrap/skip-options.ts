import type { ShellWord } from '../parse/word.ts'
import { type OptionGrammar, parseOption } from '../tables/options.ts'

interface SkippedOptions {
  /** The index of the first word after the options. */
  readonly start: number
  /** As written, with abbreviated long options completed. */
  readonly options: readonly string[]
  /** Whether the grammar contains all of them: otherwise the program could begin at another word. */
  readonly isKnown: boolean
}

/** Skips the options of a program that stops at its first operand. */
export function skipOptions(words: readonly ShellWord[], grammar: OptionGrammar): SkippedOptions {
  const options: string[] = []
  let isKnown = true
  let at = 1
  for (; at < words.length; at++) {
    const written = words[at]?.values.at(0)
    if (written === undefined || !written.startsWith('-') || written === '-') break
    if (written === '--') return { start: at + 1, options, isKnown }
    const completed = completeOption(written, grammar)
    options.push(completed)
    const option = parseOption(completed, grammar)
    if (option === null) isKnown = false
    else if (option.value !== 'none' && option.attached === null) at++
  }
  return { start: at, options, isKnown }
}

/** `--form=x` is `--format=x` when no other option begins like that. */
function completeOption(written: string, { long }: OptionGrammar): string {
  const [, name = '', rest = ''] = /^--([^=]*)([\s\S]*)$/.exec(written) ?? []
  if (name === '') return written
  const known = long.map((one) => one.replace(/[=?@]$/, ''))
  if (known.includes(name)) return written
  const [only, ...others] = known.filter((one) => one.startsWith(name))
  return only === undefined || others.length > 0 ? written : `--${only}${rest}`
}
