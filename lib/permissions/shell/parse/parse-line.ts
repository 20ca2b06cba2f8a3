import {
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
} from 'unbash'
import type { FsView } from '../../types.ts'
import { isOwnVariable } from '../tables/env-variables.ts'
import {
  type Inner,
  interpretations,
  type Redirection,
  type ShellLine,
  type SimpleCommand,
  type Uncertainty,
} from '../types.ts'
import { unwrap } from '../unwrap/unwrap.ts'
import { type Layer, programOf } from '../unwrap/wrapper-layer.ts'
import { evaluationIn } from './hidden-evaluation.ts'
import { areJoined, isMisread, isMisreadWord } from './parser-disagreements.ts'
import { inputOf, printedBy, printedIn } from './static-output.ts'
import { declaredBy, loopVariable, setsVariable, UNKNOWN, Variables } from './variables.ts'
import { literalWord, readWord, type ShellWord, unknownWord, type WordContext } from './word.ts'
import { changeFolder, eitherDirectory, type Folders, type Outcome } from './working-directory.ts'

/** A command line down to its simple commands, at any depth, in the order they are written. Never throws. */
export function readLine(line: string, ground: FsView): ShellLine {
  const reader = new Reader(ground)
  const folders = [ground.resolve(ground.directory)]
  try {
    if (!isReadable(line)) reader.giveUp('It is too long to be understood.')
    else for (const reading of interpretations(line)) reader.readScript(reading, folders)
  } catch (thrown) {
    // Nesting deeper than the stack, the only thing that a parser of any bytes may still do.
    if (!(thrown instanceof RangeError)) throw thrown
    reader.giveUp('It is nested too deeply to be understood.')
  }
  const { commands, doubts, isParsed } = reader
  return { commands, doubts, isParsed, pieces: isParsed ? [] : reader.readPieces(line, folders) }
}

/** Within these bounds reading takes a fraction of a second. */
function isReadable(line: string): boolean {
  return line.length <= LONGEST && line.split('<<').length <= MOST_DOCUMENTS
}

const LONGEST = 262_144

const MOST_DOCUMENTS = 1_000

/** Wrappers in wrappers: beyond this nobody means well. */
const DEEPEST = 12

/** Words of all commands together; wrappers count their inner words anew. */
const MOST_WORDS = 100_000

/** Text of all substitutions together, which is read anew at each depth. */
const MOST_LETTERS = 4_000_000

/** Longer substitutions are not worth a guess at what they print. */
const MOST_PRINTED = 1_000

const MISREAD = 'The shell may read it otherwise.'

const VARIABLES = new Set(['SimpleExpansion', 'ParameterExpansion'])

const SUBSTITUTIONS = new Set([
  'CommandExpansion',
  'ProcessSubstitution',
  'ArithmeticCommandExpansion',
])

/**
 * One reading of one line: holds what it has found, and what is known at the place that it has reached. It is all in
 * one piece, for a script holds commands, and these hold scripts.
 */
class Reader {
  commands: SimpleCommand[] = []
  readonly doubts: Uncertainty[] = []
  isParsed = true
  private readonly ground: FsView
  private source = ''
  private depth = 0
  private wordsLeft = MOST_WORDS
  private lettersLeft = MOST_LETTERS
  private readonly variables: Variables
  private readonly started = new Set<ShellWord>()

  constructor(ground: FsView) {
    this.ground = ground
    this.variables = new Variables(ground)
  }

  doubt(because: string, part: string | null, hides: boolean): void {
    this.doubts.push({ because, part, hides })
  }

  giveUp(because: string): void {
    this.isParsed = false
    this.doubt(because, null, true)
  }

