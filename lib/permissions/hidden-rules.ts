import path from 'node:path'
import { type CommandRule, FILE_FAMILIES } from './command-rules.ts'
import { findFileRule, findFileRuleInside } from './decide-path.ts'
import type { FsView } from './facts/facts.ts'
import { findShownRule } from './git/tracked-files.ts'
import {
  type CommandPattern,
  couldMatchCommand,
  matchesCommand,
  namesProgram,
} from './rules/command-rule.ts'
import { underUsualNames, usualProgram } from './rules/other-names.ts'
import { MEMORY_TOOL, type ParsedRule } from './rules/rule.ts'
import { unusualGitWord } from './rules/unsafe-options.ts'
import { exposedDirectories } from './shell/effects/exposed-directories.ts'
import { filesShownByGit } from './shell/effects/git-output.ts'
import {
  listsDirectories,
  namesInCode,
  namesInScripts,
  programsInValues,
  renamedPrograms,
} from './shell/effects/inline-code.ts'
import { possibleScripts, possibleStarts } from './shell/effects/possible-starts.ts'
import { pathsOf, systemProgram } from './shell/effects/read-access.ts'
import { comparedDirectories, searchedDirectories } from './shell/effects/recursive-search.ts'
import { touchedFiles } from './shell/effects/touched-files.ts'
import { readsUnknownFile, writesUnknownFile } from './shell/effects/unknown-files.ts'
import { changesOperands, changesTrees, couldWriteNamed } from './shell/effects/written-files.ts'
import { skipGitOptions } from './shell/tables/git-options.ts'
import { changesMemory } from './shell/tables/letta-command.ts'
import type { SimpleCommand } from './shell/types.ts'
import { programName } from './shell/unwrap/wrapper-layer.ts'

/** Rules of one list, deny or ask, and those of them that are for commands. */
interface ProtectingRules {
  readonly rules: readonly ParsedRule[]
  readonly commandRules: readonly CommandRule[]
}

/** The rule for what a command names in its inline code, searches, shows by git, or could turn out to be. */
export function findHiddenRule(
  { rules, commandRules }: ProtectingRules,
  command: SimpleCommand,
  view: FsView,
): ParsedRule | null {
  const named = namesInCode(command)
  const programs = [
    ...named,
    ...renamedPrograms(command),
    ...namesInScripts(command),
    ...programsInValues(command),
  ]
  const scripts =
    commandRules.length === 0
      ? []
      : possibleScripts(command, view).flatMap((one) => [one, ...underUsualNames(one)])
  const commandRule = commandRules.find(
    ({ pattern }) =>
      couldMatchCommand(pattern, command) ||
      couldBeAlias(pattern, command) ||
      couldStart(pattern, command, view) ||
      scripts.some((one) => matchesCommand(pattern, one)) ||
      programs.some((name) => namesProgram(pattern, name)),
  )
  if (commandRule !== undefined) return commandRule.rule
  const memoryRule = rules.find(({ tool }) => tool === MEMORY_TOOL)
  if (memoryRule !== undefined && changesMemory(command.words)) return memoryRule
  if (!rules.some(({ tool }) => FILE_FAMILIES.has(tool))) return null
  const editRule = rules.find(
    ({ tool, payload }) => (tool === 'Edit' || tool === 'Write') && payload !== null,
  )
  const isGiven = GIVES_NAMES.has(systemProgram(command.words[0]) ?? '')
  const isUnknown = isGiven && command.inner?.commands.some(changesOperands) === true
  if (editRule !== undefined && (isUnknown || writesUnknownFile(command))) return editRule
  if (editRule !== undefined) {
    const changed = findChangedRule(rules, command, named, view)
    if (changed !== null) return changed
  }
  const readRule = rules.find(({ tool, payload }) => tool === 'Read' && payload !== null)
  if (readRule !== undefined && readsUnknownFile(command)) return readRule
  const [directory = view.directory] = command.directories ?? []
  const files = named.filter((name) => /[./~]/.test(name))
  const fileRule = findRuleForNames(rules, view, inDirectory(directory, files), 'read')
  if (fileRule !== null) return fileRule
  // Code can copy a directory that it names, and read what it lists.
  const listed = listsDirectories(command) ? [...named, '.'] : named
  for (const name of new Set(listed)) {
    const place = path.resolve(directory, name)
    if (!view.exists(`${place}/.`)) continue
    const found = findFileRuleInside(rules, view, place, 'read')
    if (found !== null) return found
  }
  const places = inDirectory(directory, placesInContainer(command))
  const placeRule = findRuleForNames(rules, view, places, 'read')
  if (placeRule !== null) return placeRule
  for (const { words, access, patterns } of searchedDirectories(command)) {
    for (const one of words.flatMap((word) => pathsOf(word, directory, view) ?? [])) {
      const found = findFileRuleInside(rules, view, one, access, patterns)
      if (found !== null) return found
    }
  }
  for (const one of comparedDirectories(command, directory, view)) {
    const found = findFileRuleInside(rules, view, one, 'read')
    if (found !== null) return found
  }
  for (const { directory: exposed, access } of exposedDirectories(command, view)) {
    const found = findFileRuleInside(rules, view, exposed, access)
    if (found !== null) return found
  }
  for (const shown of filesShownByGit(command, view)) {
    const found = findShownRule(rules, view, shown)
    if (found !== null) return found
  }
  return null
}

