import {
  type Command,
  type CommandNode,
  type CompoundList,
  forEachChild,
  type ParsedScript,
  type PipelineNode,
  parse,
  type Statement,
  type SyntaxNode,
} from 'unbash'
import type { FsView } from '../../facts/facts.ts'
import { sideEffects, uncertainties } from '../../messages.ts'
import { reprint } from '../reprint.ts'
import { isShellVariable } from '../tables/env-variables.ts'
import { type FileNames, interpretations, type ShellLine, type SimpleCommand } from '../types.ts'
import { CommandParser, MAX_DEPTH, MAX_WORDS } from './command-parser.ts'
import { staticOutputOfCommand } from './static-output.ts'
import { loopVariableValue, setsVariable, UNKNOWN_VALUE } from './variables.ts'
import { expandWord, type KnownText, literalWord, type ShellWord } from './word.ts'
import {
  type DirectoryOutcome,
  eitherDirectory,
  sameDirectories,
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
    locate: (place) => (isParsed ? reprint(line, parser, view, { place }) : null),
  }
}

/** Within these bounds parsing takes a fraction of a second. */
function isParseable(line: string): boolean {
  return line.length <= MAX_LINE_CHARACTERS && line.split('<<').length <= MAX_HERE_DOCUMENTS
}

const MAX_LINE_CHARACTERS = 262_144

const MAX_HERE_DOCUMENTS = 1_000

/** The commands of a line in the order written, each in the directories in which it can run. */
class LineParser extends CommandParser {
  /** Splits a line at everything that can separate commands. */
  parseFragments(line: string, directories: WorkingDirectories): readonly SimpleCommand[] {
    this.commands = []
    this.wordsLeft = MAX_WORDS
    for (const piece of line.split(/[;&|<>(){}`$"'\n]+/)) {
      if (this.wordsLeft < 0) break
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
    this.doubtSyntax(script, text)
    const isCertain = this.isCertainPlace
    this.isCertainPlace = this.depth === 1
    if (this.isCertainPlace) this.variables.forget()
    this.visitScript(script, text, directories)
    this.isCertainPlace = isCertain
    this.depth--
  }

  protected visitScript(
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
    if (sameDirectories(now, directories))
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
}

const both = ({ afterSuccess, afterFailure }: DirectoryOutcome): WorkingDirectories =>
  eitherDirectory(afterSuccess, afterFailure)
