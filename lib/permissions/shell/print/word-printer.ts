import type { CommandArgument, ParsedScript, Statement, Word, WordPart } from 'unbash'
import type { FsView } from '../../facts/facts.ts'
import { unescapeGlob } from '../../rules/compile-glob.ts'
import { expandGlob } from '../parse/expand-glob.ts'
import type { ShellWord } from '../parse/word.ts'
import type { WorkingDirectories } from '../parse/working-directory.ts'
import { printParameter } from './parameter.ts'
import { fail, quote } from './quote.ts'
import { containsExpansion, readsOnlyVariables, VARIABLES } from './word-parts.ts'

export interface JudgedWords {
  readonly words: readonly ShellWord[]
  readonly directories: WorkingDirectories
}

/** Prints words: constants are quoted, wildcards become the files that they match, other expansions have one form. */
export class WordPrinter {
  private readonly words: ReadonlyMap<CommandArgument, JudgedWords>
  private readonly view: FsView
  private readonly printStatements: (statements: readonly Statement[]) => string

  /** `printStatements`: for what a word takes from other commands. */
  constructor(
    words: ReadonlyMap<CommandArgument, JudgedWords>,
    view: FsView,
    printStatements: (statements: readonly Statement[]) => string,
  ) {
    this.words = words
    this.view = view
    this.printStatements = printStatements
  }

  certainValues(word: CommandArgument): readonly (string | null)[] | null {
    const judged = this.words.get(word)
    if (judged === undefined) return null
    return judged.words.flatMap((one): readonly (string | null)[] => {
      if (!one.isCertain) return [null]
      if (one.glob !== null) return this.filesOf(one.glob, judged.directories)
      return one.values.length === 1 ? one.values : [null]
    })
  }

  /** The words that the shell makes of it, quoted. */
  printWord(word: CommandArgument): readonly string[] {
    if (word.type === 'Assignment' || !containsExpansion(word.parts)) {
      const values = this.certainValues(word) ?? fail()
      return values.map((value) => (value === null ? fail() : quote(value)))
    }
    const known = readsOnlyVariables(word.parts) ? (this.certainValues(word) ?? []) : []
    const values = known.filter((value) => value !== null)
    const isKnown = known.length > 0 && values.length === known.length
    return isKnown ? values.map(quote) : [this.printOneWord(word)]
  }

  /** The value of a word with variables, when it was judged with exactly that one: so the variable does not matter. */
  knownValue(word: CommandArgument): string | null {
    if (word.type === 'Assignment' || !readsOnlyVariables(word.parts)) return null
    const [only, ...more] = this.certainValues(word) ?? []
    return more.length === 0 && only !== undefined ? only : null
  }

  /**
   * As the shell would sort and write them. A pattern without a match stands for itself. After `cd src;` the files are
   * those of `src`: should it fail, they are only arguments that name nothing.
   */
  private filesOf(glob: string, directories: WorkingDirectories): readonly string[] {
    const [directory] = directories ?? []
    if (directory === undefined) return fail()
    const files = expandGlob(glob, directory, this.view) ?? fail()
    const isDirectoryPattern = glob.endsWith('/')
    const prefix = directory === '/' ? '/' : `${directory}/`
    const found = files
      .filter((file) => !/\/\.\.?$/.test(file) || /(^|\/)\.\.?$/.test(glob))
      .map((file) => (isDirectoryPattern ? `${file}/` : file))
      .filter((file) => this.view.exists(isDirectoryPattern ? `${file}.` : file))
      .map((file) =>
        glob.startsWith('/') || !file.startsWith(prefix) ? file : file.slice(prefix.length),
      )
      .map((file) => (file.startsWith('-') ? `./${file}` : file))
    if (found.some((file) => file.includes('\ufffd'))) fail()
    return found.length > 0 ? found.sort(byCodePoint) : [unescapeGlob(glob)]
  }

