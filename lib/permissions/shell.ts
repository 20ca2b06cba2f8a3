import {
  type ArithmeticExpression,
  type Command,
  type CommandNode,
  type CompoundList,
  forEachChild,
  type ParsedScript,
  type PipelineNode,
  parse,
  type Redirection as RedirectionNode,
  type Statement,
  type SyntaxNode,
  type TestExpression,
  type Word,
  type WordPart,
} from 'unbash'
import type { Ground } from './request.ts'
import { changeFolder, eitherWay, type Folders, type Outcome } from './shell-folders.ts'
import { expandGlob } from './shell-glob.ts'
import { printedText } from './shell-print.ts'
import { type Layer, unwrap } from './shell-unwrap.ts'
import {
  readWord,
  type ShellWord,
  unknownWord,
  type Variable,
  type WordContext,
} from './shell-word.ts'

/** A program that a line may start, with all that is known of how. */
export interface SimpleCommand {
  /** As written. */
  readonly text: string
  /** The program's name and its arguments. */
  readonly words: readonly ShellWord[]
  readonly assignments: readonly Assigned[]
  readonly redirections: readonly Redirection[]
  /** Where it may run; null when only running it tells. */
  readonly folders: Folders
  /** What it starts in turn (`sudo rm`, `sh -c …`, `find -exec …`); null when it is no wrapper. */
  readonly inner: Inner | null
}

export interface Inner {
  /** Whether the wrapper adds nothing of its own: `timeout 5`, `nice`. */
  readonly isTransparent: boolean
  /** Whether it runs on another machine or in a container. */
  readonly isElsewhere: boolean
  readonly commands: readonly SimpleCommand[]
  /** Where in the wrapper's words the inner program stands; null when it is no word of its own. */
  readonly innerAt: number | null
}

export interface Assigned {
  readonly name: string
  readonly value: ShellWord
}

export interface Redirection {
  readonly operator: string
  readonly target: ShellWord | null
}

/** Something that keeps a line from being understood. */
export interface Doubt {
  readonly because: string
  readonly part: string | null
  /** Whether commands may hide behind it that no rule can see. */
  readonly hides: boolean
}

export interface ShellLine {
  readonly commands: readonly SimpleCommand[]
  readonly doubts: readonly Doubt[]
  /** Whether all of it fits the shell's grammar. */
  readonly isParsed: boolean
}

/** A command line down to its simple commands, at any depth, in the order they are written. Never throws. */
export function readLine(line: string, ground: Ground): ShellLine {
  const reader = new Reader(ground)
  try {
    reader.readScript(line, [ground.resolve(ground.directory)])
  } catch (thrown) {
    // Nesting deeper than the stack, the only thing that a parser of any bytes may still do.
    if (!(thrown instanceof RangeError)) throw thrown
    reader.isParsed = false
    reader.doubt('It is nested too deeply to be understood.', null, true)
  }
  const { commands, doubts, isParsed } = reader
  return { commands, doubts, isParsed }
}

/** Wrappers in wrappers: beyond this nobody means well. */
const DEEPEST = 12

const MOST_COMMANDS = 20_000

/** One reading of one line: holds what it has found, and what is known at the place that it has reached. */
class Reader {
  commands: SimpleCommand[] = []
  readonly doubts: Doubt[] = []
  isParsed = true
  private readonly ground: Ground
  private source = ''
  private depth = 0
  private left = MOST_COMMANDS
  private readonly variables = new Map<string, Variable>()

  constructor(ground: Ground) {
    this.ground = ground
  }

  doubt(because: string, part: string | null, hides: boolean): void {
    this.doubts.push({ because, part, hides })
  }

  readScript(text: string, folders: Folders): void {
    if (this.depth > DEEPEST) {
      this.doubt('It is nested too deeply.', null, true)
      return
    }
    this.depth++
    this.readParsed(parse(text), text, folders)
    this.depth--
  }

