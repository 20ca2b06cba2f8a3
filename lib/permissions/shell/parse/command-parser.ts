import {
  type Command,
  type CommandArgument,
  forEachChild,
  type ParsedScript,
  type Redirection as RedirectionNode,
  type SyntaxNode,
} from 'unbash'
import type { FsView } from '../../facts/facts.ts'
import { uncertainties } from '../../messages.ts'
import type { JudgedWords } from '../print/word-printer.ts'
import { fileNamesFrom } from '../tables/file-names.ts'
import type { FileNames, InnerCommands, Redirection, SimpleCommand, Uncertainty } from '../types.ts'
import { unwrap } from '../unwrap/unwrap.ts'
import { programName, type WrapperLayer } from '../unwrap/wrapper-layer.ts'
import { needsBash, readsBash } from './bash-syntax.ts'
import { evaluatesWord } from './evaluated-names.ts'
import { findHiddenEvaluation } from './hidden-evaluation.ts'
import { inputOf, sequenceWords, staticOutputOf } from './static-output.ts'
import { haveNoSeparator, isAmbiguous, isAmbiguousWord } from './suspicious-text.ts'
import { declaredVariables, Variables } from './variables.ts'
import {
  expandWord,
  type KnownText,
  type ShellWord,
  unknownWord,
  type WordContext,
} from './word.ts'
import {
  changeDirectory,
  type DirectoryOutcome,
  sameDirectories,
  type WorkingDirectories,
} from './working-directory.ts'

/** Of scripts and wrappers within each other; deeper nesting is an attack. */
export const MAX_DEPTH = 12

/** Words of all commands together; the words inside wrappers are counted again. A denied name is found among them. */
export const MAX_WORDS = 10_000

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
 * What a line is found to contain, and the parsing of one simple command: its words, what they evaluate, its redirections, and what a
 * wrapper starts. Commands contain scripts, which `LineParser` parses.
 */
export abstract class CommandParser {
  commands: SimpleCommand[] = []
  readonly uncertainties: Uncertainty[] = []
  isParsed = true
  readonly scripts = new Map<string, ParsedScript>()
  readonly startedScripts = new Set<string>()
  readonly words = new Map<CommandArgument, JudgedWords>()
  protected readonly view: FsView
  protected source = ''
  protected depth = 0
  protected wordsLeft = MAX_WORDS
  private charactersLeft = MAX_SUBSTITUTION_CHARACTERS
  protected readonly variables: Variables
  private readonly started = new Set<ShellWord>()
  /** Where an assignment certainly runs: in the list of the line itself, not in a branch, a loop or another process. */
  protected isCertainPlace = false
  private readonly isPrinted: boolean
  /** Whether the shell that reads the script is bash, as it is for the line itself, or reads it in the same way. */
  private isBash = true

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

  protected visitCommand(
    node: Command,
    directories: WorkingDirectories,
    piped: KnownText | null,
    fileNames: FileNames | null = null,
  ): DirectoryOutcome {
    if (this.wordsLeft < 0) return { afterSuccess: null, afterFailure: null }
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
  protected namesFrom(node: Command, read: FileNames | null): FileNames | null {
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

  protected add(command: Omit<SimpleCommand, 'inner'>): void {
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
      const isBash = this.isBash
      this.isBash = readsBash(programName(wrapperWords[0]) ?? '', isBash)
      for (const script of layer.scripts) {
        this.startedScripts.add(script)
        this.parseScript(script, from)
      }
      this.isBash = isBash
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

  protected visitRedirections(
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

  protected word(
    word: Command['args'][number],
    directories: WorkingDirectories,
  ): readonly ShellWord[] {
    if (isAmbiguousWord(word)) this.addUncertainty(uncertainties.ambiguous, this.slice(word), true)
    this.visitExpansions(word, directories)
    const words = sequenceWords(word) ?? expandWord(word, this.context())
    const earlier = this.words.get(word)?.directories
    const isSame = earlier === undefined || sameDirectories(earlier, directories)
    this.words.set(word, { words, directories: isSame ? directories : null })
    return words
  }

  /** Finds everything inside a node that runs: substitutions at every depth, and what the shell evaluates. */
  protected visitExpansions(node: SyntaxNode, directories: WorkingDirectories): void {
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

  protected context(): WordContext {
    return {
      home: this.view.home,
      variable: (name) => this.variables.get(name),
      staticOutput: (part) =>
        part.type === 'CommandExpansion' && part.end - part.pos < MAX_STATIC_SUBSTITUTION_CHARACTERS
          ? staticOutputOf(part.script, this.context())
          : null,
    }
  }

  /** A script that another shell could read as other commands. */
  protected doubtSyntax(script: ParsedScript, text: string): void {
    if (!this.isBash && needsBash(script)) this.addUncertainty(uncertainties.needsBash, text, true)
  }

  /** Parses a script that a command starts. */
  abstract parseScript(text: string, directories: WorkingDirectories): void

  /** A script that was parsed with its command, such as a substitution. */
  protected abstract visitScript(
    script: ParsedScript,
    text: string,
    directories: WorkingDirectories,
  ): DirectoryOutcome

  protected slice({ pos, end }: { readonly pos: number; readonly end: number }): string {
    return this.source.slice(pos, end)
  }
}

/** `name=value`, without `+=`, a subscript, a list or a redirection. */
function isPlainAssignment({ prefix: [only], redirects }: Command): boolean {
  if (only?.type !== 'Assignment' || redirects.length > 0) return false
  return only.append !== true && only.index === undefined && only.value.type !== 'ArrayValue'
}
