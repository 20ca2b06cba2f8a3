import type { LineGenerator } from '../fuzz.ts'
import { chance, mostlyPlainWord, pick, type Random, times } from './vocabulary.ts'

/** Awk scripts of harmless and dangerous parts, in places where slashes, brackets and `>` have two meanings. */
export const awk: LineGenerator = {
  name: 'awk',
  next(random, project) {
    const script = scriptOf(random)
    const quoted = chance(random, 0.9)
      ? `'${script.replaceAll("'", "'\\''")}'`
      : JSON.stringify(script)
    const flags = chance(random, 0.7) ? '' : `${pick(random, FLAGS)} `
    const files = times(random, 0, 2, () =>
      chance(random, 0.85) ? mostlyPlainWord(random, project) : pick(random, AFTER),
    ).join(' ')
    const input = chance(random, 0.3) ? pick(random, INPUTS) : ''
    return { line: `${input}${pick(random, NAMES)} ${flags}${quoted} ${files}` }
  },
}

const NAMES = ['awk', 'awk', 'awk', 'mawk', 'gawk', 'nawk']

const INPUTS = ['echo "id;:/" | ', 'cat README.md | ', "printf './evil\\nfoo\\n' | "]

const FLAGS = [
  ...['-F:', "-F ' '", "-F'\\t'", '-F/', '-F', '-v n=1', '-v x=./evil', '-vn=2', '-v', '--'],
  ...['-f args.txt', '-f', '-i inplace', '-l x', '-W exec', '-E', '-o', '-d', '-p', '--include=x'],
]

const AFTER = ['x=1', 'FS=:', '-F:', '-f', '--', '-', '-v', '-F/../../outside', './x=1']

function scriptOf(random: Random): string {
  return times(random, 1, 3, () => itemOf(random)).join(pick(random, ['; ', ';', ' ', '\n', '']))
}

function itemOf(random: Random): string {
  const pattern = chance(random, 0.6) ? condition(random) : ''
  if (pattern !== '' && chance(random, 0.4)) return pattern
  const statements = times(random, 1, 3, () => statement(random))
  return `${pattern}{${statements.join(pick(random, ['; ', ';', ';', '\n', ' ']))}}`
}

function condition(random: Random): string {
  return pick(random, [
    ...['BEGIN', 'END', 'NR==1', '$1 > 2', '/foo/', '!/foo/', '/a/,/b/', '$1 ~ /x/', '(NR > 1)'],
    ...['!seen[$0]++', '/[^/]x/', '/[/]/', '/\\//', '/=/', '(1) / 2', 'NR / 2', 'a /x/', '/]/'],
    value(random),
  ])
}

function statement(random: Random): string {
  const one = (): string => value(random)
  switch (Math.floor(random() * 8)) {
    case 0:
      return `print ${one()}`
    case 1:
      return `print ${one()}${pick(random, ['>', ' > ', ' >> ', ' | ', ' |& ', ' >= ', ' < '])}${one()}`
    case 2:
      return `printf "%s\\n", ${one()}`
    case 3:
      return `if (${one()} ${pick(random, ['>', '<', '==', '~', '|', '/'])} ${one()}) ${statement(random)}`
    case 4:
      return `for (i = 1; i ${pick(random, ['<', '>'])} 3; i++) ${statement(random)}`
    case 5:
      return `${pick(random, ['x', 'a[1]', '$1', 'FS', 'ARGV[1]', 'n'])} ${pick(random, ['=', '+=', '/=', '^='])} ${one()}`
    default:
      return one()
  }
}

function value(random: Random): string {
  const one = (): string => (chance(random, 0.7) ? pick(random, VALUES) : value(random))
  switch (Math.floor(random() * 6)) {
    case 0:
      return `${one()} ${pick(random, ['+', '-', '/', '*', '', '&&', '?', '>', '|', ','])} ${one()}`
    case 1:
      return `(${one()})`
    case 2:
      return `${pick(random, CALLS)}(${one()}, ${one()})`
    default:
      return pick(random, VALUES)
  }
}

const VALUES: readonly string[] = [
  ...[
    '$1',
    '$0',
    '$NF',
    'NR',
    'x',
    'a[1]',
    '1',
    '2.5',
    '"x"',
    '"./evil"',
    '/foo/',
    '/[a-z]/',
    '"a/b"',
  ],
  ...['"../outside/secret.txt"', 'ENVIRON["SECRET"]', 'ARGV[1]', 'getline', 'getline x', 'length'],
  ...[
    '"./evil" | getline',
    'getline < "args.txt"',
    '-1',
    '!x',
    'i++',
    '/a\\/b/',
    '"\\"x"',
    '/[^]/]/',
  ],
]

const CALLS = [
  'system',
  'close',
  'substr',
  'length',
  'split',
  'sub',
  'print',
  'sprintf',
  'x',
  'int',
]