  private readParsed(script: ParsedScript, text: string, folders: Folders): Outcome {
    const outer = this.source
    this.source = script.source ?? text
    const [error] = script.errors ?? []
    if (error !== undefined) {
      this.isParsed = false
      this.doubt(`The shell's grammar does not fit: ${error.message}.`, null, true)
    }
    const outcome = this.readStatements(script.commands, folders)
    this.source = outer
    return outcome
  }

  private readStatements(statements: readonly Statement[], folders: Folders): Outcome {
    let now = folders
    let last: Outcome = { done: folders, failed: folders }
    for (const { command, background } of statements) {
      last = this.readNode(command, now)
      if (background) last = { done: now, failed: now }
      now = eitherWay(last.done, last.failed)
    }
    return last.done === last.failed ? last : { done: last.done, failed: last.failed }
  }

  private readList(list: CompoundList, folders: Folders): Outcome {
    return this.readStatements(list.commands, folders)
  }

  private readNode(node: PipelineNode | Statement['command'], folders: Folders): Outcome {
    const still: Outcome = { done: folders, failed: folders }
    switch (node.type) {
      case 'Command':
        return this.readCommand(node, folders, null)
      case 'AndOr':
        return this.readAndOr(node.commands, node.operators, folders)
      case 'Pipeline': {
        if (node.commands.length === 1) {
          const [only] = node.commands
          const { done, failed } = only === undefined ? still : this.readNode(only, folders)
          const isNegated = node.prefixes.some(({ type }) => type === 'Negation')
          return isNegated ? { done: failed, failed: done } : { done, failed }
        }
        let input: string | null = null
        for (const part of node.commands) {
          if (part.type === 'Command') this.readCommand(part, folders, input)
          else this.readNode(part, folders)
          input = part.type === 'Command' ? printedBy(part, this.context()) : null
        }
        return still
      }
      case 'Redirected':
        this.readRedirections(node.redirects, folders)
        return this.readNode(node.command, folders)
      case 'Subshell':
        this.readList(node.body, folders)
        return still
      case 'BraceGroup':
        return this.readList(node.body, folders)
      case 'If':
        return this.readIf(node, folders)
      case 'While':
        return this.readLoop([node.clause, node.body], folders)
      case 'Select':
      case 'For':
        return this.readFor(node, folders)
      case 'ArithmeticFor':
        for (const one of [node.initialize, node.test, node.update])
          this.readArithmetic(one, folders)
        return this.readLoop([node.body], folders)
      case 'ArithmeticCommand':
        this.readArithmetic(node.expression, folders)
        return still
      case 'Case':
        return this.readCase(node, folders)
      case 'TestCommand':
        this.readTest(node.expression, folders)
        return still
      case 'Function':
        this.doubt('It defines a function.', this.slice(node), false)
        if (node.body.type === 'CompoundList') this.readList(node.body, null)
        else this.readNode(node.body, null)
        return still
      case 'Coproc':
        this.doubt('It starts a coprocess.', this.slice(node), false)
        if (node.body.type === 'CompoundList') this.readList(node.body, folders)
        else this.readNode(node.body, folders)
        return still
    }
  }

  private readAndOr(
    nodes: readonly PipelineNode[],
    operators: readonly string[],
    folders: Folders,
  ): Outcome {
    let now: Outcome = { done: folders, failed: folders }
    nodes.forEach((node, at) => {
      const operator = at === 0 ? null : operators[at - 1]
      const from = operator === '||' ? now.failed : now.done
      const next = this.readNode(node, from)
      if (operator === '&&') now = { done: next.done, failed: eitherWay(now.failed, next.failed) }
      else if (operator === '||')
        now = { done: eitherWay(now.done, next.done), failed: next.failed }
      else now = next
    })
    return now
  }

  private readIf(node: Extract<CommandNode, { type: 'If' }>, folders: Folders): Outcome {
    let test = this.readList(node.clause, folders)
    let end = both(this.readList(node.then, test.done))
    for (const branch of node.elif) {
      test = this.readList(branch.clause, test.failed)
      end = eitherWay(end, both(this.readList(branch.then, test.done)))
    }
    const rest = node.else === undefined ? test.failed : both(this.readList(node.else, test.failed))
    const all = eitherWay(end, rest)
    return { done: all, failed: all }
  }

