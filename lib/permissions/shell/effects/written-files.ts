import path from 'node:path'
import { plainValue, type ShellWord } from '../parse/word.ts'
import { skipGitOptions } from '../tables/git-options.ts'
import { READONLY_PROGRAMS } from '../tables/readonly-programs.ts'
import type { SimpleCommand } from '../types.ts'
import { systemProgram } from './read-access.ts'

/** The words that name the files a well-known program changes: used only to find what a rule denies. */
export function writtenWords({ words, inner }: SimpleCommand): readonly ShellWord[] {
  const name = systemProgram(words[0]) ?? ''
  const args = words.slice(1)
  const outputs = [...valuesOf(OUTPUT_OPTIONS.get(name), args), ...valuesOf(/^(?:of=)(.+)$/, args)]
  const operands = args.filter((word) => !(word.values.at(0) ?? '').startsWith('-'))
  if (WRITES_ALL_OPERANDS.has(name) || (EDITS_IN_PLACE.test(name) && editsInPlace(args)))
    return [...outputs, ...operands]
  if (
    COMPRESSES.test(name) &&
    !args.some(({ text }) => /^-[a-z\d]*[ctl]|^--(std|test|list)/.test(text))
  )
    return [...outputs, ...operands]
  if (/^[gm]?awk$/.test(name) && args.some(({ text }) => /inplace/.test(text))) return operands
  if (name === 'find' && (changesFound(args) || inner?.commands.some(changesOperands) === true))
    return [...outputs, ...operands]
  if (name === 'tar' && args.some(({ text }) => CREATES_ARCHIVE.test(text)))
    return [...outputs, ...valuesOf(/^(?:-?[a-zA-Z]*f|--file)(?:=(.+))?$/, args)]
  if (WRITES_SECOND_OPERAND.has(name)) {
    const files = operands.filter(({ text }) => !/^\d+$/.test(text))
    return files.length > 1 ? files.slice(-1) : []
  }
  if (WRITES_LAST_OPERAND.has(name)) return [...outputs, ...operands.slice(-1)]
  if (name !== 'git') return outputs
  const { subcommand } = skipGitOptions(words)
  const called = plainValue(words[subcommand]) ?? ''
  // The subcommand is not a file.
  if (WRITING_GIT_SUBCOMMANDS.has(called))
    return operands.filter((word) => word !== words[subcommand])
  const isShort = called === 'archive' || called === 'format-patch'
  return valuesOf(isShort ? GIT_OUTPUT_OR_SHORT : GIT_OUTPUT, args)
}

/** The names that files get where the last operand is a directory: `cp -r x/.git .` */
export function namesInDirectory({ words }: SimpleCommand): readonly ShellWord[] {
  if (!PLACES_IN_DIRECTORY.has(systemProgram(words[0]) ?? '')) return []
  const operands = words.slice(1).filter((word) => !(word.values.at(0) ?? '').startsWith('-'))
  const [target] = operands.at(-1)?.values ?? []
  const last = operands.at(-1)
  if (last === undefined || target === undefined) return []
  return operands.slice(0, -1).map((word) => ({
    ...last,
    isCertain: last.isCertain && word.isCertain,
    values: word.values.map((value) => `${target}/${path.basename(value)}`),
    glob: null,
  }))
}

const PLACES_IN_DIRECTORY = new Set(['cp', 'mv', 'install', 'ln', 'rsync', 'scp'])

/** Whether a program changes the files that another one gives it, as `xargs` does. */
export function changesOperands({ words }: SimpleCommand): boolean {
  const name = systemProgram(words[0]) ?? ''
  const isInPlace = EDITS_IN_PLACE.test(name) && editsInPlace(words.slice(1))
  return (
    isInPlace ||
    [WRITES_ALL_OPERANDS, WRITES_LAST_OPERAND].some((names) => names.has(name)) ||
    COMPRESSES.test(name)
  )
}

/**
 * Whether a program could change any file that one of its words names, in an option too: it is not known which of them it writes.
 * Used to find what a rule denies, or what is protected.
 */
export function couldWriteNamed({ words }: SimpleCommand): boolean {
  const name = systemProgram(words[0])
  if (name === null) return words.length > 0
  // What is written through a link is the file that it leads to.
  if (/^(ln|link)$/.test(name)) return true
  if (name !== 'git') return !READONLY_PROGRAMS.has(name) && !KNOWN_WRITERS.has(name)
  const called = plainValue(words[skipGitOptions(words).subcommand])
  return called === null || !KNOWN_GIT_SUBCOMMANDS.has(called)
}

/** Whether a program changes what is inside the directories that it names. */
export function changesTrees({ words }: SimpleCommand): boolean {
  const name = systemProgram(words[0]) ?? ''
  // What is inside a directory gets to another one: `cp -a x/. .`
  if (name === 'cp')
    return words
      .slice(1, -1)
      .some(({ values }) => values.some((one) => /(^|\/)\.$|^-\w*T|^--no-t/.test(one)))
  if (name !== 'git') return TREE_CHANGERS.has(name)
  return WRITING_GIT_SUBCOMMANDS.has(plainValue(words[skipGitOptions(words).subcommand]) ?? '')
}

