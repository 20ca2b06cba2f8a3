import { plainValue, type ShellWord } from '../parse/word.ts'
import type { SimpleCommand } from '../types.ts'
import { knownName } from './read-access.ts'

/** The words by which a well-known program is told what to change: only good to find what a rule forbids. */
export function writtenBy({ words }: SimpleCommand): readonly ShellWord[] {
  const name = knownName(words[0]) ?? ''
  const args = words.slice(1)
  const given = [...valuesOf(OUTPUTS.get(name), args), ...valuesOf(/^(?:of=)(.+)$/, args)]
  const operands = args.filter((word) => !(word.values.at(0) ?? '').startsWith('-'))
  if (ALL.has(name) || (INSIDE.test(name) && editsInside(args))) return [...given, ...operands]
  if (LAST.has(name)) return [...given, ...operands.slice(-1)]
  if (name === 'git' && operands.some((word) => CHANGING.has(plainValue(word) ?? '')))
    return operands
  return given
}

const ALL = new Set(
  'tee mv rm rmdir unlink shred truncate touch mkdir mkfifo chmod chown chgrp patch sponge ed ex'.split(
    ' ',
  ),
)

const LAST = new Set(['cp', 'install', 'ln', 'link', 'rsync', 'scp'])

const INSIDE = /^(g?sed|perl|ruby)$/

function editsInside(args: readonly ShellWord[]): boolean {
  return args.some(({ values }) => /^(-[a-zA-Z]*i|--in-place)/.test(values.at(0) ?? ''))
}

const CHANGING = new Set('checkout restore rm mv clean reset apply stash'.split(' '))

/** Options whose value, attached or the next word, is written to. */
const OUTPUTS: ReadonlyMap<string, RegExp> = new Map([
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
