import type { FsView } from '../../types.ts'
import { plainValue, type ShellWord } from '../parse/word.ts'
import { isDescriptor, isText, type SimpleCommand } from '../types.ts'
import { filesOf, knownName } from './read-access.ts'
import { writtenBy } from './written-files.ts'

/** The files that a command may read or write, as far as its words can be read so: good to find what a rule forbids. */
export function* touchedFiles(
  command: SimpleCommand,
  ground: FsView,
): Generator<{ readonly how: 'read' | 'write'; readonly file: string }> {
  const { words, redirections, folders } = command
  const places = gitFolders(words, folders ?? [ground.directory])
  const isSpoken = /^(echo|printf|true|:|\[\[)$/.test(knownName(words[0]) ?? '')
  for (const word of isSpoken ? [] : words.slice(1)) {
    for (const file of meant(word, places)) yield { how: 'read', file }
  }
  for (const word of writtenBy(command)) {
    for (const file of meant(word, places)) yield { how: 'write', file }
  }
  for (const { operator, target } of redirections) {
    if (target === null || isText({ operator, target })) continue
    if (isDescriptor({ operator, target })) continue
    const how = operator === '<' ? 'read' : 'write'
    for (const file of meant(target, places)) yield { how, file }
  }
}

/** `git -C src` looks from there. */
function gitFolders(words: readonly ShellWord[], folders: readonly string[]): readonly string[] {
  if (knownName(words[0]) !== 'git') return folders
  const at = words.findIndex((word) => plainValue(word) === '-C')
  const folder = at < 0 ? null : plainValue(words[at + 1])
  if (folder === null) return folders
  return [
    ...folders,
    ...folders.map((from) => (folder.startsWith('/') ? folder : `${from}/${folder}`)),
  ]
}

function* meant(word: ShellWord, places: readonly string[]): Generator<string> {
  for (const place of places) yield* filesOf(word, place) ?? []
  for (const value of word.values) {
    for (const within of namesWithin(value)) {
      for (const place of places) yield within.startsWith('/') ? within : `${place}/${within}`
    }
  }
}

/** `--file=.env`, `-f.env`, `if=.env`, `f=@.env;type=x`, `HEAD:.env`, `./.env:/app`, `file:///p/.env`. */
function namesWithin(value: string): readonly string[] {
  if (/\s/.test(value)) return []
  const parts = value.replace(/^-\w(?=[./~\w])/, '=').split(/[=:;,@]|(?<=:\/)\//)
  return parts.length === 1 ? [] : parts.filter((part) => part !== '').slice(0, MOST_NAMES)
}

/** More parts than any option or address has. */
const MOST_NAMES = 16
