import { doneInBackground } from './background-lines.ts'
import { type CommandRule, FILE_FAMILIES, toCommandRules } from './command-rules.ts'
import { findFileRule, mayRead, mayReadBelow, type PolicyContext } from './decide-path.ts'
import {
  gitCommandDanger,
  isInProject,
  startedHere,
  withoutGitDirectory,
} from './git/git-commands.ts'
import { mayReadShown } from './git/tracked-files.ts'
import { findHiddenRule } from './hidden-rules.ts'
import { reasons, sideEffects, uncertainties } from './messages.ts'
import { findProtectedTarget } from './protected-targets.ts'
import { countCoveredWords, matchesCommand } from './rules/command-rule.ts'
import { underUsualNames } from './rules/other-names.ts'
import type { ParsedRule } from './rules/rule.ts'
import {
  placeOutside,
  uncoveredCommands,
  unsafeWord,
  withoutMakeDirectory,
} from './rules/rule-coverage.ts'
import {
  couldBeMisled,
  couldUseOtherRepository,
  mayFollowNames,
  placesFiles,
} from './shell/effects/placed-files.ts'
import { mayReadWord, type ReadPolicy } from './shell/effects/read-access.ts'
import {
  getsOnlyFiles,
  hasSafeInput,
  startsShellCommand,
  whyNotReadOnly,
} from './shell/effects/readonly.ts'
import { whySideEffects } from './shell/effects/side-effects.ts'
import { touchedFiles } from './shell/effects/touched-files.ts'
import { parseLine } from './shell/parse/parse-line.ts'
import { hasOnlyKnownVariables } from './shell/parse/printable.ts'
import { hasInvisibleCharacters } from './shell/parse/suspicious-text.ts'
import { plainValue } from './shell/parse/word.ts'
import { areSilentTests } from './shell/tables/test-command.ts'
import {
  interpretations,
  type ShellLine,
  type SimpleCommand,
  type Uncertainty,
  withInnerCommands,
} from './shell/types.ts'
import type { Verdict } from './types.ts'
import { allow, ask, byRule, deny, isFromThisRun } from './verdicts.ts'

/** A command line is denied if one of its commands is, and allowed only if all of them are. */
export function decideCommand(context: PolicyContext, line: string): Verdict {
  const evaluator = new CommandEvaluator(context, line)
  const verdict = evaluator.decide()
  const isOpen = verdict.decision === 'ask' || verdict.because === reasons.deniedByPlanMode
  if (isOpen) return tightened(context, line, evaluator) ?? verdict
  if (verdict.decision !== 'allow' || evaluator.runsAsWritten()) return verdict
  const runs = evaluator.reprint()
  if (runs === null) return notPrintable(context)
  if (runs === line) return { ...verdict, runs }
  const printed = new CommandEvaluator(context, runs).decide()
  return printed.decision === 'allow' ? { ...verdict, runs } : printed
}

/** A line that asks because of what could be among the files that it finds runs with regular files only, if that is allowed. */
function tightened(
  context: PolicyContext,
  line: string,
  evaluator: CommandEvaluator,
): Verdict | null {
  if (!/\b(xargs|find)\b/.test(line) || !evaluator.isOpen()) return null
  // Printed, a wildcard is the names that it matches: to `echo` they are any text.
  if (!evaluator.mayReadMatches()) return null
  const text = evaluator.tighten()
  if (text === null || text === evaluator.reprint()) return null
  const printed = new CommandEvaluator(context, text)
  const verdict = printed.decide()
  if (verdict.decision !== 'allow') return null
  const runs = printed.reprint()
  return runs === null ? null : { ...verdict, runs }
}

function notPrintable({ mode }: PolicyContext): Verdict {
  return mode === 'plan' ? deny(reasons.deniedByPlanMode) : ask(reasons.notPrintable)
}

/** A person cannot review a longer line before approving it. */
const MAX_REVIEW_CHARACTERS = 65_536

