import type { ShellWord } from '../parse/word.ts'

/** The options with which a program only reads. What isn't listed is not known to be harmless. */
export interface Options {
  /** Letters without a value. */
  readonly flags: string
  /** Letters whose value is only text. */
  readonly values: string
  /** Letters that may have a value, which stands attached or not at all. */
  readonly maybe: string
  /** Letters whose value is a file that is read. */
  readonly files: string
  /** Long names: `all`, `lines=` with a value of its own, `color?` with one after `=` only, `file@` with a file. */
  readonly long: readonly string[]
  /** Whether `-20` is a number of lines. */
  readonly isNumbered: boolean
}

export const NO_OPTIONS: Options = {
  flags: '',
  values: '',
  maybe: '',
  files: '',
  long: [],
  isNumbered: false,
}

/** Arguments sorted by what they mean to the program. */
export interface SortedArgs {
  readonly given: readonly string[]
  readonly operands: readonly ShellWord[]
  readonly files: readonly ShellWord[]
  /** What options take besides files, which the program may repeat when it complains. */
  readonly texts: readonly ShellWord[]
}

/** Null when an argument isn't known to be harmless. */
export function sortArgs(args: readonly ShellWord[], options: Options): SortedArgs | null {
  const given: string[] = []
  const operands: ShellWord[] = []
  const files: ShellWord[] = []
  const texts: ShellWord[] = []
  let at = 0
  for (; at < args.length; at++) {
    const word = args[at]
    if (word === undefined) break
    const value = word.values.at(0) ?? ''
    const isOption = word.values.some((one) => one.length > 1 && one.startsWith('-'))
    if (!isOption) {
      operands.push(word)
      continue
    }
    if (!word.isCertain || word.values.length > 1) return null
    if (value === '--') break
    const taken = readOption(value, options)
    if (taken === null) return null
    given.push(taken.name)
    if (taken.wants === 'nothing') continue
    const next = taken.attached === null ? args[++at] : attachedTo(word, taken.attached)
    if (next === undefined || (taken.attached === null && isRisky(next, taken.name))) return null
    if (taken.wants === 'file') files.push(next)
    else texts.push(next)
  }
  return { given, operands: [...operands, ...args.slice(at + 1)], files, texts }
}

/**
 * A value that begins with a dash: where a version of the program takes no value, or only an attached one, it is an
 * option. Numbers may, and patterns after `-e`.
 */
function isRisky({ values }: ShellWord, name: string): boolean {
  return !/^(-\w*e|--regexp)$/.test(name) && values.some((value) => /^-\D/.test(value))
}

function attachedTo(word: ShellWord, value: string): ShellWord {
  return { ...word, values: [value], glob: null }
}

interface Taken {
  readonly name: string
  readonly wants: 'nothing' | 'text' | 'file'
  /** The value within the same word; null when it is the next one. */
  readonly attached: string | null
}

function readOption(option: string, options: Options): Taken | null {
  if (option.startsWith('--')) return readLong(option, options.long)
  if (options.isNumbered && /^-\d+$/.test(option)) return NUMBER
  for (let at = 1; at < option.length; at++) {
    const letter = option.charAt(at)
    const name = option.slice(0, at + 1)
    if (options.flags.includes(letter)) continue
    if (options.maybe.includes(letter)) return { name, wants: 'nothing', attached: null }
    const wants = options.values.includes(letter) ? 'text' : 'file'
    if (wants === 'file' && !options.files.includes(letter)) return null
    const rest = option.slice(at + 1)
    return { name, wants, attached: rest === '' ? null : rest }
  }
  return { name: option, wants: 'nothing', attached: null }
}

const NUMBER: Taken = { name: '-1', wants: 'nothing', attached: null }

function readLong(option: string, known: readonly string[]): Taken | null {
  const cut = option.indexOf('=')
  const name = option.slice(2, cut < 0 ? undefined : cut)
  const attached = cut < 0 ? null : option.slice(cut + 1)
  const nothing: Taken = { name: `--${name}`, wants: 'nothing', attached: null }
  if (known.includes(name) && attached === null) return nothing
  if (known.includes(`${name}?`)) return nothing
  if (known.includes(`${name}=`)) return { name: `--${name}`, wants: 'text', attached }
  return known.includes(`${name}@`) ? { name: `--${name}`, wants: 'file', attached } : null
}
