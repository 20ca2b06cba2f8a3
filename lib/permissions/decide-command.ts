import path from 'node:path'
import {
  forbiddenBelow,
  forbiddenRead,
  mayRead,
  mayReadBelow,
  type PolicyContext,
} from './decide-path.ts'
import { findExecutableSetting } from './git/git-config.ts'
import { denyRuleForShown, mayReadShown } from './git/tracked-files.ts'
import { isInside } from './paths/path-predicates.ts'
import {
  allowedWords,
  type CommandPattern,
  forbidsCommand,
  mayBeForbidden,
  readPattern,
  speaksOfProgram,
} from './rules/command-rule.ts'
import type { ParsedRule } from './rules/rule.ts'
import { hasTurningOption, remaining } from './rules/rule-coverage.ts'
import { shownByGit } from './shell/effects/git-output.ts'
import { namesInCode } from './shell/effects/inline-code.ts'
import { filesOf, mayReadWord, type ReadPolicy } from './shell/effects/read-access.ts'
import { whyNotReadOnly } from './shell/effects/readonly.ts'
import { searchedFolders } from './shell/effects/recursive-search.ts'
import { whyOutside } from './shell/effects/side-effects.ts'
import { touchedFiles } from './shell/effects/touched-files.ts'
import { findInvisible } from './shell/parse/invisible-characters.ts'
import { readLine } from './shell/parse/parse-line.ts'
import { isUnterminated } from './shell/parse/printable.ts'
import { plainValue } from './shell/parse/word.ts'
import { showsNothing } from './shell/tables/test-command.ts'
import {
  interpretations,
  type ShellLine,
  type SimpleCommand,
  type Uncertainty,
} from './shell/types.ts'
import type { Verdict } from './types.ts'
import { allow, ask, byRule, deny, isOfThisRun } from './verdicts.ts'

/** A shell line: denied if any command in it is, allowed only if every one is. */
export function decideLine(place: PolicyContext, line: string): Verdict {
  const judge = new CommandEvaluator(place, line)
  return judge.decide()
}

/** Longer than anybody reads before saying yes. */
const LONGEST = 65_536

interface CommandRule {
  readonly rule: ParsedRule
  readonly pattern: CommandPattern
}

/** One decision about one line: the line read once, the rules taken apart once. */
class CommandEvaluator {
  private readonly place: PolicyContext
  private readonly line: string
  private readonly read: ShellLine
  private readonly every: readonly SimpleCommand[]
  private readonly allowRules: readonly CommandRule[]
  private readonly reading: ReadPolicy

  constructor(place: PolicyContext, line: string) {
    this.place = place
    this.line = line
    this.read = readLine(line, place.ground)
    this.every = withInner([...this.read.commands, ...this.read.pieces])
    this.allowRules = commandRules(place.rules.allow, 'allow')
    this.reading = {
      ground: place.ground,
      mayRead: remembering((file) => mayRead(place, file)),
      mayReadBelow: remembering((folder) => mayReadBelow(place, folder)),
      mayReadShown: (shown) => mayReadShown(place, shown),
      isOpen: interpretations(line).every(isUnterminated),
      settingThatRuns: remembering(findExecutableSetting),
    }
  }

  decide(): Verdict {
    const { mode, rules } = this.place
    const denied = this.spoken(commandRules(rules.deny)) ?? this.forbiddenFile()
    if (denied !== null) return byRule('deny', denied.rule, 'A rule forbids it.', denied.part)
    const doubt = this.doubts().next().value
    if (mode === 'bypassPermissions') return this.bypass()
    if (mode === 'plan') return this.plan(doubt)
    const exact = this.wholeLine()
    const asked = this.spoken(commandRules(rules.ask))
    if (asked !== null && !(exact !== null && isOfThisRun(exact)) && !this.isCoveredByThisRun()) {
      return byRule('ask', asked.rule, 'A rule wants you to be asked.', asked.part)
    }
    const unseen = findInvisible(this.line)
    if (unseen !== null) return ask(unseen)
    if (exact !== null) return byRule('allow', exact, 'A rule allows exactly this line.', null)
    if (doubt !== undefined) return ask(doubt.because, doubt.part)
    return this.cover()
  }