  /** Cuts a line at whatever may part commands. */
  readPieces(line: string, folders: Folders): readonly SimpleCommand[] {
    this.commands = []
    this.wordsLeft = MOST_WORDS
    for (const piece of line.split(/[;&|<>(){}`$"'\n]+/)) {
      const words = piece
        .split(/\s+/)
        .filter((word) => word !== '')
        .map(literalWord)
      const bare = { assignments: [], redirections: [], input: null }
      if (words.length > 0) this.add({ ...bare, text: piece.trim(), words, folders })
    }
    return this.commands
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
      now = eitherDirectory(last.done, last.failed)
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
          input = part.type === 'Command' ? printedBy(part, this.context(), input) : null
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
        for (const one of [node.initialize, node.test, node.update]) {
          if (one !== undefined) this.visit(one, folders)
        }
        return this.readLoop([node.body], folders)
      case 'ArithmeticCommand':
        if (node.expression !== undefined) this.visit(node.expression, folders)
        return still
      case 'Case':
        return this.readCase(node, folders)
      case 'TestCommand':
        this.readTest(node, folders)
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
      if (operator === '&&')
        now = { done: next.done, failed: eitherDirectory(now.failed, next.failed) }
      else if (operator === '||')
        now = { done: eitherDirectory(now.done, next.done), failed: next.failed }
      else now = next
    })
    return now
  }

  private readIf(node: Extract<CommandNode, { type: 'If' }>, folders: Folders): Outcome {
    let test = this.readList(node.clause, folders)
    let end = both(this.readList(node.then, test.done))
    for (const branch of node.elif) {
      test = this.readList(branch.clause, test.failed)
      end = eitherDirectory(end, both(this.readList(branch.then, test.done)))
    }
    const rest = node.else === undefined ? test.failed : both(this.readList(node.else, test.failed))
    const all = eitherDirectory(end, rest)
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
    // A loop may as well set PATH.
    if (!isOwnVariable(name)) this.doubt('The variable it sets can change what runs.', name, false)
    // Listing names is a look at them, too.
    const looked = [literalWord(':'), ...(list ?? [])]
    const bare = { assignments: [], redirections: [], input: null }
    if (list?.some((word) => word.glob !== null || !word.isCertain)) {
      this.add({ ...bare, text: `for ${name}`, words: looked, folders })
    }
    const own = node.type === 'For' ? loopVariable(list, folders) : UNKNOWN
    const variable = { ...own, isCertain: own.isCertain && !setsVariable(node.body, name) }
    return this.variables.during(name, variable, () => this.readLoop([node.body], folders))
  }

  private readCase(node: Extract<CommandNode, { type: 'Case' }>, folders: Folders): Outcome {
    this.word(node.word, folders)
    let end = folders
    for (const { pattern, body } of node.items) {
      for (const word of pattern) this.word(word, folders)
      end = eitherDirectory(end, both(this.readList(body, end)))
    }
    return { done: end, failed: end }
  }

  /** Judged like a program that looks at files. */
  private readTest(node: Extract<CommandNode, { type: 'TestCommand' }>, folders: Folders): void {
    const operands: ShellWord[] = []
    const collect = (part: SyntaxNode): void => {
      if (part.type === 'Word') operands.push(...readWord(part, this.context()))
      else forEachChild(part, collect)
    }
    collect(node.expression)
    this.visit(node.expression, folders)
    const words = [literalWord('[['), ...operands]
    const bare = { assignments: [], redirections: [], input: null }
    this.add({ ...bare, text: this.slice(node), words, folders })
  }

  private readCommand(node: Command, folders: Folders, input: string | null): Outcome {
    const written = [node.name, ...node.args].filter((word) => word !== undefined)
    if (areJoined([...node.prefix, ...written])) this.doubt(MISREAD, this.slice(node), true)
    const words = written.flatMap((word) => this.word(word, folders))
    const assignments = node.prefix.flatMap((one) => {
      if (one.type !== 'Assignment') return []
      if (isMisreadWord(one)) this.doubt(MISREAD, one.text, true)
      this.visit(one, folders)
      return [{ name: one.name, value: this.assignedTo(one) }]
    })
    const redirections = this.redirections(node.redirects, folders)
    const lasting = words.length === 0 ? assignments : declaredBy(words)
    for (const one of lasting) this.variables.remember(one)
    const fed = inputOf(node.redirects) ?? input
    this.add({ text: this.slice(node), words, assignments, redirections, folders, input: fed })
    return changeFolder(words, folders, this.ground)
  }

  private add(command: Omit<SimpleCommand, 'inner'>): void {
    if (this.wordsLeft < 0) return
    this.wordsLeft -= command.words.length + 1
    if (this.wordsLeft < 0) {
      this.doubt('It holds more commands than can be looked at.', null, true)
      return
    }
    const layer = unwrap(command)
    if (layer === null) this.commands.push({ ...command, inner: null })
    else this.commands.push({ ...command, inner: this.readLayer(layer, command) })
  }

  /** What a wrapper starts is read like a line of its own. */
  private readLayer(
    layer: Layer,
    { folders, text, words: own, input }: Omit<SimpleCommand, 'inner'>,
  ): Inner {
    const outer = this.commands
    // What xargs is fed become words.
    const fed = programOf(own[0]) === 'xargs' ? null : input
    this.commands = []
    const from = layer.folder === 'same' ? folders : null
    if (this.depth > DEEPEST) this.doubt('It is nested too deeply.', text, true)
    else {
      this.depth++
      for (const words of this.unstarted(layer)) {
        const bare = { words, assignments: layer.assignments, redirections: [] }
        const shown = words.map((word) => word.text).join(' ')
        this.add({ ...bare, text: shown, folders: from, input: fed })
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

  /** Where any word may be the program, a wrapper further on would start the same ones again. */
  private unstarted({ commands, innerAt }: Layer): Layer['commands'] {
    if (innerAt !== null) return commands
    return commands.filter(([first]) => {
      const isNew = first !== undefined && !this.started.has(first)
      if (first !== undefined) this.started.add(first)
      return isNew
    })
  }

  private readRedirections(nodes: readonly RedirectionNode[], folders: Folders): void {
    const redirections = this.redirections(nodes, folders)
    const text = nodes.map((node) => this.slice(node)).join(' ')
    const none = { words: [], assignments: [], input: null, inner: null }
    this.commands.push({ ...none, text, redirections, folders })
  }

  private redirections(
    nodes: readonly RedirectionNode[],
    folders: Folders,
  ): readonly Redirection[] {
    return nodes.flatMap((node): readonly Redirection[] => {
      if (node.descriptor !== undefined) this.visit(node.descriptor, folders)
      if (node.type === 'HereDoc') {
        for (const part of node.body.parts ?? []) this.visit(part, folders)
        const isOpen = node.delimiter === undefined || node.closing === undefined
        if (isOpen) this.doubt('A here-document has no end.', this.slice(node), true)
        const variables = (node.body.parts ?? []).filter(({ type }) => VARIABLES.has(type))
        return variables.map(({ text }) => ({ operator: '<<', target: unknownWord(text) }))
      }
      const { operator, target } = node
      const words = target === undefined ? [] : this.word(target, folders)
      const [only = null] = words
      return [{ operator, target: words.length > 1 ? unknownWord(target?.text ?? '') : only }]
    })
  }

  private word(word: Command['args'][number], folders: Folders): readonly ShellWord[] {
    if (isMisreadWord(word)) this.doubt(MISREAD, this.slice(word), true)
    this.visit(word, folders)
    return readWord(word, this.context())
  }

  /** Everything inside a part that runs: substitutions at any depth, and what the shell evaluates. */
  private visit(node: SyntaxNode, folders: Folders): void {
    if (isMisread(node)) this.doubt(MISREAD, this.slice(node), true)
    const evaluation = evaluationIn(node)
    if (evaluation !== null) this.doubt(evaluation, this.slice(node), true)
    if (SUBSTITUTIONS.has(node.type) && 'script' in node) {
      this.lettersLeft -= node.end - node.pos
      if (node.script === undefined || this.lettersLeft < 0) {
        this.doubt('A substitution is not understood.', null, true)
      } else this.readParsed(node.script, this.source, folders)
      return
    }
    forEachChild(node, (child) => this.visit(child, folders))
  }

  private assignedTo(node: Extract<Command['prefix'][number], { type: 'Assignment' }>): ShellWord {
    if (node.value.type === 'ArrayValue' || node.index !== undefined) return unknownWord(node.text)
    const [value, ...more] = readWord(node.value, this.context())
    return value === undefined || more.length > 0 ? unknownWord(node.text) : value
  }

  private context(): WordContext {
    return {
      home: this.ground.home,
      variable: (name) => this.variables.get(name),
      printed: (part) =>
        part.type === 'CommandExpansion' && part.end - part.pos < MOST_PRINTED
          ? printedIn(part.script, this.context())
          : null,
    }
  }

  private slice({ pos, end }: { readonly pos: number; readonly end: number }): string {
    return this.source.slice(pos, end)
  }
}

const both = ({ done, failed }: Outcome): Folders => eitherDirectory(done, failed)

function sameFolders(left: Folders, right: Folders): boolean {
  if (left === null || right === null) return left === right
  return left.length === right.length && left.every((folder) => right.includes(folder))
}
