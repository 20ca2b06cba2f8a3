import { plainValue, type ShellWord } from '../parse/word.ts'

/** The options with which a program only reads. Options that are not listed are not known to be harmless. */
export interface OptionGrammar {
  /** Short options without a value. */
  readonly flags: string
  /** Short options whose value is text. */
  readonly values: string
  /** Short options whose value is attached or absent. */
  readonly maybe: string
  /** Short options whose value is a file that is read. */
  readonly files: string
  /**
   * Long options: `all`, `lines=` with a value, `color?` with a value only after `=`, `file@` with a file, `arg==` with a name
   * and a value, which are two words.
   */
  readonly long: readonly string[]
  /** Whether `-20` is a number of lines. */
  readonly isNumbered: boolean
  /** Whether `-ab` is `-a -b`. */
  readonly takesBundles: boolean
}

export const NO_OPTIONS: OptionGrammar = {
  flags: '',
  values: '',
  maybe: '',
  files: '',
  long: [],
  isNumbered: false,
  takesBundles: true,
}

/** Arguments by what they mean to the program. */
export interface SortedArgs {
  /** Each option separately, however it was bundled: `-ie x` is `-i` and `-e`. */
  readonly usedOptions: readonly string[]
  readonly operands: readonly ShellWord[]
  readonly files: readonly ShellWord[]
  /** Values of options that are not files, which the program can print in an error message. */
  readonly texts: readonly ShellWord[]
  /** The options to which these values belong: `-n`, `--lines`. */
  readonly textOptions: readonly string[]
  /**
   * Options after the first operand: the `getopt` of BSD and macOS takes no more options there, so that each of them, and the value
   * of one, is the name of a file.
   */
  readonly lateOptions: readonly ShellWord[]
}

/** Null when an argument is not known to be harmless. */
export function sortArgs(args: readonly ShellWord[], options: OptionGrammar): SortedArgs | null {
  const usedOptions: string[] = []
  const operands: ShellWord[] = []
  const files: ShellWord[] = []
  const texts: ShellWord[] = []
  const textOptions: string[] = []
  const lateOptions: ShellWord[] = []
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
    if (operands.length > 0) lateOptions.push(word)
    if (value === '--') break
    const option = parseOption(value, options)
    if (option === null) return null
    usedOptions.push(...option.names)
    if (option.value === 'none') continue
    const name = option.names.at(-1) ?? ''
    if (option.value === 'pair') {
      const pair = args.slice(at + 1, at + 3)
      if (option.attached !== null || pair.length < 2 || !pair.every(isPlainText)) return null
      at += 2
      texts.push(...pair)
      textOptions.push(name, name)
      continue
    }
    const next = option.attached === null ? args[++at] : attachedValue(word, option.attached)
    if (next === undefined) return null
    if (option.attached === null && (couldBeReadAsOption(next, name) || couldBeSplit(next)))
      return null
    // Some versions take no options after the first operand: there the value is one more file.
    const isFile = option.value === 'file' || (option.attached === null && operands.length > 0)
    if (isFile) files.push(next)
    if (option.value === 'text') {
      texts.push(next)
      textOptions.push(name)
    }
  }
  const all = [...operands, ...args.slice(at + 1)]
  return { usedOptions, operands: all, files, texts, textOptions, lateOptions }
}

/**
 * Whether a value begins with a dash: a version of the program in which the option has no value, or only an attached
 * one, would read it as an option. Numbers are safe, and so are patterns after `-e`.
 */
function couldBeReadAsOption({ values }: ShellWord, name: string): boolean {
  return !/^(-e|--regexp)$/.test(name) && values.some((value) => /^-\D/.test(value))
}

/** Whether a value can be several words or none: then another word is the value, and what follows are operands. */
function couldBeSplit({ isOneWord, isCertain, glob }: ShellWord): boolean {
  return !isOneWord && !(isCertain && glob !== null)
}

/** Whether a word is one word to every version of a program, and no option. */
function isPlainText(word: ShellWord): boolean {
  return plainValue(word)?.startsWith('-') === false
}

function attachedValue(word: ShellWord, value: string): ShellWord {
  return { ...word, values: [value], glob: null }
}

interface ParsedOption {
  /** Of a bundle, each letter that the program reads as an option. */
  readonly names: readonly string[]
  readonly value: 'none' | 'text' | 'file' | 'pair'
  /** The value in the same word; null when it is the next word. */
  readonly attached: string | null
}

/** Null for an option that the grammar does not contain. */
export function parseOption(option: string, options: OptionGrammar): ParsedOption | null {
  if (option.startsWith('--')) return parseLongOption(option, options.long)
  if (options.isNumbered && /^-\d+$/.test(option)) return NUMBER
  for (let at = 1; at < option.length; at++) {
    const letter = option.charAt(at)
    if (at > MAX_BUNDLE) return null
    if (options.flags.includes(letter)) {
      if (!options.takesBundles && option.length > 2) return null
      continue
    }
    const names = [...option.slice(1, at + 1)].map((one) => `-${one}`)
    if (options.maybe.includes(letter)) return { names, value: 'none', attached: null }
    const value = options.values.includes(letter) ? 'text' : 'file'
    if (value === 'file' && !options.files.includes(letter)) return null
    const rest = option.slice(at + 1)
    return { names, value, attached: rest === '' ? null : rest }
  }
  return { names: [...option.slice(1)].map((one) => `-${one}`), value: 'none', attached: null }
}

/** More letters than any program has options. */
const MAX_BUNDLE = 64

const NUMBER: ParsedOption = { names: ['-1'], value: 'none', attached: null }

function parseLongOption(option: string, known: readonly string[]): ParsedOption | null {
  const cut = option.indexOf('=')
  const name = option.slice(2, cut < 0 ? undefined : cut)
  const attached = cut < 0 ? null : option.slice(cut + 1)
  const names = [`--${name}`]
  const withoutValue: ParsedOption = { names, value: 'none', attached: null }
  if (known.includes(name) && attached === null) return withoutValue
  if (known.includes(`${name}?`)) return withoutValue
  if (known.includes(`${name}=`)) return { names, value: 'text', attached }
  if (known.includes(`${name}==`)) return { names, value: 'pair', attached }
  return known.includes(`${name}@`) ? { names, value: 'file', attached } : null
}
