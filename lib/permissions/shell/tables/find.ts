import { CWD, mayReadBelowWord, mayReadWord, type ReadPolicy } from '../effects/read-access.ts'
import { plainValue, type ShellWord } from '../parse/word.ts'
import type { SimpleCommand } from '../types.ts'

const FIND_FLAGS = new Set([
  ...[
    '-P',
    '-print',
    '-print0',
    '-prune',
    '-empty',
    '-not',
    '!',
    '-o',
    '-or',
    '-a',
    '-and',
    '(',
    ')',
  ],
  ...[
    '-depth',
    '-xdev',
    '-mount',
    '-daystart',
    '-true',
    '-false',
    '-quit',
    '-executable',
    '-readable',
  ],
  ...['-writable', '-ls', '-noleaf', '-nouser', '-nogroup', '-ignore_readdir_race', ','],
])

const FIND_VALUES = new Set([
  ...[
    '-name',
    '-iname',
    '-path',
    '-ipath',
    '-wholename',
    '-iwholename',
    '-regex',
    '-iregex',
    '-regextype',
  ],
  ...[
    '-type',
    '-xtype',
    '-maxdepth',
    '-mindepth',
    '-size',
    '-mtime',
    '-mmin',
    '-atime',
    '-amin',
    '-ctime',
  ],
  ...[
    '-cmin',
    '-perm',
    '-user',
    '-group',
    '-uid',
    '-gid',
    '-links',
    '-inum',
    '-printf',
    '-newermt',
    '-used',
    '-lname',
  ],
])

/** Tests that read another file. */
const FIND_FILES = new Set(['-newer', '-anewer', '-cnewer', '-samefile'])

/** Lists names inside the project. With `-exec`, the programs are checked separately and must get only regular files. */
export function isReadOnlyFind(
  args: readonly ShellWord[],
  { directories }: SimpleCommand,
  readPolicy: ReadPolicy,
): boolean {
  let at = 0
  for (; at < args.length; at++) {
    const value = plainValue(args[at])
    if (value !== null && /^(-.*|[!(),])$/.test(value)) break
    const word = args[at]
    if (word?.values.some((one) => /^[-!(),]/.test(one))) return false
    if (word === undefined || !mayReadWord(word, directories, readPolicy)) return false
  }
  let starts = false
  for (; at < args.length; at++) {
    const value = plainValue(args[at])
    if (value === null) return false
    if (FIND_FLAGS.has(value)) continue
    if (value === '-exec') {
      starts = true
      while (at < args.length && !/^[;+]$/.test(plainValue(args[at]) ?? '')) at++
    } else if (FIND_FILES.has(value)) {
      const file = args[++at]
      if (file === undefined || !mayReadWord(file, directories, readPolicy)) return false
    } else if (!FIND_VALUES.has(value) || plainValue(args[++at]) === null) return false
  }
  return !starts || (matchesOnlyFiles(args) && mayReadBelowAll(args, directories, readPolicy))
}

/** The started programs can get every file below. */
function mayReadBelowAll(
  args: readonly ShellWord[],
  directories: SimpleCommand['directories'],
  readPolicy: ReadPolicy,
): boolean {
  const end = args.findIndex((word) => /^[-!(]/.test(word.values.at(0) ?? ''))
  const starts = end > 0 ? args.slice(0, end) : [CWD]
  return starts.every((word) => mayReadBelowWord(word, directories, readPolicy))
}

function matchesOnlyFiles(args: readonly ShellWord[]): boolean {
  const values = args.map((word) => plainValue(word) ?? '')
  const type = values.indexOf('-type')
  const isEither = values.some((value) => /^(-o|-or|,|!|-not)$/.test(value))
  return type >= 0 && values[type + 1] === 'f' && type < values.indexOf('-exec') && !isEither
}