  /** The deny rules are the only barrier left: what may hide from them is asked about. */
  private bypass(): Verdict {
    const guards = commandRules(this.place.rules.deny)
    if (guards.length > 0) {
      for (const { hides, because, part } of this.doubts()) if (hides) return ask(because, part)
    }
    for (const command of this.every) {
      const rule = this.mayHide(command, guards)
      if (rule === null) continue
      return byRule('ask', rule, 'It may do what a rule forbids.', shorten(command.text))
    }
    return allow('Everything is allowed in this mode.')
  }

  /** A rule that forbids what a command speaks of in its own code, or may turn out to be. */
  private mayHide(command: SimpleCommand, guards: readonly CommandRule[]): ParsedRule | null {
    const named = namesInCode(command)
    const guard = guards.find(
      ({ pattern }) =>
        mayBeForbidden(pattern, command) || named.some((name) => speaksOfProgram(pattern, name)),
    )
    if (guard !== undefined) return guard.rule
    if (!this.place.rules.deny.some(({ tool }) => FILE_RULES.has(tool))) return null
    const [folder = this.place.ground.directory] = command.folders ?? []
    const files = named.filter((name) => /[./~]/.test(name))
    for (const file of files) {
      const found = forbiddenRead(this.place, path.resolve(folder, file), 'read')
      if (found !== null && found.payload !== null) return found
    }
    const searched = searchedFolders(command).flatMap((word) => filesOf(word, folder) ?? [])
    for (const one of searched) {
      const found = forbiddenBelow(this.place, one)
      if (found !== null) return found
    }
    for (const shown of shownByGit(command)) {
      const found = denyRuleForShown(this.place, shown)
      if (found !== null) return found
    }
    return null
  }

  private plan(doubt: Uncertainty | undefined): Verdict {
    const isHarmless =
      doubt === undefined &&
      this.read.commands.length > 0 &&
      !showsNothing(this.read.commands) &&
      findInvisible(this.line) === null &&
      this.read.commands.every((command) => this.isFree(command))
    if (!isHarmless) return deny('Plan mode changes nothing, and this may not only read.')
    const asked = this.spoken(commandRules(this.place.rules.ask))
    if (asked === null) return allow('It only reads inside the project.')
    return byRule('ask', asked.rule, 'A rule wants you to be asked.', asked.part)
  }

  private cover(): Verdict {
    if (this.read.commands.length === 0) return ask('It holds no command.')
    const used: ParsedRule[] = []
    for (const command of this.read.commands) {
      const reason = this.uncovered(command, this.allowRules, used)
      if (reason !== null) return ask(reason, shorten(command.text))
    }
    const [rule] = used
    if (rule === undefined && showsNothing(this.read.commands)) return ask('It shows nothing.')
    if (rule === undefined) return allow('It only reads inside the project.')
    return byRule('allow', rule, 'Each command in it is allowed, or only reads.', null)
  }

  private isCoveredByThisRun(): boolean {
    const own = this.allowRules.filter(({ rule }) => isOfThisRun(rule))
    return (
      own.length > 0 &&
      this.doubts().next().value === undefined &&
      this.read.commands.every((command) => this.uncovered(command, own, []) === null)
    )
  }

  /** Why a command must be asked about; null when a rule or its harmlessness covers it and all that it starts. */
  private uncovered(
    command: SimpleCommand,
    rules: readonly CommandRule[],
    used: ParsedRule[],
  ): string | null {
    const outside = whyOutside(command, this.place, this.reading)
    if (outside !== null) return outside
    if (command.words.length === 0) return null
    const { inner } = command
    const plain = this.withoutPassing(command)
    for (const { rule, pattern } of this.isInProject(command) ? rules : []) {
      const words = allowedWords(pattern, plain)
      if (words === 0 || (pattern.kind !== 'exact' && hasTurningOption(plain, words))) continue
      const commands = remaining(command, pattern, words)
      if (commands.some((one) => this.uncovered(one, rules, used) !== null)) continue
      used.push(rule)
      return null
    }
    if (inner === null) return whyNotReadOnly(command, this.reading)
    if (inner.isElsewhere) return 'No rule allows it.'
    const isFree = inner.isTransparent || whyNotReadOnly(command, this.reading) === null
    if (!isFree) return 'No rule allows it, and it starts another program.'
    for (const one of inner.commands) {
      const reason = this.uncovered(one, rules, used)
      if (reason !== null) return reason
    }
    return null
  }