  /** A body that changes the folder may do so any number of times. */
  private readLoop(lists: readonly CompoundList[], folders: Folders): Outcome {
    const found = this.commands.length
    const noted = this.doubts.length
    let now = folders
    for (const list of lists) now = both(this.readList(list, now))
    if (sameFolders(now, folders)) return { done: folders, failed: folders }
    this.commands.length = found
    this.doubts.length = noted
    for (const list of lists) this.readList(list, null)
    return { done: null, failed: null }
  }

  private readFor(
    node: Extract<CommandNode, { type: 'For' | 'Select' }>,
    folders: Folders,
  ): Outcome {
    const list = node.wordlist?.flatMap((word) => this.word(word, folders)) ?? null
    const name = node.name.value
    const before = this.variables.get(name)
    this.variables.set(name, node.type === 'For' ? loopVariable(list, folders) : UNKNOWN)
    const outcome = this.readLoop([node.body], folders)
    this.variables.set(name, before ?? UNKNOWN)
    return outcome
  }

  private readCase(node: Extract<CommandNode, { type: 'Case' }>, folders: Folders): Outcome {
    this.word(node.word, folders)
    let end = folders
    for (const { pattern, body } of node.items) {
      for (const word of pattern) this.word(word, folders)
      end = eitherWay(end, both(this.readList(body, end)))
    }
    return { done: end, failed: end }
  }

  /** `-v`, `-R` and the comparisons of numbers evaluate what they are given. */
  private readTest(expression: TestExpression, folders: Folders): void {
    const isEvaluated = (word: Word): boolean => !/^-?\d+$/.test(word.value)
    const evaluates =
      expression.type === 'TestUnary'
        ? /^-[vR]$/.test(expression.operator)
        : expression.type === 'TestBinary' &&
          /^-(eq|ne|lt|le|gt|ge)$/.test(expression.operator) &&
          [expression.left, expression.right].some(isEvaluated)
    if (evaluates)
      this.doubt('The shell would evaluate what is compared.', this.slice(expression), true)
    forEachChild(expression, (child) => {
      if (isTest(child)) this.readTest(child, folders)
      else this.visit(child, folders)
    })
  }

  private readArithmetic(expression: ArithmeticExpression | undefined, folders: Folders): void {
    if (expression === undefined) return
    if (expression.type === 'ArithmeticWord' && !/^\d*$/.test(expression.value)) {
      this.doubt('The shell would evaluate what a name holds.', this.slice(expression), true)
    }
    if (expression.type === 'ArithmeticCommandExpansion') {
      this.doubt('The shell would evaluate what a command prints.', expression.text, true)
    }
    this.visit(expression, folders)
  }

  private readCommand(node: Command, folders: Folders, input: string | null): Outcome {
    const words = [node.name, ...node.args].flatMap((word) =>
      word === undefined ? [] : this.word(word, folders),
    )
    const assignments = node.prefix.flatMap((one) => {
      if (one.type !== 'Assignment') return []
      this.visit(one, folders)
      return [{ name: one.name, value: this.assignedTo(one) }]
    })
    const redirections = this.redirections(node.redirects, folders)
    if (words.length === 0) for (const one of assignments) this.remember(one)
    const fed = inputOf(node.redirects) ?? input
    this.add({ text: this.slice(node), words, assignments, redirections, folders, input: fed })
    return changeFolder(words, folders, this.ground)
  }

  private add({
    input,
    ...command
  }: Omit<SimpleCommand, 'inner'> & { input: string | null }): void {
    if (--this.left < 0) {
      if (this.left === -1) this.doubt('It holds too many commands.', null, true)
      return
    }
    const layer = unwrap(command.words, input)
    if (layer === null) this.commands.push({ ...command, inner: null })
    else this.commands.push({ ...command, inner: this.readLayer(layer, command) })
  }