/**
 * Words of all commands, at every depth, of a line that runs without approval: far more than anyone writes, and few enough to decide
 * within a second.
 */
const MAX_ALLOWED_WORDS = 4_000

interface RuleMatch {
  readonly rule: ParsedRule
  readonly part: string | null
}

/** One decision about one line: the line and the rules are parsed once. */
class CommandEvaluator {
  private readonly context: PolicyContext
  private readonly line: string
  private readonly parsed: ShellLine
  /** At every depth, also by their usual names, and the fragments of a line that is not valid shell syntax. */
  private readonly allCommands: readonly SimpleCommand[]
  /** Of the commands, each counted once. */
  private readonly countedWords: number
  private readonly allowRules: readonly CommandRule[]
  private readonly readPolicy: ReadPolicy

  constructor(context: PolicyContext, line: string) {
    this.context = context
    this.line = line
    this.parsed = parseLine(line, context.view, { isPrinted: context.mode !== 'bypassPermissions' })
    const commands = withInnerCommands([...this.parsed.commands, ...this.parsed.fragments])
    this.countedWords = commands.reduce((total, one) => total + one.words.length + 1, 0)
    this.allCommands = [...commands, ...commands.flatMap(underUsualNames)]
    this.allowRules = toCommandRules(context.rules.allow, 'allow')
    const mayReadAll = memoize((directory) => mayReadBelow(context, directory, null))
    this.readPolicy = {
      view: context.view,
      mayRead: memoize((file) => mayRead(context, file)),
      mayReadBelow: (directory, endings = null) =>
        endings === null ? mayReadAll(directory) : mayReadBelow(context, directory, endings),
      mayReadShown: (shown) => mayReadShown(context, shown),
      hasOnlyKnownVariables: interpretations(line).every(hasOnlyKnownVariables),
    }
  }

  /** Whether the mode, or a rule that contains the complete line, allows it as it is written. */
  runsAsWritten(): boolean {
    const { mode } = this.context
    return mode === 'bypassPermissions' || (mode !== 'plan' && this.findExactRule() !== null)
  }

  reprint(): string | null {
    return this.parsed.reprint()
  }

  /** Whether all files that wildcards of the line can match may be read. */
  mayReadMatches(): boolean {
    return this.allCommands.every(({ words, directories }) =>
      words.every((word) => word.glob === null || mayReadWord(word, directories, this.readPolicy)),
    )
  }

  tighten(): string | null {
    return this.parsed.tighten()
  }

  /** Whether only the defaults ask: no rule requires approval, nothing is hidden, no mode decides. */
  isOpen(): boolean {
    const { mode, rules } = this.context
    if (mode === 'bypassPermissions' || hasInvisibleCharacters(this.line)) return false
    if (this.uncertainties().next().value !== undefined) return false
    const asked = this.findRuledFile('ask') ?? this.findCommandRule(toCommandRules(rules.ask))
    return asked === null
  }

  decide(): Verdict {
    const { mode, rules } = this.context
    const denied = this.findCommandRule(toCommandRules(rules.deny)) ?? this.findRuledFile('deny')
    if (denied !== null) return byRule('deny', denied.rule, reasons.deniedByRule, denied.part)
    const uncertainty = this.uncertainties().next().value
    if (mode === 'bypassPermissions') return this.decideInBypassMode()
    if (mode === 'plan') return this.decideInPlanMode(uncertainty)
    const exact = this.findExactRule()
    const asked = this.findCommandRule(toCommandRules(rules.ask)) ?? this.findRuledFile('ask')
    if (asked !== null && !(exact !== null && isFromThisRun(exact)) && !this.isCoveredByThisRun()) {
      return byRule('ask', asked.rule, reasons.requiredByRule, asked.part)
    }
    if (hasInvisibleCharacters(this.line)) return ask(uncertainties.invisibleCharacters)
    const danger =
      exact?.source === 'user'
        ? gitCommandDanger(this.context.view, startedHere(this.parsed.commands))
        : null
    if (danger !== null) return ask(danger)
    if (exact !== null) return byRule('allow', exact, reasons.allowedByExactRule, null)
    if (uncertainty !== undefined) return ask(uncertainty.because, uncertainty.part)
    return this.decideByCoverage()
  }

