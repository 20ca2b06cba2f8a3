import path from 'node:path'
import type { FsView } from '../../facts/facts.ts'
import type { ShellWord } from '../parse/word.ts'
import { skipGitOptions } from '../tables/git-options.ts'
import { isDescriptorCopy, isInlineText, type SimpleCommand } from '../types.ts'
import { objectPaths } from './git-output.ts'
import { pathsOf, systemProgram } from './read-access.ts'
import { namesInDirectory, writtenWords } from './written-files.ts'

/** The files that a command could read or write, judging by its words: used only to find what a rule denies. */
export function* touchedFiles(
  command: SimpleCommand,
  view: FsView,
): Generator<{ readonly access: 'read' | 'write'; readonly file: string }> {
  const { words, redirections } = command
  const directories = gitDirectories(words, command.directories ?? [view.directory], view)
  const onlyPrints = /^(echo|printf|true|:|\[\[)$/.test(systemProgram(words[0]) ?? '')
  for (const word of onlyPrints ? [] : words.slice(1)) {
    for (const file of possiblePaths(word, directories, view)) yield { access: 'read', file }
  }
  if (systemProgram(words[0]) === 'git') {
    for (const word of words.slice(1)) {
      for (const directory of directories) {
        for (const file of objectPaths(word, directory, view)) yield { access: 'read', file }
      }
    }
  }
  for (const word of writtenWords(command)) {
    for (const file of possiblePaths(word, directories, view)) yield { access: 'write', file }
  }
  for (const word of namesInDirectory(command)) {
    for (const file of possiblePaths(word, directories, view)) {
      if (view.exists(`${path.dirname(file)}/.`)) yield { access: 'write', file }
    }
  }
  for (const { operator, target } of redirections) {
    if (target === null || isInlineText({ operator, target })) continue
    if (isDescriptorCopy({ operator, target })) continue
    const files = [...possiblePaths(target, directories, view)]
    // `<>` opens for both.
    if (operator.startsWith('<')) for (const file of files) yield { access: 'read', file }
    if (operator !== '<') for (const file of files) yield { access: 'write', file }
  }
}

/** `git -C src` runs in that directory as well. */
function gitDirectories(
  words: readonly ShellWord[],
  directories: readonly string[],
  view: FsView,
): readonly string[] {
  if (systemProgram(words[0]) !== 'git') return directories
  const all = [...directories]
  for (const word of skipGitOptions(words).directories) {
    all.push(...all.flatMap((from) => pathsOf(word, from, view) ?? []))
    if (all.length > MAX_GIT_DIRECTORIES) break
  }
  return all
}

/** More than a line would name. */
const MAX_GIT_DIRECTORIES = 16

function* possiblePaths(
  word: ShellWord,
  directories: readonly string[],
  view: FsView,
): Generator<string> {
  for (const directory of directories) yield* pathsOf(word, directory, view) ?? []
  for (const value of word.values) {
    for (const within of namesInside(value)) {
      for (const directory of directories)
        yield within.startsWith('/') ? within : `${directory}/${within}`
    }
  }
}

/** `--file=.env`, `-f.env`, `if=.env`, `f=@.env;type=x`, `HEAD:.env`, `./.env:/app`, `file:///p/.env`. */
function namesInside(value: string): readonly string[] {
  if (/\s/.test(value)) return []
  const parts = value.replace(/^-\w(?=[./~\w])/, '=').split(/[=:;,@]|(?<=:\/)\//)
  return parts.length === 1 ? [] : parts.filter((part) => part !== '').slice(0, MAX_NAMES_IN_WORD)
}

/** More than any option or address has. */
const MAX_NAMES_IN_WORD = 16