  /** Rules are the project's: other folders may be readable, but nobody meant programs to run there. */
  private isInProject({ folders }: SimpleCommand): boolean {
    const { resolve, directory } = this.place.ground
    const root = resolve(directory)
    return folders?.every((folder) => isInside(resolve(folder), root)) ?? false
  }

  /** `git -C src status` is `git status` somewhere else in the project. */
  private withoutPassing(command: SimpleCommand): SimpleCommand {
    const { words, folders } = command
    if (plainValue(words[0]) !== 'git') return command
    let at = 1
    for (;;) {
      const value = plainValue(words[at])
      const folder = words[at + 1]
      if (value === '--no-pager') at += 1
      else if (
        value === '-C' &&
        folder !== undefined &&
        mayReadWord(folder, folders, this.reading.mayRead)
      )
        at += 2
      else
        return at === 1
          ? command
          : { ...command, words: [...words.slice(0, 1), ...words.slice(at)] }
    }
  }

  private isFree(command: SimpleCommand): boolean {
    return this.uncovered(command, [], []) === null
  }

  private *doubts(): Generator<Uncertainty> {
    if (this.line.length > LONGEST) {
      yield { because: 'It is too long to be read before it runs.', part: null, hides: false }
    }
    yield* this.read.doubts
    for (const { words, text } of this.every) {
      const [name] = words
      if (name === undefined || plainValue(name) !== null) continue
      const because = 'Which program runs is known only when it runs.'
      yield { because, part: shorten(text), hides: true }
    }
  }

  private wholeLine(): ParsedRule | null {
    if (!this.read.isParsed) return null
    const line = this.line.trim()
    const found = this.allowRules.find(
      ({ pattern }) => pattern.kind === 'exact' && pattern.text === line,
    )
    return found?.rule ?? null
  }

  /** A rule that speaks of any command of the line, however deep. */
  private spoken(rules: readonly CommandRule[]): { rule: ParsedRule; part: string | null } | null {
    for (const { rule, pattern } of rules) {
      if (pattern.kind === 'exact' && pattern.text === this.line.trim()) return { rule, part: null }
      if (pattern.kind === 'all') return { rule, part: null }
      const command = this.every.find((one) => forbidsCommand(pattern, one))
      if (command !== undefined) return { rule, part: shorten(command.text) }
    }
    return null
  }

  /** A file that may not be read or written is no more open to programs than to tools. */
  private forbiddenFile(): { rule: ParsedRule; part: string } | null {
    const { rules } = this.place
    if (!rules.deny.some(({ tool }) => FILE_RULES.has(tool))) return null
    const seen = new Set<string>()
    for (const command of this.every) {
      for (const { how, file } of touchedFiles(command, this.place.ground)) {
        if (seen.has(`${how} ${file}`)) continue
        seen.add(`${how} ${file}`)
        const rule = forbiddenRead(this.place, file, how)
        if (rule !== null && rule.payload !== null) return { rule, part: shorten(command.text) }
      }
    }
    return null
  }
}

/** A line may name one file many times. */
function remembering<Value>(look: (file: string) => Value): (file: string) => Value {
  const known = new Map<string, Value>()
  return (file) => {
    const before = known.get(file)
    if (before !== undefined) return before
    const now = look(file)
    known.set(file, now)
    return now
  }
}

const FILE_RULES = new Set(['Read', 'Write', 'Edit'])

function commandRules(rules: readonly ParsedRule[], list?: 'allow'): readonly CommandRule[] {
  return rules.flatMap((rule) =>
    rule.tool === 'Bash' || (rule.tool === '*' && list !== 'allow')
      ? [{ rule, pattern: readPattern(rule.payload) }]
      : [],
  )
}

function withInner(commands: readonly SimpleCommand[]): readonly SimpleCommand[] {
  return commands.flatMap((command) => [command, ...withInner(command.inner?.commands ?? [])])
}

function shorten(text: string): string {
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text
}

const MOST_SHOWN = 200
