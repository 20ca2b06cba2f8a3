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
  const here = command.directories ?? [view.directory]
  const directories = gitDirectories(words, here, view)
  const others = otherDirectories(words, here, view)
  if (others.length > 0) {
    for (const inner of command.inner?.commands ?? [])
      yield* touchedFiles({ ...inner, directories: others }, view)
    directories.push(...others)
  }
  // A variable can contain a program and its operands.
  const [program] = words
  if (program !== undefined && !program.isCertain && !program.isOneWord) {
    const named = program.values.flatMap((value) => value.split(/\s+/).slice(1, MAX_NAMES_IN_WORD))
    for (const one of named)
      for (const file of possiblePaths({ ...program, values: [one] }, directories, view))
        yield { access: 'read', file }
  }
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
): string[] {
  const all = [...directories]
  if (systemProgram(words[0]) !== 'git') return all
  for (const word of skipGitOptions(words).directories) {
    all.push(...all.flatMap((from) => pathsOf(word, from, view) ?? []))
    if (all.length > MAX_GIT_DIRECTORIES) break
  }
  return all
}

/** Where a program is made to run, or where it looks for files: `env -C src`, `tar -C src`. */
function otherDirectories(
  words: readonly ShellWord[],
  directories: readonly string[],
  view: FsView,
): readonly string[] {
  if (systemProgram(words[0]) === 'git') return []
  const named = words.slice(1).flatMap((word, at) => {
    const found = CHANGES_DIRECTORY.exec(word.values.at(0) ?? '')
    if (found === null) return []
    const [, attached = ''] = found
    return attached === '' ? (words[at + 2] ?? []) : { ...word, values: [attached], glob: null }
  })
  return named
    .slice(0, MAX_GIT_DIRECTORIES)
    .flatMap((word) => directories.flatMap((from) => pathsOf(word, from, view) ?? []))
}

const CHANGES_DIRECTORY = /^(?:-[a-z]*C|--(?:chdir|directory|cwd)(?:=|$))(.*)$/s

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

/** `--file=.env`, `-f.env`, `if=.env`, `f=@.env;type=x`, `f=<.env`, `%output{.env}`, `HEAD:.env`, `./.env:/app`, `file:///p/.env`. */
function namesInside(value: string): readonly string[] {
  if (/\s/.test(value)) return []
  // Letters before the value can be a bundle: `-Ff.env`.
  const forms = [value.replace(/^-\w(?=[./~\w])/, '='), value.replace(/^-\w+?(?=[./~])/, '=')]
  const parts = [...new Set(forms)].flatMap((form) => form.split(/[=:;,@<{}]|(?<=:\/)\//))
  return parts.filter((part) => part !== '' && part !== value).slice(0, MAX_NAMES_IN_WORD)
}

/** More than any option or address has. */
const MAX_NAMES_IN_WORD = 16
