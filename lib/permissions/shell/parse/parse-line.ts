import {
  type Command,
  type CommandArgument,
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
import type { FsView } from '../../facts/facts.ts'
import { sideEffects, uncertainties } from '../../messages.ts'
import { type JudgedWords, reprint } from '../reprint.ts'
import { isShellVariable } from '../tables/env-variables.ts'
import { fileNamesFrom } from '../tables/file-names.ts'
import {
  type FileNames,
  type InnerCommands,
  interpretations,
  type Redirection,
  type ShellLine,
  type SimpleCommand,
  type Uncertainty,
} from '../types.ts'
import { unwrap } from '../unwrap/unwrap.ts'
import { programName, type WrapperLayer } from '../unwrap/wrapper-layer.ts'
import { evaluatesWord } from './evaluated-names.ts'
import { findHiddenEvaluation } from './hidden-evaluation.ts'
import { inputOf, sequenceWords, staticOutputOf, staticOutputOfCommand } from './static-output.ts'
import { haveNoSeparator, isAmbiguous, isAmbiguousWord } from './suspicious-text.ts'
import {
  declaredVariables,
  loopVariableValue,
  setsVariable,
  UNKNOWN_VALUE,
  Variables,
} from './variables.ts'
import {
  expandWord,
  type KnownText,
  literalWord,
  type ShellWord,
  unknownWord,
  type WordContext,
} from './word.ts'
import {
  changeDirectory,
  type DirectoryOutcome,
  eitherDirectory,
  type WorkingDirectories,
} from './working-directory.ts'

interface ParseOptions {
  /** Whether the words that are found here run, and not the line as it is written: then a value that is known takes effect. */
  readonly isPrinted?: boolean
}

/** Parses a command line into its simple commands, at every depth, in the order written. Never throws. */
export function parseLine(
  line: string,
  view: FsView,
  { isPrinted = true }: ParseOptions = {},
): ShellLine {
  const parser = new LineParser(view, isPrinted)
  const directories = [view.resolve(view.directory)]
  try {
    if (!isParseable(line)) parser.giveUp(uncertainties.tooLongToParse)
    else
      for (const interpretation of interpretations(line))
        parser.parseScript(interpretation, directories)
  } catch (thrown) {
    // The parser throws only when the nesting is deeper than the stack.
    if (!(thrown instanceof RangeError)) throw thrown
    parser.giveUp(uncertainties.tooDeeplyNested)
  }
  const { commands, isParsed } = parser
  const fragments = isParsed ? [] : parser.parseFragments(line, directories)
  return {
    commands,
    uncertainties: parser.uncertainties,
    isParsed,
    fragments,
    reprint: () => (isParsed ? reprint(line, parser, view) : null),
    tighten: () => (isParsed ? reprint(line, parser, view, { isTightened: true }) : null),
  }
}

/** Within these bounds parsing takes a fraction of a second. */
function isParseable(line: string): boolean {
  return line.length <= MAX_LINE_CHARACTERS && line.split('<<').length <= MAX_HERE_DOCUMENTS
}

const MAX_LINE_CHARACTERS = 262_144

const MAX_HERE_DOCUMENTS = 1_000

/** Of scripts and wrappers within each other; deeper nesting is an attack. */
const MAX_DEPTH = 12

/** Words of all commands together; the words inside wrappers are counted again. */
const MAX_WORDS = 100_000

/** Text of all substitutions together, which is parsed again at each depth. */
const MAX_SUBSTITUTION_CHARACTERS = 4_000_000

/** The output of longer substitutions is not computed. */
const MAX_STATIC_SUBSTITUTION_CHARACTERS = 1_000

const VARIABLES = new Set(['SimpleExpansion', 'ParameterExpansion'])

const SUBSTITUTIONS = new Set([
  'CommandExpansion',
  'ProcessSubstitution',
  'ArithmeticCommandExpansion',
])

/**
 * The state of parsing one line: what has been found, and what is known at the current place. It is one class because
 * scripts contain commands, and commands contain scripts.
 */
class LineParser {
  commands: SimpleCommand[] = []
  readonly uncertainties: Uncertainty[] = []
  isParsed = true
  readonly scripts = new Map<string, ParsedScript>()
  readonly startedScripts = new Set<string>()
  readonly words = new Map<CommandArgument, JudgedWords>()
  private readonly view: FsView
  private source = ''
  private depth = 0
  private wordsLeft = MAX_WORDS
  private charactersLeft = MAX_SUBSTITUTION_CHARACTERS
  private readonly variables: Variables
  private readonly started = new Set<ShellWord>()

  private readonly isPrinted: boolean

  constructor(view: FsView, isPrinted: boolean) {
    this.view = view
    this.isPrinted = isPrinted
    this.variables = new Variables(view)
  }

  addUncertainty(because: string, part: string | null, hides: boolean): void {
    this.uncertainties.push({ because, part, hides })
  }

  giveUp(because: string): void {
    this.isParsed = false
    this.addUncertainty(because, null, true)
  }

  /** Splits a line at everything that can separate commands. */
  parseFragments(line: string, directories: WorkingDirectories): readonly SimpleCommand[] {
    this.commands = []
    this.wordsLeft = MAX_WORDS
    for (const piece of line.split(/[;&|<>(){}`$"'\n]+/)) {
      const words = piece
        .split(/\s+/)
        .filter((word) => word !== '')
        .map(literalWord)
      const bare = { assignments: [], redirections: [], input: null }
      if (words.length > 0) this.add({ ...bare, text: piece.trim(), words, directories })
    }
    return this.commands
  }

  parseScript(text: string, directories: WorkingDirectories): void {
    if (this.depth > MAX_DEPTH) {
      this.addUncertainty(uncertainties.tooDeeplyNested, null, true)
      return
    }
    this.depth++
    const script = this.scripts.get(text) ?? parse(text)
    this.scripts.set(text, script)
    const isCertain = this.isCertainPlace
    this.isCertainPlace = this.depth === 1
    if (this.isCertainPlace) this.variables.forget()
    this.visitScript(script, text, directories)
    this.isCertainPlace = isCertain
    this.depth--
  }

  private visitScript(
    script: ParsedScript,
    text: string,
    directories: WorkingDirectories,
  ): DirectoryOutcome {
    const outer = this.source
    this.source = script.source ?? text
    const [error] = script.errors ?? []
    if (error !== undefined) {
      this.isParsed = false
      this.addUncertainty(uncertainties.syntaxError(error.message), null, true)
    }
    const outcome = this.visitStatements(script.commands, directories)
    this.source = outer
    return outcome
  }

  private visitStatements(
    statements: readonly Statement[],
    directories: WorkingDirectories,
  ): DirectoryOutcome {
    let now = directories
    let last: DirectoryOutcome = { afterSuccess: directories, afterFailure: directories }
    for (const { command, background } of statements) {
      const isCertain = this.isCertainPlace
      if (background) this.isCertainPlace = false
      last = this.visitNode(command, now)
      this.isCertainPlace = isCertain
      if (background) last = { afterSuccess: now, afterFailure: now }
      now = eitherDirectory(last.afterSuccess, last.afterFailure)
    }
    return last
  }

  private visitList(list: CompoundList, directories: WorkingDirectories): DirectoryOutcome {
    return this.visitStatements(list.commands, directories)
  }

  /** Where an assignment certainly runs: in the list of the line itself, not in a branch, a loop or another process. */
  private isCertainPlace = false

  private visitNode(
    node: PipelineNode | Statement['command'],
    directories: WorkingDirectories,
  ): DirectoryOutcome {
    const isCertain = this.isCertainPlace
    const isAlone =
      node.type === 'Command' || (node.type === 'Pipeline' && node.commands.length === 1)
    this.isCertainPlace = isCertain && isAlone
    // A loop sees in its next round what its body has set.
    if (!isAlone) this.variables.doubt(node)
    const outcome = this.visitNodeItself(node, directories)
    if (!isAlone) this.variables.doubt(node)
    this.isCertainPlace = isCertain
    return outcome
  }

  private visitNodeItself(
    node: PipelineNode | Statement['command'],
    directories: WorkingDirectories,
  ): DirectoryOutcome {
    const unchanged: DirectoryOutcome = { afterSuccess: directories, afterFailure: directories }
    switch (node.type) {
      case 'Command':
        return this.visitCommand(node, directories, null)
      case 'AndOr':
        return this.visitAndOr(node.commands, node.operators, directories)
      case 'Pipeline': {
        if (node.commands.length === 1) {
          const [only] = node.commands
          const { afterSuccess, afterFailure } =
            only === undefined ? unchanged : this.visitNode(only, directories)
          const isNegated = node.prefixes.some(({ type }) => type === 'Negation')
          return isNegated
            ? { afterSuccess: afterFailure, afterFailure: afterSuccess }
            : { afterSuccess, afterFailure }
        }
        let input: KnownText | null = null
        let names: FileNames | null = null
        for (const [at, part] of node.commands.entries()) {
          // With `|&`, errors come between the names.
          if (at > 0 && node.operators[at - 1] !== '|') names = null
          if (part.type !== 'Command') this.visitNode(part, directories)
          else this.visitCommand(part, directories, input, names)
          const next: FileNames | null =
            part.type === 'Command' ? this.namesFrom(part, names) : null
          names = next
          input =
            part.type === 'Command' ? staticOutputOfCommand(part, this.context(), input) : null
        }
        return unchanged
      }
      case 'Redirected':
        this.visitRedirections(node.redirects, directories)
        return this.visitNode(node.command, directories)
      case 'Subshell':
        this.visitList(node.body, directories)
        return unchanged
      case 'BraceGroup':
        return this.visitList(node.body, directories)
      case 'If':
        return this.visitIf(node, directories)
      case 'While':
        return this.visitLoop([node.clause, node.body], directories)
      case 'Select':
      case 'For':
        return this.visitFor(node, directories)
      case 'ArithmeticFor':
        for (const one of [node.initialize, node.test, node.update]) {
          if (one !== undefined) this.visitExpansions(one, directories)
        }
        return this.visitLoop([node.body], directories)
      case 'ArithmeticCommand':
        if (node.expression !== undefined) this.visitExpansions(node.expression, directories)
        return unchanged
      case 'Case':
        return this.visitCase(node, directories)
      case 'TestCommand':
        this.visitTest(node, directories)
        return unchanged
      case 'Function':
        this.addUncertainty(uncertainties.definesFunction, this.slice(node), false)
        if (node.body.type === 'CompoundList') this.visitList(node.body, null)
        else this.visitNode(node.body, null)
        return unchanged
      case 'Coproc':
        this.addUncertainty(uncertainties.startsCoprocess, this.slice(node), false)
        if (node.body.type === 'CompoundList') this.visitList(node.body, directories)
        else this.visitNode(node.body, directories)
        return unchanged
    }
  }

  private visitAndOr(
    nodes: readonly PipelineNode[],
    operators: readonly string[],
    directories: WorkingDirectories,
  ): DirectoryOutcome {
    let now: DirectoryOutcome = { afterSuccess: directories, afterFailure: directories }
    nodes.forEach((node, at) => {
      const operator = at === 0 ? null : operators[at - 1]
      const from = operator === '||' ? now.afterFailure : now.afterSuccess
      const next = this.visitNode(node, from)
      if (operator === '&&')
        now = {
          afterSuccess: next.afterSuccess,
          afterFailure: eitherDirectory(now.afterFailure, next.afterFailure),
        }
      else if (operator === '||')
        now = {
          afterSuccess: eitherDirectory(now.afterSuccess, next.afterSuccess),
          afterFailure: next.afterFailure,
        }
      else now = next
    })
    return now
  }

  private visitIf(
    node: Extract<CommandNode, { type: 'If' }>,
    directories: WorkingDirectories,
  ): DirectoryOutcome {
    let test = this.visitList(node.clause, directories)
    let end = both(this.visitList(node.then, test.afterSuccess))
    for (const branch of node.elif) {
      test = this.visitList(branch.clause, test.afterFailure)
      end = eitherDirectory(end, both(this.visitList(branch.then, test.afterSuccess)))
    }
    const rest =
      node.else === undefined
        ? test.afterFailure
        : both(this.visitList(node.else, test.afterFailure))
    const all = eitherDirectory(end, rest)
    return { afterSuccess: all, afterFailure: all }
  }

  /** A body that changes the working directory can do so any number of times. */
  private visitLoop(
    lists: readonly CompoundList[],
    directories: WorkingDirectories,
  ): DirectoryOutcome {
    const commandsBefore = this.commands.length
    const uncertaintiesBefore = this.uncertainties.length
    let now = directories
    for (const list of lists) now = both(this.visitList(list, now))
    if (sameFolders(now, directories))
      return { afterSuccess: directories, afterFailure: directories }
    this.commands.length = commandsBefore
    this.uncertainties.length = uncertaintiesBefore
    for (const list of lists) this.visitList(list, null)
    return { afterSuccess: null, afterFailure: null }
  }

  private visitFor(
    node: Extract<CommandNode, { type: 'For' | 'Select' }>,
    directories: WorkingDirectories,
  ): DirectoryOutcome {
    const list = node.wordlist?.flatMap((word) => this.word(word, directories)) ?? null
    const name = node.name.value
    // The variable of a loop can be PATH.
    if (!isShellVariable(name)) this.addUncertainty(sideEffects.setsLookupVariables, name, false)
    // Expanding a wildcard lists names, which is a read.
    const listing = [literalWord(':'), ...(list ?? [])]
    const bare = { assignments: [], redirections: [], input: null }
    if (list?.some((word) => word.glob !== null || !word.isCertain)) {
      this.add({ ...bare, text: `for ${name}`, words: listing, directories })
    }
    const value =
      node.type === 'For' ? loopVariableValue(list, directories, this.view) : UNKNOWN_VALUE
    const variable = setsVariable(node.body, name)
      ? { values: value.values, isCertain: false }
      : value
    return this.variables.duringLoop(name, variable, () => this.visitLoop([node.body], directories))
  }

  private visitCase(
    node: Extract<CommandNode, { type: 'Case' }>,
    directories: WorkingDirectories,
  ): DirectoryOutcome {
    this.addCompared(node.word, directories)
    let end = directories
    for (const { pattern, body } of node.items) {
      for (const word of pattern) this.addCompared(word, directories)
      end = eitherDirectory(end, both(this.visitList(body, end)))
    }
    return { afterSuccess: end, afterFailure: end }
  }

  /** What is compared with a text shows as much of it as what is printed: a variable that is not known, as if it was printed. */
  private addCompared(word: Command['args'][number], directories: WorkingDirectories): void {
    const unknown = this.word(word, directories).filter((one) => !one.isCertain)
    if (unknown.length === 0) return
    const words = [literalWord(':'), ...unknown.map((one) => ({ ...one, glob: null }))]
    const bare = { assignments: [], redirections: [], input: null }
    this.add({ ...bare, text: this.slice(word), words, directories })
  }

  /** Checked like a program that reads its operands. */
  private visitTest(
    node: Extract<CommandNode, { type: 'TestCommand' }>,
    directories: WorkingDirectories,
  ): void {
    const operands: ShellWord[] = []
    const collect = (part: SyntaxNode): void => {
      // What commands print is only compared; they are checked separately.
      if (part.type === 'TestBinary' && /^[!=]?=$/.test(part.operator)) {
        for (const side of [part.left, part.right]) {
          if (side.parts?.every(({ type }) => type === 'CommandExpansion') !== true) collect(side)
        }
      } else if (part.type === 'Word') operands.push(...expandWord(part, this.context()))
      else forEachChild(part, collect)
    }
    collect(node.expression)
    this.visitExpansions(node.expression, directories)
    const words = [literalWord('[['), ...operands]
    const bare = { assignments: [], redirections: [], input: null }
    this.add({ ...bare, text: this.slice(node), words, directories })
  }

  private visitCommand(
    node: Command,
    directories: WorkingDirectories,
    piped: KnownText | null,
    fileNames: FileNames | null = null,
  ): DirectoryOutcome {
    const written = [node.name, ...node.args].filter((word) => word !== undefined)
    if (haveNoSeparator([...node.prefix, ...written]))
      this.addUncertainty(uncertainties.ambiguous, this.slice(node), true)
    const words = written.flatMap((word) => this.word(word, directories))
    const assignments = node.prefix.flatMap((one) => {
      if (one.type !== 'Assignment') return []
      if (isAmbiguousWord(one)) this.addUncertainty(uncertainties.ambiguous, one.text, true)
      this.visitExpansions(one, directories)
      return [{ name: one.name, value: this.assignedTo(one) }]
    })
    const redirections = this.redirections(node.redirects, directories)
    const lasting = words.length === 0 ? assignments : declaredVariables(words)
    const isAssignment =
      words.length === 0 && this.isCertainPlace && this.isPrinted && assignments.length === 1
    // `a=1 b=$a` and what a command sets are only guessed.
    if (!isAssignment) this.variables.doubt(node)
    for (const one of lasting) {
      if (isAssignment && isPlainAssignment(node)) this.variables.set(one)
      else this.variables.remember(one)
    }
    const text = this.slice(node)
    const input = inputOf(node.redirects, this.context(), piped)
    const isFed = node.redirects.every(({ operator }) => !operator.startsWith('<'))
    const names = isFed ? fileNames : null
    this.add({ text, words, assignments, redirections, directories, input, fileNames: names })
    return changeDirectory(words, directories, this.view)
  }

  /** The names of files that a command of a pipeline passes on. */
  private namesFrom(node: Command, read: FileNames | null): FileNames | null {
    const written = [node.name, ...node.args].filter((word) => word !== undefined)
    if (node.prefix.length > 0) return null
    const words = written.flatMap((word) => expandWord(word, this.context()))
    const redirections = node.redirects.map(({ operator, ...one }) => {
      const target = 'target' in one && one.target !== undefined ? one.target : null
      const [only = null] = target === null ? [] : expandWord(target, this.context())
      return { operator, target: only }
    })
    return fileNamesFrom(words, redirections, read)
  }

  private add(command: Omit<SimpleCommand, 'inner'>): void {
    if (this.wordsLeft < 0) return
    this.wordsLeft -= command.words.length + 1
    if (this.wordsLeft < 0) {
      this.addUncertainty(uncertainties.tooManyCommands, null, true)
      return
    }
    if (evaluatesWord(command.words)) {
      this.addUncertainty(uncertainties.evaluatesSubscript, command.text, true)
    }
    const layer = unwrap(command)
    if (layer === null) this.commands.push({ ...command, inner: null })
    else this.commands.push({ ...command, inner: this.visitLayer(layer, command) })
  }

  /** What a wrapper starts is parsed like a separate line. */
  private visitLayer(
    layer: WrapperLayer,
    { directories, text, words: wrapperWords, input }: Omit<SimpleCommand, 'inner'>,
  ): InnerCommands {
    const outer = this.commands
    // The input of xargs becomes words.
    const innerInput = programName(wrapperWords[0]) === 'xargs' ? null : input
    this.commands = []
    const from = layer.directory === 'same' ? directories : null
    if (this.depth > MAX_DEPTH) this.addUncertainty(uncertainties.tooDeeplyNested, text, true)
    else {
      this.depth++
      for (const words of this.notYetStarted(layer)) {
        const bare = { words, assignments: layer.assignments, redirections: [] }
        const innerText = words.map((word) => word.text).join(' ')
        this.add({ ...bare, text: innerText, directories: from, input: innerInput })
      }
      for (const script of layer.scripts) {
        this.startedScripts.add(script)
        this.parseScript(script, from)
      }
      this.depth--
    }
    if (layer.isHidden) this.addUncertainty(uncertainties.unknownCommand, text, true)
    const { commands } = this
    this.commands = outer
    const { isTransparent, isElsewhere, innerIndex } = layer
    return { isTransparent, isElsewhere, commands, innerIndex }
  }

  /** Where every word could be the program, a wrapper further on would start the same words again. */
  private notYetStarted({ commands, innerIndex }: WrapperLayer): WrapperLayer['commands'] {
    if (innerIndex !== null) return commands
    return commands.filter(([first]) => {
      const isNew = first !== undefined && !this.started.has(first)
      if (first !== undefined) this.started.add(first)
      return isNew
    })
  }

  private visitRedirections(
    nodes: readonly RedirectionNode[],
    directories: WorkingDirectories,
  ): void {
    const redirections = this.redirections(nodes, directories)
    const text = nodes.map((node) => this.slice(node)).join(' ')
    const none = { words: [], assignments: [], input: null, inner: null }
    this.commands.push({ ...none, text, redirections, directories })
  }

  private redirections(
    nodes: readonly RedirectionNode[],
    directories: WorkingDirectories,
  ): readonly Redirection[] {
    return nodes.flatMap((node): readonly Redirection[] => {
      if (node.descriptor !== undefined) this.visitExpansions(node.descriptor, directories)
      if (node.type === 'HereDoc') {
        for (const part of node.body.parts ?? []) this.visitExpansions(part, directories)
        const isUnterminated = node.delimiter === undefined || node.closing === undefined
        if (isUnterminated)
          this.addUncertainty(uncertainties.unterminatedHereDocument, this.slice(node), true)
        const variables = (node.body.parts ?? []).filter(({ type }) => VARIABLES.has(type))
        return variables.map(({ text }) => ({ operator: '<<', target: unknownWord(text) }))
      }
      const { operator, target } = node
      const words = target === undefined ? [] : this.word(target, directories)
      const [only = null] = words
      return [{ operator, target: words.length > 1 ? unknownWord(target?.text ?? '') : only }]
    })
  }

  private word(
    word: Command['args'][number],
    directories: WorkingDirectories,
  ): readonly ShellWord[] {
    if (isAmbiguousWord(word)) this.addUncertainty(uncertainties.ambiguous, this.slice(word), true)
    this.visitExpansions(word, directories)
    const words = sequenceWords(word) ?? expandWord(word, this.context())
    const earlier = this.words.get(word)?.directories
    const isSame = earlier === undefined || sameFolders(earlier, directories)
    this.words.set(word, { words, directories: isSame ? directories : null })
    return words
  }

  /** Finds everything inside a node that runs: substitutions at every depth, and what the shell evaluates. */
  private visitExpansions(node: SyntaxNode, directories: WorkingDirectories): void {
    if (isAmbiguous(node)) this.addUncertainty(uncertainties.ambiguous, this.slice(node), true)
    const evaluation = findHiddenEvaluation(node)
    if (evaluation !== null) this.addUncertainty(evaluation, this.slice(node), true)
    if (SUBSTITUTIONS.has(node.type) && 'script' in node) {
      this.charactersLeft -= node.end - node.pos
      if (node.script === undefined || this.charactersLeft < 0) {
        this.addUncertainty(uncertainties.unsupportedSubstitution, null, true)
      } else {
        const isCertain = this.isCertainPlace
        this.isCertainPlace = false
        this.visitScript(node.script, this.source, directories)
        this.isCertainPlace = isCertain
      }
      return
    }
    forEachChild(node, (child) => this.visitExpansions(child, directories))
  }

  private assignedTo(node: Extract<Command['prefix'][number], { type: 'Assignment' }>): ShellWord {
    if (node.value.type === 'ArrayValue' || node.index !== undefined) return unknownWord(node.text)
    const [value, ...more] = expandWord(node.value, this.context())
    return value === undefined || more.length > 0 ? unknownWord(node.text) : value
  }

  private context(): WordContext {
    return {
      home: this.view.home,
      variable: (name) => this.variables.get(name),
      staticOutput: (part) =>
        part.type === 'CommandExpansion' && part.end - part.pos < MAX_STATIC_SUBSTITUTION_CHARACTERS
          ? staticOutputOf(part.script, this.context())
          : null,
    }
  }

  private slice({ pos, end }: { readonly pos: number; readonly end: number }): string {
    return this.source.slice(pos, end)
  }
}

/** `name=value`, without `+=`, a subscript, a list or a redirection. */
function isPlainAssignment({ prefix: [only], redirects }: Command): boolean {
  if (only?.type !== 'Assignment' || redirects.length > 0) return false
  return only.append !== true && only.index === undefined && only.value.type !== 'ArrayValue'
}

const both = ({ afterSuccess, afterFailure }: DirectoryOutcome): WorkingDirectories =>
  eitherDirectory(afterSuccess, afterFailure)

function sameFolders(left: WorkingDirectories, right: WorkingDirectories): boolean {
  if (left === null || right === null) return left === right
  return left.length === right.length && left.every((directory) => right.includes(directory))
}
