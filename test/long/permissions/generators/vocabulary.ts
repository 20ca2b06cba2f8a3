import type { ScratchProject } from '../scratch-project.ts'
import { ODD_NAMES } from '../scratch-project.ts'

export type Random = () => number

export function pick<Value>(random: Random, values: readonly Value[]): Value {
  return values[Math.floor(random() * values.length)] as Value
}

export function chance(random: Random, probability: number): boolean {
  return random() < probability
}

export function times<Value>(
  random: Random,
  least: number,
  most: number,
  make: () => Value,
): readonly Value[] {
  return Array.from({ length: least + Math.floor(random() * (most - least + 1)) }, make)
}

export const PLAIN_FILES: readonly string[] = [
  ...[
    'README.md',
    'src/a.ts',
    'src/b.ts',
    'src/sub/c.ts',
    'docs/guide.md',
    'package.json',
    'args.txt',
    'list0',
  ],
  ...[
    'src',
    'docs',
    '.',
    './src',
    'src/../README.md',
    'link-in',
    'link-dir',
    'link-dir/b.ts',
    'etc/passwd',
  ],
]

/** Files that no line may read, by every way that leads to them. */
export function outsideFiles({ outside, home, project }: ScratchProject): readonly string[] {
  return [
    ...[
      '../outside/secret.txt',
      '../outside',
      '..',
      '/etc/passwd',
      '/etc/shadow',
      '/etc',
      '/',
      'link-out/secret.txt',
    ],
    ...[
      'link-secret',
      'link-out',
      'link-chain/secret.txt',
      'link-relative',
      'link-etc/passwd',
      'docs/up/outside/secret.txt',
    ],
    ...[
      'src/l.ts',
      'src/../../outside/secret.txt',
      '~',
      '~/.netrc',
      '~/.ssh/id_rsa',
      '~root',
      '~+/../outside/secret.txt',
    ],
    ...[
      '/proc/self/environ',
      '/dev/fd/0',
      '/proc/self/cwd/../outside/secret.txt',
      'link-dir/../../outside/secret.txt',
    ],
    ...[
      'link-loop',
      'link-gone',
      `${outside}/secret.txt`,
      `${outside}/pipe`,
      `${home}/.netrc`,
      `${project}/../outside`,
    ],
  ]
}

const GLOBS: readonly string[] = [
  ...[
    '*',
    '*.md',
    'src/*',
    'src/*.ts',
    '*/*.ts',
    '**',
    '**/*.ts',
    '?',
    '??',
    '[a-z]*',
    '[[:graph:]]*',
    '[!a]*',
    '[]x]*',
  ],
  ...[
    '.*',
    './*',
    '*/',
    'link-*',
    'link-*/*',
    '[[:alpha:]]ink-secret',
    'l?nk-out/*',
    '../*',
    '../[o]utside/*',
    '-*',
    './-*',
  ],
  ...[
    'src/[ab].ts',
    'src/[',
    '[x',
    'x]',
    '[a-]*',
    '[^-]*',
    '@(a|b)',
    '!(src)',
    '+(s)rc',
    'docs/*/',
    'docs/*/outside/*',
  ],
  ...[
    '{src,docs}',
    '{..,src}/a.ts',
    's{r,}c',
    '{a..c}',
    '{1..3}',
    '{src,docs}/*',
    '{/etc,src}/passwd',
    "{'a',b}",
    '{,.}env',
  ],
]

