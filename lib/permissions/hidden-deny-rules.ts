import path from 'node:path'
import { type CommandRule, FILE_FAMILIES } from './command-rules.ts'
import { findDenyRule, findDenyRuleInside, type PolicyContext } from './decide-path.ts'
import { denyRuleForShown } from './git/tracked-files.ts'
import { couldMatchCommand, namesProgram } from './rules/command-rule.ts'
import type { ParsedRule } from './rules/rule.ts'
import { filesShownByGit } from './shell/effects/git-output.ts'
import { namesInCode, namesInScripts, renamedPrograms } from './shell/effects/inline-code.ts'
import { pathsOf, systemProgram } from './shell/effects/read-access.ts'
import { comparedDirectories, searchedDirectories } from './shell/effects/recursive-search.ts'
import { takenDirectories } from './shell/effects/taken-directories.ts'
import { touchedFiles } from './shell/effects/touched-files.ts'
import { readsUnknownFile, writesUnknownFile } from './shell/effects/unknown-files.ts'
import { changesOperands, changesTrees, couldWriteNamed } from './shell/effects/written-files.ts'
import type { SimpleCommand } from './shell/types.ts'

/** The rule that denies what a command names in its inline code, searches, shows by git, or could turn out to be. */
export function findHiddenRule(
  context: PolicyContext,
  command: SimpleCommand,
  denyRules: readonly CommandRule[],
): ParsedRule | null {
  const named = namesInCode(command)
  const denyRule = denyRules.find(
    ({ pattern }) =>
      couldMatchCommand(pattern, command) ||
      [...named, ...renamedPrograms(command), ...namesInScripts(command)].some((name) =>
        namesProgram(pattern, name),
      ),
  )
  if (denyRule !== undefined) return denyRule.rule
  if (!context.rules.deny.some(({ tool }) => FILE_FAMILIES.has(tool))) return null
  const editRule = context.rules.deny.find(
    ({ tool, payload }) => (tool === 'Edit' || tool === 'Write') && payload !== null,
  )
  const isGiven = GIVES_NAMES.has(systemProgram(command.words[0]) ?? '')
  const isUnknown = isGiven && command.inner?.commands.some(changesOperands) === true
  if (editRule !== undefined && (isUnknown || writesUnknownFile(command))) return editRule
  if (editRule !== undefined) {
    const changed = findChangedRule(context, command, named)
    if (changed !== null) return changed
  }
  const readRule = context.rules.deny.find(
    ({ tool, payload }) => tool === 'Read' && payload !== null,
  )
  if (readRule !== undefined && readsUnknownFile(command)) return readRule
  const [directory = context.view.directory] = command.directories ?? []
  const files = named.filter((name) => /[./~]/.test(name))
  for (const file of files) {
    const found = findDenyRule(context, path.resolve(directory, file), 'read')
    if (found !== null && found.payload !== null) return found
  }
  for (const { words, access } of searchedDirectories(command)) {
    for (const one of words.flatMap((word) => pathsOf(word, directory, context.view) ?? [])) {
      const found = findDenyRuleInside(context, one, access)
      if (found !== null) return found
    }
  }
  for (const one of comparedDirectories(command, directory, context.view)) {
    const found = findDenyRuleInside(context, one, 'read')
    if (found !== null) return found
  }
  for (const { file, access } of takenDirectories(command, context.view)) {
    const found = findDenyRuleInside(context, file, access)
    if (found !== null) return found
  }
  for (const shown of filesShownByGit(command, context.view)) {
    const found = denyRuleForShown(context, shown)
    if (found !== null) return found
  }
  return null
}

/** They start programs for files that no word names. */
const GIVES_NAMES: ReadonlySet<string> = new Set(['xargs', 'fd', 'fdfind'])

/** The rule that denies changing a file which code names, or what a directory contains that is removed or moved. */
function findChangedRule(
  context: PolicyContext,
  command: SimpleCommand,
  named: readonly string[],
): ParsedRule | null {
  const { view } = context
  const [directory = view.directory] = command.directories ?? []
  for (const name of named) {
    if (!/[./~]/.test(name)) continue
    const found = findDenyRule(context, path.resolve(directory, name), 'write')
    if (found !== null && found.payload !== null) return found
  }
  if (couldWriteNamed(command)) {
    for (const { file } of touchedFiles(command, view)) {
      const found = findDenyRule(context, file, 'write')
      if (found !== null && found.payload !== null) return found
    }
  }
  if (!changesTrees(command)) return null
  for (const { access, file } of touchedFiles(command, view)) {
    const found = access === 'write' ? findDenyRuleInside(context, file, 'write') : null
    if (found !== null) return found
  }
  return null
}
