import type { LineGenerator } from '../fuzz.ts'
import { anyWord, chance, mostlyPlainWord, pick, type Random, times } from './vocabulary.ts'

/**
 * Files that one program finds and another reads, by `xargs`, `-exec` and loops; and variables with known values. The project
 * has names with blanks, dashes and line breaks, and links that lead outside.
 */
export const foundFiles: LineGenerator = {
  name: 'found-files',
  next(random, project) {
    const word = (): string => mostlyPlainWord(random, project)
    const found = (): string =>
      pick(random, [() => find(random, word), () => listing(random, word)])()
    const filters = (): string => times(random, 0, 2, () => ` | ${pick(random, FILTERS)}`).join('')
    const piped = (): string =>
      `${found()}${filters()} ${chance(random, 0.05) ? '|&' : '|'} ${xargs(random, word)}`
    const executed = (): string =>
      `${find(random, word)} -exec ${pick(random, READERS)} ${pick(random, ['{}', '{}', '{}', 'x{}', '{} {}', '-- {}'])} ${pick(random, ['\\;', '+'])}${chance(random, 0.2) ? ' -type f' : ''}`
    const assigned = (): string => {
      const name = pick(random, ['f', 'f', 'g'])
      const value = chance(random, 0.4) ? anyWord(random, project) : word()
      const use = pick(random, ['"$f"', '$f', '"${f}"', '"$f"/*', 'src/$f', '"$g"'])
      const line = `${name}=${value}`
      const place = pick(random, [
        `${line}; `,
        `${line}; `,
        `${line}\n`,
        `${line} && `,
        `(${line}); `,
        `{ ${line}; }; `,
        `if true; then ${line}; fi; `,
        `for i in 1 2; do ${line}; done; `,
        `${line} | `,
        `${line} & `,
        `while read -r f; do :; done < README.md; `,
        `read -r f < README.md; `,
      ])
      const reader = `${pick(random, READERS)} ${use}`
      const inner = pick(random, [
        reader,
        reader,
        `echo "$(${reader})"`,
        `bash -c '${reader}'`,
        `for i in $(seq ${pick(random, ['2', '1 3', '3 1', '0'])}); do ${reader}; ${line}; done`,
      ])
      return `${chance(random, 0.5) ? 'f=README.md; ' : ''}${place}${inner}`
    }
    return { line: pick(random, [piped, piped, executed, assigned, assigned])() }
  },
}

function find(random: Random, word: () => string): string {
  const start = pick(random, [
    '',
    '. ',
    'src ',
    '. src ',
    `${word()} `,
    '-L . ',
    './ ',
    '.. ',
    '@args.txt ',
    '-- -f ',
    '* ',
  ])
  const tests = times(random, 0, 3, () => pick(random, TESTS))
  const action = chance(random, 0.3)
    ? ` ${pick(random, ['-print0', '-print', '-printf "%p\\0"', '-quit', '-ls', '-type f -print0'])}`
    : ''
  return `find ${start}${tests.join(pick(random, [' ', ' ', ' -o ', ' , ']))}${action}`
}

function listing(random: Random, word: () => string): string {
  return pick(random, [
    `grep -rl foo ${word()}`,
    `grep -rlZ foo ${pick(random, ['src', '.', '', '-- -x'])}`,
    `git ls-files${pick(random, ['', ' -z', " '*.ts'", ' -o', ' src'])}`,
    `ls ${word()}`,
    `printf '%s\\0' ${word()}`,
    `printf '%s\\n' ${pick(random, ['@args.txt', '-f', '-r', '+!id', './-n', '--files0-from=list0'])}`,
    `ls -d ${pick(random, ['*', './*', '@*', '-*', './-*'])}`,
  ])
}

function xargs(random: Random, word: () => string): string {
  const options = times(random, 0, 2, () => pick(random, XARGS_OPTIONS)).join(' ')
  const mark = options.includes('-I') ? ` ${pick(random, ['{}', 'x{}', 'X'])}` : ''
  const more = chance(random, 0.1) ? ` ${word()}` : ''
  return `xargs ${options} ${pick(random, READERS)}${more}${mark}`
}

const TESTS: readonly string[] = [
  ...[
    "-name '*.ts'",
    "-name '*'",
    '-type f',
    '-type f',
    '! -type f',
    '-type d',
    '-type l',
    '-not -name a',
  ],
  ...[
    '\\( -name a -o -type f \\)',
    '-path ./src -prune',
    '-maxdepth 1',
    '-empty',
    '-newer README.md',
  ],
  ...[
    "-name '*.md'",
    '-xtype f',
    '-name -type',
    '-regex .*',
    '-true',
    '-print',
    '-exec echo + -type f \\;',
  ],
]

const FILTERS: readonly string[] = [
  ...['sort', 'sort -u', 'sort -z', 'head -5', 'head -n 2', 'head -z -n 3', 'head -c 7', 'tail -3'],
  ...[
    'grep -v x',
    'grep -z t',
    'grep -o t',
    'uniq',
    'cat',
    'cut -c 3-',
    "sed 's,^./,,'",
    'tr a / ',
    'grep foo README.md',
  ],
]

const XARGS_OPTIONS: readonly string[] = [
  ...[
    '-0',
    '-0',
    '-r',
    '-n 1',
    '-n1',
    '-t',
    '-I{}',
    '-I X',
    '-d x',
    '-L 1',
    '-P 2',
    '-a README.md',
    '--null',
    '-i',
    '-x',
  ],
]

const READERS: readonly string[] = [
  ...[
    'cat',
    'wc -l',
    'head -2',
    'tail -n 1',
    'grep foo',
    'grep -l foo',
    'grep -c',
    'ls -la',
    'stat -c %n',
    'file',
    'nl',
  ],
  ...[
    'echo',
    'basename',
    'dirname',
    'sort',
    'uniq',
    'sed -n 1p',
    'sed -n',
    'jq .',
    'diff',
    'rm',
    'sh -c',
    'cut -c 1',
  ],
  // Names are files of options to strings, and files to write to xxd.
  ...['strings', 'strings -n 4', 'xxd', 'xxd -p', 'less', 'more', 'realpath', 'tac', 'cat --'],
]
