import type {
  Assignment,
  Case,
  Command,
  CommandArgument,
  CompoundList,
  HereDoc,
  ParsedScript,
  PipelineNode,
  Redirection,
  Statement,
  TestExpression,
  Word,
} from 'unbash'
import type { FsView } from '../facts/facts.ts'
import { literalWord, unknownWord } from './parse/word.ts'
import { isPrintableCommand, SHELL_BUILTINS, SHELL_WRAPPERS } from './print/printable-commands.ts'
import { fail, NotPrintable, printName, quote } from './print/quote.ts'
import { addOptions, addPlatformOptions, programStarts } from './print/safe-options.ts'
import { containsExpansion } from './print/word-parts.ts'
import { type JudgedWords, WordPrinter } from './print/word-printer.ts'
import { startsForAnything, tightenFind, tightenNames, tightenXargs } from './tighten.ts'
import type { ProgramPlace } from './types.ts'
import { programName } from './unwrap/wrapper-layer.ts'

/** What the parser of a line found out, from which the line can be printed again. */
interface ParseRecord {
  /** The parsed scripts by their text: the line, and what `bash -c` runs. */
  readonly scripts: ReadonlyMap<string, ParsedScript>
  /** The texts that programs of the line run as scripts. */
  readonly startedScripts: ReadonlySet<string>
  /** The words that were judged, and where. */
  readonly words: ReadonlyMap<CommandArgument, JudgedWords>
}

/**
 * Prints a line from its parse: what was judged is what runs. Certain words are quoted, wildcards become the files that
 * they match, and everything else has the one form that is printed here. A parser that disagrees with the shell can
 * then pass a wrong argument, but cannot hide a command. Null for a line that contains anything else.
 *
 * The printed line is for a shell that expands no wildcards (`bash -f`).
 */
export function reprint(
  line: string,
  record: ParseRecord,
  view: FsView,
  { isTightened = false, place = null }: ReprintOptions = {},
): string | null {
  const printer = new Printer(record, view, { isTightened, place })
  try {
    const printed = printer.printScript(line)
    return printer.hasPrintedEveryScript() ? printer.printPaths() + printed : null
  } catch (thrown) {
    if (thrown instanceof NotPrintable || thrown instanceof RangeError) return null
    throw thrown
  }
}

interface ReprintOptions {
  /** Whether commands that start programs for files that they find are changed, so that these are regular files. */
  readonly isTightened?: boolean
  /** Finds the programs, which are then called by their paths. */
  readonly place?: ProgramPlace | null
}

class Printer {
  private readonly record: ParseRecord
  private readonly words: WordPrinter
  private readonly printedScripts = new Set<string>()

  private readonly isTightened: boolean
  private readonly place: ProgramPlace | null
  /** The paths of the programs that the shell of the line starts itself. */
  private readonly paths = new Map<string, string>()
  /** How many scripts (`bash -c`) are around what is printed. */
  private depth = 0
  /** The program that finds the files, for each command of a pipeline that passes on or takes their names. */
  private readonly producers = new Map<Command, string>()

  constructor(record: ParseRecord, view: FsView, { isTightened, place }: Required<ReprintOptions>) {
    this.record = record
    this.words = new WordPrinter(record.words, view, (statements) =>
      this.printStatements(statements),
    )
    this.isTightened = isTightened
    this.place = place
  }

  /** Sets where the shell finds the programs that it starts: their own messages have their names, as usual. */
  printPaths(): string {
    const printed = [...this.paths].map(([name, file]) => `hash -p ${quote(file)} ${quote(name)}; `)
    return printed.join('')
  }

  printScript(text: string): string {
    const script = this.record.scripts.get(text)
    if (script === undefined || (script.errors ?? []).length > 0) return fail()
    this.printedScripts.add(text)
    this.depth++
    const printed = this.printStatements(script.commands)
    this.depth--
    return printed
  }

  /** Scripts of plain words mean the same to every shell. */
  hasPrintedEveryScript(): boolean {
    return [...this.record.startedScripts].every(
      (text) => this.printedScripts.has(text) || PLAIN_SCRIPT.test(text),
    )
  }

  private printStatements(statements: readonly Statement[]): string {
    if (statements.length === 0) fail()
    return statements
      .map(({ command, background }) => {
        const text = this.printNode(command)
        return background === true ? `${text} &` : text
      })
      .join('\n')
  }

  private printList({ commands }: CompoundList): string {
    return `\n${this.printStatements(commands)}\n`
  }

