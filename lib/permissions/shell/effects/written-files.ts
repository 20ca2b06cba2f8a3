import { plainValue, type ShellWord } from '../parse/word.ts'
import { skipGitOptions } from '../tables/git-options.ts'
import type { SimpleCommand } from '../types.ts'
import { systemProgram } from './read-access.ts'

/** The words that name the files a well-known program changes: used only to find what a rule denies. */
export function writtenWords({ words }: SimpleCommand): readonly ShellWord[] {
  const name = systemProgram(words[0]) ?? ''
  const args = words.slice(1)
  const outputs = [...valuesOf(OUTPUT_OPTIONS.get(name), args), ...valuesOf(/^(?:of=)(.+)$/, args)]
  const operands = args.filter((word) => !(word.values.at(0) ?? '').startsWith('-'))
  if (WRITES_ALL_OPERANDS.has(name) || (EDITS_IN_PLACE.test(name) && editsInPlace(args)))
    return [...outputs, ...operands]
  if (WRITES_LAST_OPERAND.has(name)) return [...outputs, ...operands.slice(-1)]
  if (name !== 'git') return outputs
  const { subcommand } = skipGitOptions(words)
  const isWriting = WRITING_GIT_SUBCOMMANDS.has(plainValue(words[subcommand]) ?? '')
  return isWriting ? operands : outputs
}

const WRITES_ALL_OPERANDS = new Set(
  'tee mv rm rmdir unlink shred truncate touch mkdir mkfifo chmod chown chgrp patch sponge ed ex'.split(
    ' ',
  ),
)

const WRITES_LAST_OPERAND = new Set(['cp', 'install', 'ln', 'link', 'rsync', 'scp'])

const EDITS_IN_PLACE = /^(g?sed|perl|ruby)$/

function editsInPlace(args: readonly ShellWord[]): boolean {
  return args.some(({ values }) => /^(-[a-zA-Z]*i|--in-place)/.test(values.at(0) ?? ''))
}

const WRITING_GIT_SUBCOMMANDS = new Set('checkout restore rm mv clean reset apply stash'.split(' '))

/** Options whose value, attached or the next word, is a file to write. */
const OUTPUT_OPTIONS: ReadonlyMap<string, RegExp> = new Map([
  ['sort', /^(?:-[a-zA-Z]*o|--output)(?:=?(.+))?$/],
  ['curl', /^(?:-[a-zA-Z]*o|--output|--output-dir)(?:=?(.+))?$/],
  ['wget', /^(?:-O|-P|--output-document|--directory-prefix)(?:=?(.+))?$/],
  ['unzip', /^-d(.+)?$/],
  ['tar', /^(?:-C|--directory)(?:=?(.+))?$/],
  ...['gcc', 'cc', 'g++', 'clang', 'go', 'esbuild', 'tree', 'shuf'].map(
    (name): [string, RegExp] => [name, /^(?:-o|--outfile)(?:=?(.+))?$/],
  ),
  ...['cp', 'mv', 'install', 'ln'].map((name): [string, RegExp] => [
    name,
    /^(?:-t|--target-directory)(?:=?(.+))?$/,
  ]),
])

function valuesOf(option: RegExp | undefined, args: readonly ShellWord[]): readonly ShellWord[] {
  if (option === undefined) return []
  return args.flatMap((word, at) => {
    const found = option.exec(word.values.at(0) ?? '')
    if (found === null) return []
    const value = found[1] === undefined ? args[at + 1] : { ...word, values: [found[1]] }
    return value === undefined ? [] : [value]
  })
}