const VARIABLE_WORDS: readonly string[] = [
  ...[
    '$HOME',
    '"$HOME"',
    '$x',
    '"$x"',
    '${x}',
    '${x:-src}',
    '"${x:-../outside}"',
    '${#x}',
    '${x%.ts}',
    '${x##*/}',
    '$1',
    '$@',
  ],
  ...[
    '"$@"',
    '$*',
    '$#',
    '$?',
    '$$',
    '$!',
    '$-',
    '$_',
    '$0',
    '${x/a/b}',
    '${x:1}',
    '${x:1:2}',
    '${x^^}',
    '${x@Q}',
    '${!x}',
  ],
  ...[
    '$SERVICE_TOKEN',
    '"$database_password"',
    '${SERVICE_TOKEN:0:4}',
    '${database_password%x}',
    '$PWD',
    '"$OLDPWD/x"',
    '$PATH',
  ],
  ...[
    '${x:=y}',
    '${PATH:=.}',
    '${x:?m}',
    '${x:+y}',
    '$((1+2))',
    '$((x))',
    '$(pwd)',
    '"$(ls src)"',
    '`pwd`',
    '$(echo ..)/outside',
  ],
  ...[
    '$(cat README.md)',
    '"$(git rev-parse HEAD)"',
    '$(echo $SERVICE_TOKEN)',
    '$RANDOM',
    '$BASH_VERSION',
    '$IFS',
    'a$x',
    '$x/b',
  ],
]

const QUOTED_WORDS: readonly string[] = [
  ...[
    "'a b'",
    '"a b"',
    'a\\ b',
    "''",
    '""',
    "'it'\\''s'",
    '"it\'s"',
    "$'a\\nb'",
    "$'\\x2e\\x2e/outside/secret.txt'",
    "$'\\056\\056'",
  ],
  ...[
    "$'\\u002e\\u002e/outside'",
    "$'\\x{2e}./outside'",
    "$'a\\0b'",
    "$'\\cA'",
    "$'README\\x2emd'",
    '$"hello"',
    '"a`pwd`b"',
    "$'\\''",
  ],
  ...[
    '\\~',
    '"~"',
    '~/x',
    'a~',
    '\\*',
    '"*"',
    "'*'",
    '\\$HOME',
    "'$HOME'",
    '"\\$HOME"',
    '"\\`id\\`"',
    '\\\n',
    'a\\\nb',
    '"a\nb"',
    "'a\nb'",
  ],
  ...[
    'src"/"a.ts',
    "s'r'c",
    's\\rc',
    '"src"/*.ts',
    "'src/'*",
    'src/\\*',
    '"..""/outside"',
    ".'.'/outside/secret.txt",
    '.\\./outside',
  ],
  ...[
    'a#b',
    '#x',
    'a!b',
    '!',
    'a=b',
    '~=x',
    'x=~/..',
    '--x=~',
    'é',
    '\u00a0',
    '\u2028',
    'a\u200bb',
    '\ufeff',
    '\r',
    'a\rb',
    '\t',
    '%s',
    '%n',
    '\\n',
  ],
]

/** One word as it is written in a line. */
export function anyWord(random: Random, project: ScratchProject): string {
  const list = pick(random, [
    PLAIN_FILES,
    PLAIN_FILES,
    PLAIN_FILES,
    GLOBS,
    GLOBS,
    VARIABLE_WORDS,
    QUOTED_WORDS,
    null,
    undefined,
  ])
  if (list === undefined) return pick(random, outsideFiles(project))
  if (list === null) return quoteSomehow(random, pick(random, ODD_NAMES))
  const word = pick(random, list)
  return chance(random, 0.06) ? word + pick(random, [...GLOBS, ...QUOTED_WORDS]) : word
}

/** A harmless word in most cases, so that more lines are allowed. */
export function mostlyPlainWord(random: Random, project: ScratchProject): string {
  return chance(random, 0.75) ? pick(random, PLAIN_FILES) : anyWord(random, project)
}

export function quoteSomehow(random: Random, text: string): string {
  switch (Math.floor(random() * 5)) {
    case 0:
      return `'${text.replaceAll("'", "'\\''")}'`
    case 1:
      return `"${text.replace(/["\\$`]/g, '\\$&')}"`
    case 2:
      return text.replace(/[^\w./-]/g, (character) =>
        character === '\n' ? "$'\\n'" : `\\${character}`,
      )
    case 3:
      return `$'${text.replace(/['\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}'`
    default:
      return text
  }
}