  /** What a wrapper starts is read like a line of its own. */
  private readLayer(
    layer: Layer,
    { folders, text }: Pick<SimpleCommand, 'folders' | 'text'>,
  ): Inner {
    const outer = this.commands
    this.commands = []
    const from = layer.folder === 'same' ? folders : null
    if (this.depth > DEEPEST) this.doubt('It is nested too deeply.', text, true)
    else {
      this.depth++
      for (const words of layer.commands) {
        const bare = { words, assignments: layer.assignments, redirections: [] }
        const shown = words.map((word) => word.text).join(' ')
        this.add({ ...bare, text: shown, folders: from, input: null })
      }
      for (const script of layer.scripts) this.readScript(script, from)
      this.depth--
    }
    if (layer.isHidden) this.doubt('What it would run is known only when it runs.', text, true)
    const { commands } = this
    this.commands = outer
    const { isTransparent, isElsewhere, innerAt } = layer
    return { isTransparent, isElsewhere, commands, innerAt }
  }

  private readRedirections(nodes: readonly RedirectionNode[], folders: Folders): void {
    const redirections = this.redirections(nodes, folders)
    const text = nodes.map((node) => this.slice(node)).join(' ')
    const none = { words: [], assignments: [], inner: null }
    this.commands.push({ ...none, text, redirections, folders })
  }

  private redirections(
    nodes: readonly RedirectionNode[],
    folders: Folders,
  ): readonly Redirection[] {
    return nodes.flatMap((node) => {
      if (node.type === 'HereDoc') {
        for (const part of node.body.parts ?? []) this.visit(part, folders)
        const isOpen = node.delimiter === undefined || node.closing === undefined
        if (isOpen) this.doubt('A here-document has no end.', this.slice(node), true)
        return []
      }
      const { operator, target } = node
      const words = target === undefined ? [] : this.word(target, folders)
      if (node.type === 'HereString') return []
      const [only = null] = words
      return [{ operator, target: words.length > 1 ? unknownWord(target?.text ?? '') : only }]
    })
  }

  private word(word: Command['args'][number], folders: Folders): readonly ShellWord[] {
    this.visit(word, folders)
    return readWord(word, this.context())
  }

  /** Everything inside a word that runs: substitutions at any depth, and what the shell evaluates. */
  private visit(node: SyntaxNode, folders: Folders): void {
    if (node.type === 'CommandExpansion' || node.type === 'ProcessSubstitution') {
      if (node.script === undefined)
        this.doubt('A substitution is not understood.', node.text, true)
      else this.readParsed(node.script, this.source, folders)
      return
    }
    if (node.type === 'ArithmeticCommandExpansion') {
      if (node.script !== undefined) this.readParsed(node.script, this.source, folders)
      return
    }
    if (node.type === 'ArithmeticExpansion') {
      if (node.expression === undefined)
        this.doubt('Arithmetic is not understood.', node.text, true)
      this.readArithmetic(node.expression, folders)
      return
    }
    if (node.type === 'ParameterExpansion' && evaluates(node)) {
      this.doubt('The shell would evaluate what a variable holds.', node.text, true)
    }
    if (node.type === 'Assignment' && node.index !== undefined && !isIndex(node.index)) {
      this.doubt('The shell would evaluate a subscript.', node.text, true)
    }
    forEachChild(node, (child) => {
      if (isArithmetic(child)) this.readArithmetic(child, folders)
      else this.visit(child, folders)
    })
  }

  private assignedTo(node: Extract<Command['prefix'][number], { type: 'Assignment' }>): ShellWord {
    if (node.value.type === 'ArrayValue' || node.index !== undefined) return unknownWord(node.text)
    const [value, ...more] = readWord(node.value, this.context())
    return value === undefined || more.length > 0 ? unknownWord(node.text) : value
  }

  /** Good enough to find what a rule forbids; never to prove a line harmless, for it may not have run. */
  private remember({ name, value }: Assigned): void {
    const known = this.variables.get(name)?.values ?? []
    const values = [...new Set([...known, ...value.values])].slice(0, MOST_GUESSES)
    this.variables.set(name, { values, isCertain: false })
  }

