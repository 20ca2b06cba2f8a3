import type { LineGenerator } from '../fuzz.ts'
import { chance, mostlyPlainWord, pick, type Random, times } from './vocabulary.ts'

/** Sed scripts of harmless and dangerous commands, delimiters and brackets. */
export const sed: LineGenerator = {
  name: 'sed',
  next(random, project) {
    const script = scriptOf(random)
    const quoted = chance(random, 0.85)
      ? `'${script.replaceAll("'", "'\\''")}'`
      : JSON.stringify(script)
    const flags = pick(
      random,
      chance(random, 0.6)
        ? ['', '-n', '-E', '-nE', '-s', '-e']
        : [
            '',
            '-n',
            '-E',
            '-n -E',
            '-r',
            '-s',
            '-nE',
            '-z',
            '--posix',
            '--debug',
            '-u',
            '-i',
            '-n -i',
            '--sandbox',
            '-f',
            '-nf',
            '-l 5',
            '--null-data',
            '--in-place',
            '-ne',
            '-Ee',
            '-e',
            '--expression',
            '--exp',
            '--expression=',
          ],
    )
    const second = chance(random, 0.15) ? ` -e '${scriptOf(random).replaceAll("'", '')}'` : ''
    const files = times(random, 0, 2, () => mostlyPlainWord(random, project)).join(' ')
    const input = chance(random, 0.3)
      ? pick(random, [
          'echo "id;:/" | ',
          'cat README.md | ',
          "printf 'e\\np\\nw x\\n' | ",
          'echo ./evil | ',
        ])
      : ''
    return {
      line: `${input}sed ${flags}${flags.endsWith('=') ? '' : ' '}${quoted}${second} ${files}`,
    }
  },
}

function scriptOf(random: Random): string {
  const commands = times(random, 1, 3, () => command(random))
  const joined = commands.reduce(
    (text, one) =>
      text + pick(random, chance(random, 0.7) ? [';', '; '] : ['\n', ' ; ', ';;', '']) + one,
  )
  return chance(random, 0.12)
    ? `${address(random)}{${joined}${pick(random, ['', ';', '\n'])}}`
    : joined
}

function command(random: Random): string {
  return (
    address(random) +
    (chance(random, 0.45)
      ? substitution(random)
      : pick(random, chance(random, 0.8) ? HARMLESS : DANGEROUS))
  )
}

const HARMLESS: readonly string[] = [
  'p',
  'd',
  'D',
  'P',
  'n',
  'N',
  'h',
  'H',
  'g',
  'G',
  'x',
  'l',
  '=',
  'q',
  'Q',
  'l 1',
  'q5',
  'z',
  'F',
  'p;p',
  'b',
  't',
  ':a',
  'ba',
  ':p',
  'T',
]

const DANGEROUS: readonly string[] = [
  'e',
  'e ./evil',
  'w x',
  'W x',
  'r ../outside/secret.txt',
  'R ../outside/secret.txt',
  'w /dev/stdout',
  'r README.md',
  'y/abc/xyz/',
  'y,a,b,',
  'a x',
  'a\\\nx',
  'i x',
  'c x',
  'v',
  '#n',
  '# x',
  '}',
  '{p}',
]

function address(random: Random): string {
  if (chance(random, 0.55)) return ''
  const one = (): string =>
    pick(random, [
      '1',
      '2',
      '$',
      '0',
      '1~2',
      '/foo/',
      '/foo/I',
      '/[/]/',
      '/a\\/b/',
      '\\,foo,',
      '\\cfooc',
      '/[^/]*/',
      '//',
      '/[[:alpha:]]/',
      '/[]/]/',
      '/\\n/',
      '/[\\]/',
      '/x/M',
      '/[a\\/]/',
      `/${atom(random)}/`,
    ])
  const both = chance(random, 0.35)
    ? `${one()},${pick(random, ['', ' '])}${pick(random, [one(), '+1', '~2', '$'])}`
    : one()
  return both + pick(random, ['', '', '', '!', ' ', ' ! '])
}

function substitution(random: Random): string {
  const mark = pick(
    random,
    chance(random, 0.7)
      ? ['/', ',', '|', '#']
      : [
          '/',
          '/',
          '/',
          ',',
          '|',
          '#',
          '@',
          ':',
          '_',
          '%',
          ';',
          'x',
          '\\',
          '[',
          ' ',
          '.',
          '*',
          '&',
          '!',
          '-',
          's',
          'w',
          '~',
          '=',
        ],
  )
  const part = (): string => times(random, 0, 4, () => atom(random, mark)).join('')
  const flags = times(random, 0, chance(random, 0.6) ? 1 : 3, () =>
    pick(
      random,
      chance(random, 0.7)
        ? ['g', 'p', 'I', '2']
        : [
            'g',
            'p',
            'i',
            'I',
            '1',
            '2',
            'e',
            'w x',
            'm',
            'M',
            'w',
            'ge',
            ' ',
            'w /dev/stderr',
            ';',
            '\n',
            '}',
          ],
    ),
  ).join('')
  return `s${mark}${part()}${mark}${part()}${mark}${flags}`
}

function atom(random: Random, mark = '/'): string {
  if (chance(random, 0.6))
    return pick(random, ['a', 'foo', '.', '*', '[a-z]', '\\(', '\\)', '&', ' ', '\\1', `\\${mark}`])
  return pick(random, [
    'a',
    'b',
    'foo',
    '.',
    '*',
    '^',
    '$',
    '[a-z]',
    `[${mark}]`,
    `[^${mark}]`,
    `\\${mark}`,
    '\\\\',
    '\\n',
    '\\(',
    '\\)',
    '\\1',
    '&',
    '[',
    ']',
    '[]',
    '[]]',
    '[^]]',
    '[\\]',
    `[\\${mark}]`,
    '[[:alpha:]]',
    '[[:alpha:]',
    '[[.a.]]',
    '[[=a=]]',
    '[[.',
    '{',
    '}',
    ';',
    '#',
    ' ',
    ',',
    ':',
    '|',
    'w',
    'e',
    'p',
    '\n',
    '\\\n',
    '\\x2f',
    '\\o57',
    '\\d47',
    '\\cA',
    '\\w',
    '\\+',
    '\\?',
    '[^\'"]',
  ])
}