  private printNode(node: PipelineNode | Statement['command']): string {
    switch (node.type) {
      case 'Command':
        return this.printCommand(node)
      case 'AndOr':
        return node.commands
          .map((one, at) => (at === 0 ? '' : ` ${node.operators[at - 1]} `) + this.printNode(one))
          .join('')
      case 'Pipeline': {
        if (this.isTightened) this.markProducers(node)
        const prefixes = node.prefixes.map((one) =>
          one.type === 'Negation' ? '! ' : one.posix === undefined ? 'time ' : 'time -p ',
        )
        const commands = node.commands.map(
          (one, at) => (at === 0 ? '' : ` ${node.operators[at - 1]} `) + this.printNode(one),
        )
        return [...prefixes, ...commands].join('')
      }
      case 'Redirected':
        return [this.printNode(node.command), ...this.printRedirections(node.redirects)].join(' ')
      case 'Subshell':
        return `(${this.printList(node.body)})`
      case 'BraceGroup':
        return `{${this.printList(node.body)}}`
      case 'If': {
        const branches = node.elif.map(
          (one) => `elif${this.printList(one.clause)}then${this.printList(one.then)}`,
        )
        const rest = node.else === undefined ? '' : `else${this.printList(node.else)}`
        return `if${this.printList(node.clause)}then${this.printList(node.then)}${branches.join('')}${rest}fi`
      }
      case 'While':
        return `${node.kind}${this.printList(node.clause)}do${this.printList(node.body)}done`
      case 'For': {
        if (node.wordlist === undefined) return fail()
        const words = node.wordlist.flatMap((word) => this.words.printWord(word))
        const name = printName(node.name.value)
        return `for ${[name, 'in', ...words].join(' ')}\ndo${this.printList(node.body)}done`
      }
      case 'Case':
        return this.printCase(node)
      case 'TestCommand':
        return `[[ ${this.printTest(node.expression)} ]]`
      default:
        return fail()
    }
  }

  private printCase({ word, items }: Case): string {
    const printed = items.map(({ pattern, body, terminator }) => {
      const patterns = pattern.map((one) => this.words.printPattern(one)).join(' | ')
      const commands = body.commands.length === 0 ? '\n' : this.printList(body)
      return `(${patterns})${commands}${terminator ?? ';;'}\n`
    })
    return `case ${this.words.printOneWord(word)} in\n${printed.join('')}esac`
  }

  private printTest(node: TestExpression): string {
    switch (node.type) {
      case 'TestUnary':
        if (!/^-[a-zA-Z]$/.test(node.operator)) fail()
        return `${node.operator} ${this.words.printOneWord(node.operand)}`
      case 'TestBinary': {
        if (!TEST_OPERATOR.test(node.operator)) fail()
        const isPattern = /^(=|==|!=)$/.test(node.operator)
        const right = isPattern
          ? this.words.printPattern(node.right)
          : this.words.printOneWord(node.right)
        return `${this.words.printOneWord(node.left)} ${node.operator} ${right}`
      }
      case 'TestLogical':
        return node.operands.map((one) => this.printTest(one)).join(` ${node.operator} `)
      case 'TestNot':
        return `${node.negations.map(() => '! ').join('')}${this.printTest(node.operand)}`
      case 'TestGroup':
        return `( ${this.printTest(node.expression)} )`
    }
  }

  private printCommand(node: Command): string {
    const assignments = node.prefix.flatMap((one) =>
      one.type === 'Assignment' ? [this.printAssignment(one)] : [],
    )
    const written = [node.name, ...node.args].filter((word) => word !== undefined)
    const words = written.flatMap((word) => this.words.printWord(word))
    const values: (string | null)[] = written.flatMap(
      (word) => this.words.certainValues(word) ?? [null],
    )
    if (
      !isPrintableCommand(programName(this.record.words.get(written[0] ?? NOTHING)?.words[0]) ?? '')
    )
      fail()
    if (words.length !== values.length) fail()
    this.printInnerScripts(words, values)
    if (this.isTightened) this.tighten(node, words, values)
    this.addPaths(words, values)
    addOptions(words, values)
    if (this.place !== null) addPlatformOptions(words, values, this.place)
    return [...assignments, ...words, ...this.printRedirections(node.redirects)].join(' ')
  }

  /** The shell finds the first program by its table of paths; another program is given the path of what it starts. */
  private addPaths(words: string[], values: readonly (string | null)[]): void {
    if (this.place === null) return
    const known = values.map((value) => (value === null ? unknownWord('') : literalWord(value)))
    for (const start of programStarts(known)) {
      const name = values[start] ?? ''
      const isInShell = start === 0 || SHELL_WRAPPERS.has(values[start - 1] ?? '')
      if (name === '' || name.includes('/') || (isInShell && SHELL_BUILTINS.has(name))) continue
      const file = this.place.find(name)
      if (file === null) continue
      if (start === 0 && this.depth === 1) this.paths.set(name, file)
      else words[start] = quote(file)
    }
  }