  private context(): WordContext {
    return {
      home: this.ground.home,
      variable: (name) => this.variables.get(name) ?? this.builtIn(name),
      printed: (part: WordPart) =>
        part.type === 'CommandExpansion' ? printedIn(part.script, this.context()) : null,
    }
  }

  private builtIn(name: string): Variable {
    if (name === 'HOME') return { values: [this.ground.home], isCertain: true }
    if (name === 'IFS') return { values: [' '], isCertain: false }
    // Without arguments, as `bash -c` gives none.
    if (/^[@*1-9]$/.test(name)) return { values: [''], isCertain: false }
    return UNKNOWN
  }

  private slice({ pos, end }: { readonly pos: number; readonly end: number }): string {
    return this.source.slice(pos, end)
  }
}

const MOST_GUESSES = 8

const UNKNOWN: Variable = { values: [], isCertain: false }

function loopVariable(list: readonly ShellWord[] | null, folders: Folders): Variable {
  if (list === null) return UNKNOWN
  const [folder, ...others] = folders ?? []
  const all = list.map((word) => {
    if (word.glob === null) return word.isCertain ? word.values : null
    if (folder === undefined || others.length > 0 || !word.isCertain) return null
    return expandGlob(word.glob, folder)?.map((file) => relativeTo(folder, file)) ?? null
  })
  const values = all.flatMap((one, at) => one ?? list[at]?.values ?? [])
  const isCertain = all.every((one) => one !== null)
  return values.length > MOST_IN_LOOP ? UNKNOWN : { values, isCertain }
}

const MOST_IN_LOOP = 64

/** As the shell would write it: a file that begins with a dash must still look like an option. */
function relativeTo(folder: string, file: string): string {
  return file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : file
}

/** The script of a substitution, when all it does is print plain words. */
function printedIn(script: ParsedScript | undefined, context: WordContext): string | null {
  const [statement, ...more] = script?.commands ?? []
  if (statement?.command.type !== 'Command' || more.length > 0) return null
  return printedBy(statement.command, context)?.replace(/\n+$/, '') ?? null
}

function printedBy(command: Command, context: WordContext): string | null {
  if (command.redirects.length > 0) return null
  const words = [command.name, ...command.args].flatMap((word) =>
    word === undefined ? [] : readWord(word, context),
  )
  return printedText(words)
}

/** The text that a here-document or here-string feeds, when it is plain. */
function inputOf(nodes: readonly RedirectionNode[]): string | null {
  const node = nodes.at(-1)
  if (node?.type === 'HereDoc') {
    const isPlain = node.body.parts?.every(({ type }) => type === 'Literal') ?? true
    return isPlain ? node.body.text : null
  }
  if (node?.type !== 'HereString' || node.target === undefined) return null
  return node.target.value
}

/** Subscripts, indirection and `@P` make code of what a variable holds. */
function evaluates(node: Extract<WordPart, { type: 'ParameterExpansion' }>): boolean {
  const { prefix, index, operation } = node
  if (prefix === '!' || (index !== undefined && !isIndex(index))) return true
  if (operation?.type === 'Transform' || operation?.type === 'Unknown') return true
  if (operation?.type !== 'Slice') return false
  return [operation.offset, operation.length].some(
    (word) => word !== undefined && !/^\s*-?\d*$/.test(word.value),
  )
}

function isIndex(word: Word): boolean {
  return /^(\d+|[@*])$/.test(word.value) && word.parts === undefined
}

function isArithmetic(node: SyntaxNode): node is ArithmeticExpression {
  return node.type.startsWith('Arithmetic') && !NOT_EXPRESSIONS.has(node.type)
}

const NOT_EXPRESSIONS = new Set(['ArithmeticExpansion', 'ArithmeticFor', 'ArithmeticCommand'])

function isTest(node: SyntaxNode): node is TestExpression {
  return node.type.startsWith('Test') && node.type !== 'TestCommand'
}

const both = ({ done, failed }: Outcome): Folders => eitherWay(done, failed)

function sameFolders(left: Folders, right: Folders): boolean {
  if (left === null || right === null) return left === right
  return left.length === right.length && left.every((folder) => right.includes(folder))
}