  /** For places where the shell makes exactly one word, or splits only what a variable contains, unless `isSplit` is false. */
  printOneWord(word: Word, isSplit = true): string {
    const { parts = [{ type: 'Literal' as const, value: word.value, text: word.text }] } = word
    const [first] = parts
    if (first?.type === 'Literal' && ASSIGNED_HOME.test(first.text)) return fail()
    // Neighbouring constants are printed as one, so that printing the printed word again gives the same text.
    let constant = ''
    let printed = ''
    const flush = (): void => {
      if (constant !== '') printed += quote(constant)
      constant = ''
    }
    for (const [at, part] of parts.entries()) {
      const value = this.constantOf(part, at === 0 && part.type === 'Literal', word)
      if (value !== null) {
        constant += value
        continue
      }
      if (part.type === 'DoubleQuoted') {
        for (const inner of part.parts) {
          if (inner.type === 'Literal') constant += inner.value
          else {
            flush()
            printed += `"${this.printExpansion(inner)}"`
          }
        }
        continue
      }
      flush()
      printed +=
        !isSplit && VARIABLES.has(part.type) ? `"${this.printPart(part)}"` : this.printPart(part)
    }
    flush()
    return printed || "''"
  }

  /** The text of a part without expansions; null for any other part. */
  private constantOf(
    part: WordPart | { type: 'Literal'; value: string; text: string },
    isFirstLiteral: boolean,
    word: Word,
  ): string | null {
    if (isFirstLiteral && part.text.startsWith('~')) {
      if (!/^~(\/|$)/.test(word.text) || part.type !== 'Literal') return fail()
      return this.view.home + part.value.slice(1)
    }
    switch (part.type) {
      case 'Literal':
      case 'SingleQuoted':
      case 'AnsiCQuoted':
        return part.value
      case 'DoubleQuoted': {
        const values = part.parts.map((inner) => (inner.type === 'Literal' ? inner.value : null))
        return values.some((value) => value === null) ? null : values.join('')
      }
      default:
        return null
    }
  }

  /** A pattern that is compared with a text, not with the names of files. */
  printPattern(word: Word): string {
    const { parts = [{ type: 'Literal' as const, value: word.value, text: word.text }] } = word
    const printed = parts.map((part) => {
      if (part.type === 'Glob' && part.kind !== 'bracket') return part.text
      if (part.type === 'Literal' && part.text.startsWith('~')) return fail()
      return this.printPart(part)
    })
    return printed.join('') || "''"
  }

  private printPart(part: WordPart | { type: 'Literal'; value: string; text: string }): string {
    switch (part.type) {
      case 'Literal':
      case 'SingleQuoted':
      case 'AnsiCQuoted':
        return part.value === '' ? '' : quote(part.value)
      case 'DoubleQuoted':
        return this.printQuoted(part.parts)
      case 'ProcessSubstitution':
        if (part.operator !== '<' || part.script === undefined) return fail()
        return `<(${this.printSubstitution(part.script)})`
      default:
        return this.printExpansion(part)
    }
  }

  private printQuoted(parts: readonly WordPart[]): string {
    return parts
      .map((part) =>
        part.type === 'Literal' ? this.printPart(part) : `"${this.printExpansion(part)}"`,
      )
      .join('')
  }

  printExpansion(part: WordPart): string {
    switch (part.type) {
      case 'SimpleExpansion':
        return /^\$([A-Za-z_]\w*|[0-9?#$!@*])$/.test(part.text) ? part.text : fail()
      case 'ParameterExpansion':
        return printParameter(part)
      case 'CommandExpansion':
        return part.script === undefined ? fail() : `$(${this.printSubstitution(part.script)})`
      case 'ArithmeticExpansion':
        return /^\$\(\([\d\s+*/%()-]*\)\)$/.test(part.text) ? part.text : fail()
      default:
        return fail()
    }
  }

  private printSubstitution({ commands, errors }: ParsedScript): string {
    if ((errors ?? []).length > 0) fail()
    const text = this.printStatements(commands)
    // `$((` would begin an arithmetic expansion.
    return text.startsWith('(') ? ` ${text}` : text
  }
}

/** Where bash expands `~` within a word that is like an assignment. */
const ASSIGNED_HOME = /^[A-Za-z_]\w*\+?=(.*:)?~/s

function byCodePoint(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
