import { execFileSync } from 'node:child_process'
import { READONLY_PROGRAMS } from '../../../../lib/permissions/shell/tables/readonly-programs.ts'
import type { LineGenerator } from '../fuzz.ts'
import type { ScratchProject } from '../scratch-project.ts'
import { anyWord, chance, mostlyPlainWord, pick, type Random, times } from './vocabulary.ts'

/** Every listed program with options from the tables and from `--help`: abbreviated, bundled, with odd values. */
export const options: LineGenerator = {
  name: 'options',
  next(random, project) {
    const name = pick(random, NAMES)
    const args = times(random, 1, 4, () =>
      chance(random, 0.6) ? option(random, project, name) : mostlyPlainWord(random, project),
    )
    const input = chance(random, 0.2)
      ? ` < ${pick(random, ['README.md', 'args.txt', 'list0'])}`
      : ''
    const before = chance(random, 0.05) ? `${pick(random, WRAPPERS)} ` : ''
    const operand = NEEDS_OPERAND.get(name)
    const words = operand === undefined || chance(random, 0.3) ? args : [operand, ...args]
    return { line: `${before}${name} ${words.join(' ')}${input}` }
  },
}

const WRAPPERS = [
  'timeout 3',
  'nice',
  'env',
  'command',
  'stdbuf -o0',
  'nohup',
  'time',
  'xargs',
  'env -',
]

/** Programs with a separate table, in addition to those of the common table. */
const SPECIAL = [
  'printf',
  'find',
  'sed',
  'jq',
  'awk',
  'test',
  'date',
  'git log',
  'git diff',
  'git status',
  'git grep',
  'git ls-files',
  'git show',
  'git blame',
  'git rev-parse',
  'git cat-file',
  'git branch',
  'git tag',
  'git ls-tree',
  'git rev-list',
  'git shortlog',
  'git for-each-ref',
  'git describe',
  'git config',
  'git remote',
  'git reflog',
  'git check-ignore',
  'git diff-tree',
  'git diff-index',
  'git stash',
  'git show-ref',
  'git worktree',
  'git',
  'timeout',
  'nice',
  'stdbuf',
  'env',
  'xargs',
  'bash',
  'time',
  'command',
  'set',
  'read',
  'cd',
  'pushd',
]

const NAMES: readonly string[] = [...READONLY_PROGRAMS.keys(), ...SPECIAL]

/** What a program needs before anything else, so that its options are reached. */
const NEEDS_OPERAND: ReadonlyMap<string, string> = new Map([
  ['grep', 'foo'],
  ['egrep', 'foo'],
  ['fgrep', 'foo'],
  ['rg', 'foo'],
  ['sed', '-n 1p'],
  ['jq', '.'],
  ['awk', '1'],
  ['git stash', 'list'],
  ['git diff-index', 'HEAD'],
  ['find', '.'],
  ['tr', 'a b'],
  ['cut', '-f1'],
  ['timeout', '5'],
  ['git grep', 'foo'],
])

const VALUES: readonly string[] = [
  ...[
    '1',
    '2',
    'x',
    'README.md',
    'src',
    'args.txt',
    'list0',
    '../outside/secret.txt',
    '-1',
    '0',
    '',
    "''",
    '"$x"',
    '$x',
    '*',
    '-',
    '-o',
  ],
  ...[
    '/dev/null',
    'auto',
    'always',
    'never',
    '%n',
    '%s',
    ',',
    ':',
    'c',
    'name',
    'json',
    'ts',
    './evil',
    '|./evil',
    '!./evil',
    '@args.txt',
    '~',
  ],
]

function option(random: Random, project: ScratchProject, program: string): string {
  const known = optionsOf(program)
  const value = (): string =>
    chance(random, 0.8) ? pick(random, VALUES) : anyWord(random, project)
  const letter = (): string =>
    known.letters.length > 0 && chance(random, 0.9)
      ? pick(random, known.letters)
      : pick(random, LETTERS)
  switch (Math.floor(random() * 7)) {
    case 0:
      return `-${letter()}`
    case 1:
      return `-${times(random, 2, 4, letter).join('')}`
    case 2:
      return `-${letter()} ${value()}`
    case 3:
      return `-${times(random, 1, 3, letter).join('')}${value()}`
    case 4: {
      const name = known.long.length > 0 ? pick(random, known.long) : 'help'
      return `--${name}${chance(random, 0.4) ? `=${value()}` : ''}`
    }
    case 5: {
      // Abbreviated as far as it may still be unique.
      const name = known.long.length > 0 ? pick(random, known.long) : 'version'
      const part = name.slice(0, 1 + Math.floor(random() * name.length))
      return `--${part}${chance(random, 0.5) ? `${pick(random, ['=', ' '])}${value()}` : ''}`
    }
    default:
      return pick(random, [
        `"-${letter()}"`,
        `-${letter()}"$x"`,
        `$x-${letter()}`,
        '--',
        `-- -${letter()}`,
        `+${letter()}`,
        `--${letter()}`,
        `-${letter()}\\\n${letter()}`,
        `$'-${letter()}'`,
        `-{${letter()},${letter()}}`,
        `-${letter()}*`,
        `-${letter()}=${value()}`,
        String(Math.floor(random() * 99)),
      ])
  }
}

const LETTERS: readonly string[] = [
  ...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789',
]

interface KnownOptions {
  readonly letters: readonly string[]
  readonly long: readonly string[]
}

const known = new Map<string, KnownOptions>()

/** The options of the table, and those that the program's own help names: those are the dangerous ones. */
function optionsOf(program: string): KnownOptions {
  const earlier = known.get(program)
  if (earlier !== undefined) return earlier
  const table = READONLY_PROGRAMS.get(program)
  const help = helpOf(program)
  const letters = new Set([
    ...[
      ...(table?.flags ?? ''),
      ...(table?.values ?? ''),
      ...(table?.files ?? ''),
      ...(table?.maybe ?? ''),
    ],
    ...[...help.matchAll(/(?<![\w-])-([a-zA-Z0-9])\b/g)].map(([, letter = '']) => letter),
  ])
  const long = new Set([
    ...(table?.long ?? []).map((name) => name.replace(/[=?@]$/, '')),
    ...[...help.matchAll(/--(?:\[no-\])?([a-z][\w-]+)/g)].map(([, name = '']) => name),
    ...(program === 'find' ? ['fprint'] : []),
  ])
  const found = { letters: [...letters], long: [...long] }
  known.set(program, found)
  return found
}

function helpOf(program: string): string {
  const [name = '', ...more] = program.split(' ')
  // Some builtins and git print their help only in this form; git ends with an error.
  const args = name === 'git' ? [...more, '-h'] : ['--help']
  try {
    return execFileSync(name, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 5_000,
    })
  } catch (thrown) {
    const { stdout = '', stderr = '' } = thrown as { stdout?: string; stderr?: string }
    return `${stdout}${stderr}`
  }
}