  /** Only the deny rules protect here: what could evade them requires approval. */
  private decideInBypassMode(): Verdict {
    const { deny: denied } = this.context.rules
    const deniesCommands = toCommandRules(denied).length > 0
    for (const { hides, because, part } of this.uncertainties()) {
      // What was not even parsed can name a file that a rule denies.
      const mayHide = deniesCommands || (denied.length > 0 && CUT_OFF.has(because))
      if (hides && mayHide) return ask(because, part)
    }
    return this.askForHiddenRule('deny') ?? allow(reasons.allowedByBypassMode)
  }

  private askForHiddenRule(list: 'deny' | 'ask'): Verdict | null {
    const { rules: lists, view } = this.context
    const rules = lists[list]
    if (rules.length === 0) return null
    const reason = list === 'deny' ? reasons.mayMatchDenyRule : reasons.mayMatchAskRule
    const protecting = { rules, commandRules: toCommandRules(rules) }
    for (const command of this.allCommands) {
      const rule = findHiddenRule(protecting, command, view)
      if (rule !== null) return byRule('ask', rule, reason, shorten(command.text))
    }
    return null
  }

  private decideInPlanMode(uncertainty: Uncertainty | undefined): Verdict {
    const isHarmless =
      uncertainty === undefined &&
      this.parsed.commands.length > 0 &&
      !areSilentTests(this.parsed.commands) &&
      !hasInvisibleCharacters(this.line) &&
      this.parsed.commands.every((command) => this.isReadOnly(command))
    if (!isHarmless) return deny(reasons.deniedByPlanMode)
    const inBackground = doneInBackground(this.context)
    if (this.parsed.commands.some((command) => couldBeMisled(command, [], inBackground)))
      return deny(reasons.deniedByPlanMode)
    if (this.readsLater(this.parsed.commands) !== null) return deny(reasons.namesMayChangeLater)
    const asked =
      this.findCommandRule(toCommandRules(this.context.rules.ask)) ?? this.findRuledFile('ask')
    if (asked === null) return allow(reasons.readOnlyInProject)
    return byRule('ask', asked.rule, reasons.requiredByRule, asked.part)
  }

  /** The first of the commands that opens files by name while other calls run, of a line in the background; null when there is none. */
  private readsLater(reading: readonly SimpleCommand[]): SimpleCommand | null {
    if (this.context.isInBackground !== true) return null
    return reading.find(mayFollowNames) ?? null
  }

  /** Whether a line in the background, which ran without approval because it only reads, may still open a file by its name. */
  private isReadMeanwhile(): boolean {
    const { running = [], view } = this.context
    return running.some((line) =>
      parseLine(line, view).commands.some((one) => mayFollowNames(one) && this.isReadOnly(one)),
    )
  }