/** Whether git is called with what is no subcommand that is known here: settings can make an alias of it, for any other one. */
function couldBeAlias(pattern: CommandPattern, { words }: SimpleCommand): boolean {
  if (!namesProgram(pattern, 'git') || pattern.words.length < 2) return false
  return unusualGitWord(words, skipGitOptions(words).subcommand) !== null
}

/** Whether a program that is not known here is given what the rule is for, as words that it could start. */
function couldStart(pattern: CommandPattern, command: SimpleCommand, view: FsView): boolean {
  const couldBe = (name: string): boolean =>
    namesProgram(pattern, name) || namesProgram(pattern, usualProgram(name))
  return possibleStarts(command, couldBe, view)
    .flatMap((one) => [one, ...underUsualNames(one)])
    .some((one) => matchesCommand(pattern, one))
}

/** The first rule for one of the files, other than a rule for all of them: what is named may not be a file at all. */
function findRuleForNames(
  rules: readonly ParsedRule[],
  view: FsView,
  files: readonly string[],
  access: 'read' | 'write',
): ParsedRule | null {
  for (const file of files) {
    const found = findFileRule(rules, view, file, access)
    if (found !== null && found.payload !== null) return found
  }
  return null
}

function inDirectory(directory: string, names: readonly string[]): readonly string[] {
  return names.map((name) => path.resolve(directory, name))
}

/**
 * What a path in a container could be here: the project, or a part of it, can be mounted anywhere. `/app/src/x` is `app/src/x`,
 * `src/x` or `x`.
 */
function placesInContainer(command: SimpleCommand): readonly string[] {
  const name = programName(command.words[0]) ?? ''
  if (!CONTAINERS.has(name) && command.inner?.isElsewhere !== true) return []
  const paths = command.words
    .slice(1)
    .flatMap(({ values }) => values.flatMap((value) => value.match(/\/[^\s:;|&<>'"=,]+/g) ?? []))
  return paths.slice(0, MAX_PLACES).flatMap((file) => {
    const parts = file.split('/').filter((part) => part !== '')
    return parts.slice(0, MAX_PLACES).map((_, at) => parts.slice(at).join('/'))
  })
}

const CONTAINERS: ReadonlySet<string> = new Set(
  'docker podman nerdctl docker-compose podman-compose kubectl oc vagrant lima limactl multipass lxc incus wsl'.split(
    ' ',
  ),
)

/** More than anyone names. */
const MAX_PLACES = 16

/** They start programs for files that no word names. */
const GIVES_NAMES: ReadonlySet<string> = new Set(['xargs', 'fd', 'fdfind'])

/** The rule for changing a file which code names, or what a directory contains that is removed or moved. */
function findChangedRule(
  rules: readonly ParsedRule[],
  command: SimpleCommand,
  named: readonly string[],
  view: FsView,
): ParsedRule | null {
  const [directory = view.directory] = command.directories ?? []
  const files = named.filter((name) => /[./~]/.test(name))
  const fileRule = findRuleForNames(rules, view, inDirectory(directory, files), 'write')
  if (fileRule !== null) return fileRule
  if (couldWriteNamed(command)) {
    const written = [...touchedFiles(command, view)].map(({ file }) => file)
    const writtenRule = findRuleForNames(rules, view, written, 'write')
    if (writtenRule !== null) return writtenRule
  }
  if (!changesTrees(command)) return null
  for (const { access, file } of touchedFiles(command, view)) {
    const found = access === 'write' ? findFileRuleInside(rules, view, file, 'write') : null
    if (found !== null) return found
  }
  return null
}