  /** `find … | sort | xargs wc -l`: all of them belong to the program that finds the files. */
  private markProducers({
    commands,
    operators,
  }: Extract<PipelineNode, { type: 'Pipeline' }>): void {
    const end = commands.findIndex((one) => this.programOf(one) === 'xargs')
    const [first] = commands
    if (end < 1 || first?.type !== 'Command' || operators.some((one) => one !== '|')) return
    for (const one of commands.slice(0, end + 1)) {
      if (one.type === 'Command') this.producers.set(one, this.programOf(first) ?? '')
    }
  }

  private programOf(node: PipelineNode | Statement['command']): string | null {
    if (node.type !== 'Command' || node.name === undefined) return null
    return this.words.certainValues(node.name)?.[0] ?? null
  }

  private tighten(node: Command, words: string[], values: (string | null)[]): void {
    const known = values.filter((value) => value !== null)
    const producer = this.producers.get(node)
    const isFind = known[0] === 'find' && startsForAnything(known)
    if (known.length !== values.length || (producer === undefined && !isFind)) return
    const isFirst = known[0] === producer
    const changed =
      producer === undefined
        ? tightenFind(known)
        : known[0] === 'xargs'
          ? tightenXargs(known, producer)
          : tightenNames(known, isFirst)
    if (changed === null) throw new NotPrintable()
    words.length = 0
    values.length = 0
    for (const value of changed) {
      words.push(quote(value))
      values.push(value)
    }
  }

  /** Prints the script of `bash -c SCRIPT`, which is behind a wrapper in `timeout 5 bash -c SCRIPT`. */
  private printInnerScripts(words: string[], values: readonly (string | null)[]): void {
    values.forEach((value, at) => {
      const options = values[at + 1]
      const script = values[at + 2]
      if (!SHELL.test(value ?? '') || !/^-[cefulx]*c[efulx]*$/.test(options ?? '')) return
      if (script === null || script === undefined || !this.record.scripts.has(script)) return
      // A login shell would run the profile of the user first.
      const kept = (options ?? '').replaceAll(/[fl]/g, '')
      words[at + 1] = kept.replace('c', 'fc')
      words[at + 2] = quote(this.printScript(script))
    })
  }

  private printAssignment({ name, value, index, append }: Assignment): string {
    if (index !== undefined || value.type === 'ArrayValue') return fail()
    if (value.text.includes(':~')) return fail()
    return `${printName(name)}${append === true ? '+=' : '='}${this.words.printOneWord(value)}`
  }

  private printRedirections(nodes: readonly Redirection[]): readonly string[] {
    return nodes.map((node) => {
      if (node.descriptor !== undefined && node.descriptor.type !== 'FileDescriptor') return fail()
      const descriptor = node.descriptor?.value ?? ''
      if (node.type === 'HereDoc') return `${descriptor}${this.printHereDocument(node)}`
      const { operator, target } = node
      if (target === undefined) return fail()
      if (operator === '<<<') return `${descriptor}<<< ${this.words.printOneWord(target)}`
      if (operator === '<>') return fail()
      if (containsExpansion(target.parts) && this.words.knownValue(target) === null) {
        return operator.endsWith('&')
          ? fail()
          : `${descriptor}${operator} ${this.words.printOneWord(target, false)}`
      }
      const [value, ...more] = this.words.certainValues(target) ?? []
      if (value === undefined || value === null || more.length > 0) return fail()
      if (!operator.endsWith('&')) return `${descriptor}${operator} ${quote(value)}`
      return /^(\d+-?|-)$/.test(value) ? `${descriptor}${operator}${value}` : fail()
    })
  }

  /** As a here-string, which ends with a line break as well. */
  private printHereDocument({ operator, delimiter, body }: HereDoc): string {
    const parts = body.parts ?? [{ type: 'Literal' as const, value: body.text, text: body.text }]
    const isLiteral = delimiter?.quoted === true
    if (!isLiteral && body.text.includes('\\')) return fail()
    if (operator === '<<-' && /^\t/m.test(body.text)) return fail()
    if (body.text === '') return '< /dev/null'
    if (!body.text.endsWith('\n')) return fail()
    if (isLiteral) return `<<< ${quote(body.text.slice(0, -1))}`
    const printed = parts.map((part, at) => {
      if (part.type !== 'Literal') return `"${this.words.printExpansion(part)}"`
      const text = at === parts.length - 1 ? part.value.replace(/\n$/, '') : part.value
      return text === '' ? '' : quote(text)
    })
    if (parts.at(-1)?.type !== 'Literal') return fail()
    return `<<< ${printed.join('') || "''"}`
  }
}

const NOTHING: Word = { type: 'Word', text: '', value: '', pos: 0, end: 0 }

const PLAIN_SCRIPT = /^[\w./:,@%+= -]*$/

const SHELL = /^(\/(usr\/)?bin\/)?(bash|sh|dash)$/

const TEST_OPERATOR = /^(=|==|!=|<|>|-(eq|ne|lt|le|gt|ge|nt|ot|ef))$/