  private decideByCoverage(): Verdict {
    if (this.parsed.commands.length === 0) return ask(reasons.noCommand)
    const used: ParsedRule[] = []
    const reading: SimpleCommand[] = []
    const placing: SimpleCommand[] = []
    const inBackground = doneInBackground(this.context)
    for (const command of this.parsed.commands) {
      const before = used.length
      const reason = this.findUncoveredReason(command, this.allowRules, used)
      if (reason !== null) return ask(reason, shorten(command.text))
      if (used.length > before) {
        // In a trusted directory, a rule for git is one for its repository as well.
        const isTrusted = this.context.view.isTrusted === true
        if (!isTrusted && couldUseOtherRepository(command, placing, inBackground))
          return ask(reasons.namesMayChange, shorten(command.text))
        if (placesFiles(command)) placing.push(command)
        continue
      }
      // What a name leads to is judged before the line runs.
      if (couldBeMisled(command, placing, inBackground))
        return ask(reasons.namesMayChange, shorten(command.text))
      reading.push(command)
    }
    const later = this.readsLater(reading)
    if (later !== null) return ask(reasons.namesMayChangeLater, shorten(later.text))
    const [places] = placing
    if (places !== undefined && this.isReadMeanwhile())
      return ask(reasons.namesMayChange, shorten(places.text))
    const misled = reading.find((command) => couldBeMisled(command, placing, inBackground))
    if (misled !== undefined && isConcurrent(this.line))
      return ask(reasons.namesMayChange, shorten(misled.text))
    const [rule] = used
    if (rule === undefined && areSilentTests(this.parsed.commands)) return ask(reasons.onlyTests)
    if (rule === undefined) return allow(reasons.readOnlyInProject)
    const written = findProtectedTarget(this.context, this.allCommands)
    if (written !== null) return ask(reasons.protectedFile, shorten(written.text))
    const hidden = this.askForHiddenRule('deny')
    const asked = hidden ?? (used.every(isFromThisRun) ? null : this.askForHiddenRule('ask'))
    return asked ?? byRule('allow', rule, reasons.everyCommandAllowed, null)
  }

  private isCoveredByThisRun(): boolean {
    const rules = this.allowRules.filter(({ rule }) => isFromThisRun(rule))
    return (
      rules.length > 0 &&
      this.uncertainties().next().value === undefined &&
      this.parsed.commands.every((command) => this.findUncoveredReason(command, rules, []) === null)
    )
  }

  /** Why a command needs approval; null when rules, or being read-only, cover it and every command it starts. */
  private findUncoveredReason(
    command: SimpleCommand,
    rules: readonly CommandRule[],
    used: ParsedRule[],
  ): string | null {
    const sideEffect = whySideEffects(command, this.context, this.readPolicy)
    if (sideEffect !== null) return sideEffect
    if (command.words.length === 0)
      return hasSafeInput(command, this.readPolicy) ? null : sideEffects.passesVariable
    const { inner } = command
    const matched = withoutGitDirectory(command, this.readPolicy)
    let limited: string | null = null
    for (const { rule, pattern } of isInProject(matched, this.context.view) ? rules : []) {
      const words = countCoveredWords(pattern, matched)
      if (words === 0) continue
      const entered = words === 1 ? withoutMakeDirectory(matched, this.context.view) : matched
      const skipped = command.words.length - matched.words.length
      const unsafe =
        pattern.type === 'exact'
          ? null
          : (unsafeWord(entered, words, this.readPolicy.hasOnlyKnownVariables) ??
            placeOutside(command, words + skipped, this.context.view))
      if (unsafe !== null) {
        limited ??= reasons.ruleDoesNotCover(rule.text, shorten(unsafe))
        continue
      }
      // A line that contains exactly this command was written, or approved, for this directory.
      const isInformed = pattern.type === 'exact' && rule.source !== 'user'
      const danger = isInformed ? null : gitCommandDanger(this.context.view, startedHere([command]))
      if (danger !== null) return danger
      const commands = uncoveredCommands(command, pattern, words)
      if (commands.some((one) => this.findUncoveredReason(one, rules, used) !== null)) continue
      used.push(rule)
      return null
    }
    if (inner === null) {
      const because = whyNotReadOnly(command, this.readPolicy)
      return because === reasons.noRuleNotReadOnly ? (limited ?? because) : because
    }
    if (inner.isElsewhere) return reasons.noRule
    const isHarmless = inner.isTransparent || whyNotReadOnly(command, this.readPolicy) === null
    if (!isHarmless || startsShellCommand(command)) return limited ?? reasons.noRuleRunsProgram
    if (!hasSafeInput(command, this.readPolicy)) return sideEffects.passesVariable
    if (getsOnlyFiles(command, this.readPolicy)) return null
    for (const one of inner.commands) {
      const reason = this.findUncoveredReason(one, rules, used)
      if (reason !== null) return reason
    }
    return null
  }