const TREE_CHANGERS = new Set(
  'rm mv chmod chown chgrp find rsync gzip gunzip bzip2 xz zstd'.split(' '),
)

function changesFound(args: readonly ShellWord[]): boolean {
  return args.some(({ text }, at) => {
    if (text === '-delete') return true
    const isStart = /^-(exec|execdir|ok|okdir)$/.test(text)
    return isStart && WRITES_ALL_OPERANDS.has(systemProgram(args[at + 1]) ?? '')
  })
}

const COMPRESSES = /^(gzip|gunzip|pigz|bzip2|bunzip2|xz|unxz|lzma|unlzma|zstd|unzstd)$/

const CREATES_ARCHIVE = /^(-?[a-zA-Z]*[cruA][a-zA-Z]*|--(create|append|update))$/

const WRITES_SECOND_OPERAND = new Set(['uniq', 'xxd', 'split'])

/** Long options can be shortened. */
const GIT_OUTPUT = /^--out[a-z-]*(?:=(.+))?$/
const GIT_OUTPUT_OR_SHORT = /^(?:-[a-zA-Z]*?o|--out[a-z-]*(?:=|$))(.+)?$/

const WRITES_ALL_OPERANDS = new Set(
  'tee mv rm rmdir unlink shred truncate touch mkdir mkfifo chmod chown chgrp patch sponge ed ex'.split(
    ' ',
  ),
)

const WRITES_LAST_OPERAND = new Set(['cp', 'install', 'ln', 'link', 'rsync', 'scp'])

/** Programs of which the functions here know what they write, and commands of the shell. */
const KNOWN_WRITERS = new Set([
  ...[...WRITES_ALL_OPERANDS, ...WRITES_LAST_OPERAND, ...WRITES_SECOND_OPERAND, 'mv', 'dd'],
  ...'gzip gunzip pigz bzip2 bunzip2 xz unxz lzma unlzma zstd unzstd zcat bzcat xzcat'.split(' '),
  ...'sed gsed perl ruby yq awk gawk mawk find tar sort diff jq rg bat'.split(' '),
  ...'test [ printf printenv date cd pushd popd read wait set export unset source . command type which xargs env'.split(
    ' ',
  ),
  ...'md5sum sha1sum sha256sum sha512sum shasum cksum b2sum base64 base32 od hd'.split(' '),
  ...'sudo timeout nice ionice nohup stdbuf time exec builtin bash sh dash zsh'.split(' '),
])

const KNOWN_GIT_SUBCOMMANDS = new Set(
  `add annotate archive bisect blame branch cat-file check-attr check-ignore checkout cherry-pick clean commit describe
  diff diff-files diff-index diff-tree fetch for-each-ref format-patch grep hash-object log ls-files ls-tree merge mv name-rev
  notes pull push rebase reflog remote reset restore rev-list rev-parse revert rm shortlog show show-ref stash status switch
  symbolic-ref tag update-index verify-commit verify-tag version whatchanged`.split(/\s+/),
)

const EDITS_IN_PLACE = /^(g?sed|perl|ruby|yq)$/

function editsInPlace(args: readonly ShellWord[]): boolean {
  return args.some(({ values }) => /^(-[a-zA-Z]*i|--in-?place)/.test(values.at(0) ?? ''))
}

const WRITING_GIT_SUBCOMMANDS = new Set('checkout restore rm mv clean reset apply stash'.split(' '))

/** Options whose value, attached or the next word, is a file to write. */
const OUTPUT_OPTIONS: ReadonlyMap<string, RegExp> = new Map([
  ['sort', /^(?:-[a-zA-Z]*o|--output)(?:=?(.+))?$/],
  ...['base64', 'base32'].map((name): [string, RegExp] => [
    name,
    /^(?:-[a-zA-Z]*o|--output)(?:=?(.+))?$/,
  ]),
  ['curl', /^(?:-[a-zA-Z]*o|--output-dir|--output)(?:=?(.+))?$/],
  ['wget', /^(?:-[a-zA-Z]*[OP]|--output-document|--directory-prefix)(?:=?(.+))?$/],
  ['find', /^-f(?:print0?|printf|ls)$/],
  ['time', /^(?:-[a-z]*o|--output)(?:=?(.+))?$/],
  ['unzip', /^-[a-zA-Z:]*d(.+)?$/],
  ['tar', /^(?:-C|--directory)(?:=?(.+))?$/],
  ...['gcc', 'cc', 'g++', 'clang', 'go', 'esbuild', 'tree', 'shuf'].map(
    (name): [string, RegExp] => [name, /^(?:-o|--outfile)(?:=?(.+))?$/],
  ),
  ...['cp', 'mv', 'install', 'ln'].map((name): [string, RegExp] => [
    name,
    /^(?:-[a-zA-Z]*t|--t[a-z-]*)(?:=?(.+))?$/,
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