  private isReadOnly(command: SimpleCommand): boolean {
    return this.findUncoveredReason(command, [], []) === null
  }

  private *uncertainties(): Generator<Uncertainty> {
    if (this.line.length > MAX_REVIEW_CHARACTERS) {
      yield { because: uncertainties.tooLongToReview, part: null, hides: false }
    }
    if (this.countedWords > MAX_ALLOWED_WORDS) {
      yield { because: uncertainties.tooManyCommands, part: null, hides: false }
    }
    yield* this.parsed.uncertainties
    for (const { words, text } of this.allCommands) {
      const [name] = words
      if (name === undefined || plainValue(name) !== null) continue
      yield { because: uncertainties.unknownProgram, part: shorten(text), hides: true }
    }
  }

  private findExactRule(): ParsedRule | null {
    if (!this.parsed.isParsed) return null
    const line = this.line.trim()
    const found = this.allowRules.find(
      ({ pattern }) => pattern.type === 'exact' && pattern.text === line,
    )
    return found?.rule ?? null
  }

  /** The first deny or ask rule that matches the line or one of its commands, at any depth. */
  private findCommandRule(rules: readonly CommandRule[]): RuleMatch | null {
    for (const { rule, pattern } of rules) {
      if (pattern.type === 'exact' && pattern.text === this.line.trim()) return { rule, part: null }
      if (pattern.type === 'all') return { rule, part: null }
      const command = this.allCommands.find((one) => matchesCommand(pattern, one))
      if (command !== undefined) return { rule, part: shorten(command.text) }
    }
    return null
  }

  /** Rules that deny a file to tools, or require approval for it, do so for programs as well. */
  private findRuledFile(list: 'deny' | 'ask'): RuleMatch | null {
    const { rules: lists, view } = this.context
    const rules = lists[list]
    if (!rules.some(({ tool }) => FILE_FAMILIES.has(tool))) return null
    const checked = new Set<string>()
    for (const command of withoutRepeated(this.allCommands)) {
      for (const { access, file } of touchedFiles(command, view)) {
        if (checked.has(`${access} ${file}`)) continue
        checked.add(`${access} ${file}`)
        const rule = findFileRule(rules, view, file, access)
        if (rule !== null && rule.payload !== null) return { rule, part: shorten(command.text) }
      }
    }
    return null
  }
}

/** Whether what is written before could run after: in a loop, a pipeline or the background. In quotes, it only asks more. */
function isConcurrent(line: string): boolean {
  return /\b(for|while|until)\b|(^|[^|])\|(?!\|)|(^|[^&<>])&(?![&>])|[<>]\(/.test(line)
}

/** A loop or a list can contain one command thousands of times. What a variable contains can differ. */
function withoutRepeated(commands: readonly SimpleCommand[]): readonly SimpleCommand[] {
  const seen = new Set<string>()
  return commands.filter(({ text, words, redirections, directories, inner }) => {
    if (inner !== null) return true
    const targets = redirections.map(({ target }) => target?.values)
    const key = JSON.stringify([text, words.map(({ values }) => values), targets, directories])
    const isNew = !seen.has(key)
    seen.add(key)
    return isNew
  })
}

/** A line can name one file many times. */
function memoize<Value>(compute: (file: string) => Value): (file: string) => Value {
  const known = new Map<string, Value>()
  return (file) => {
    const earlier = known.get(file)
    if (earlier !== undefined) return earlier
    const value = compute(file)
    known.set(file, value)
    return value
  }
}

const CUT_OFF: ReadonlySet<string> = new Set([
  uncertainties.tooManyCommands,
  uncertainties.tooLongToParse,
  uncertainties.tooDeeplyNested,
])

function shorten(text: string): string {
  return text.length > MAX_PART_CHARACTERS ? `${text.slice(0, MAX_PART_CHARACTERS)}…` : text
}

const MAX_PART_CHARACTERS = 200
