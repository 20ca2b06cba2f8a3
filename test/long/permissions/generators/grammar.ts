import type { LineGenerator } from '../fuzz.ts'
import type { ScratchProject } from '../scratch-project.ts'
import { anyWord, chance, mostlyPlainWord, pick, type Random, times } from './vocabulary.ts'

/** Lines from the grammar of the shell, nested, with everyday programs and harmless or hostile words. */
export const grammar: LineGenerator = {
  name: 'grammar',
  next: (random, project) => ({ line: new Sentence(random, project).list(2) }),
}

class Sentence {
  private readonly random: Random
  private readonly project: ScratchProject

  constructor(random: Random, project: ScratchProject) {
    this.random = random
    this.project = project
  }

  list(depth: number): string {
    const { random } = this
    const parts = times(random, 1, depth > 1 ? 3 : 2, () => this.pipeline(depth))
    const joined = parts.reduce((text, part) => text + pick(random, OPERATORS) + part)
    return chance(random, 0.04)
      ? joined + pick(random, [' &', ';', ' # x', '\n', ' |', ' &&', ' \\'])
      : joined
  }

  private pipeline(depth: number): string {
    const { random } = this
    const parts = times(random, 1, chance(random, 0.4) ? 3 : 1, () => this.command(depth))
    const prefix = chance(random, 0.06)
      ? pick(random, ['! ', 'time ', '! ! ', 'time -p ', 'coproc '])
      : ''
    return prefix + parts.join(pick(random, [' | ', ' | ', '|', ' |& ', ' |\n']))
  }

  private command(depth: number): string {
    const { random } = this
    if (depth > 0 && chance(random, 0.3)) return this.compound(depth - 1) + this.redirections()
    const assignments = chance(random, 0.08) ? `${this.assignment()} ` : ''
    if (chance(random, 0.03)) return this.assignment()
    return assignments + this.simple() + this.redirections()
  }

  private simple(): string {
    const { random } = this
    const [name, options] = pick(random, PROGRAMS)
    const words = times(random, 0, 3, () => this.word())
    return [name, ...(chance(random, 0.5) ? [pick(random, options)] : []), ...words].join(
      pick(random, [' ', ' ', ' ', '  ', '\t', ' \\\n']),
    )
  }

  private word(): string {
    const { random } = this
    if (chance(random, 0.06))
      return pick(random, [
        `$(${this.simple()})`,
        `"$(${this.simple()})"`,
        `\`${this.simple()}\``,
        `<(${this.simple()})`,
        `>(${this.simple()})`,
      ])
    return mostlyPlainWord(random, this.project)
  }

  private assignment(): string {
    const name = pick(this.random, [
      'x',
      'y',
      'f',
      'n',
      'PATH',
      'IFS',
      'CDPATH',
      'LC_ALL',
      'TZ',
      'x[0]',
      'GIT_DIR',
      'PAGER',
      'DEBUG',
    ])
    const value = pick(this.random, [
      '',
      '1',
      this.word(),
      '(a b)',
      '([x]=1)',
      '$(pwd)',
      'src',
      '..',
      '"a b"',
      "$'\\n'",
      '.',
    ])
    return name + pick(this.random, ['=', '=', '=', '+=']) + value
  }

  private redirections(): string {
    const { random } = this
    if (!chance(random, 0.15)) return ''
    return pick(random, [
      ...[
        ' 2>/dev/null',
        ' 2>&1',
        ' >/dev/null 2>&1',
        ' &>/dev/null',
        ' < README.md',
        ' <<< foo',
        ' <<< "$x"',
        ' <<< "$SERVICE_TOKEN"',
        ' <<EOF\n$SERVICE_TOKEN\nEOF',
        ' 2>&-',
        ' <&-',
        ' 3>&1',
      ],
      ...[
        ` < ${this.word()}`,
        ` > ${this.word()}`,
        ` >> ${this.word()}`,
        ' >| x',
        ' <> README.md',
        ' {fd}< README.md',
        ' >&2',
        ' >& x',
        ' 2>&1-',
      ],
      ...[
        " <<'E'\nfoo $x\nE\n",
        ' <<E\nfoo $x `pwd`\nE\n',
        ' <<-E\n\tfoo\n\tE\n',
        ' <<E\n$(cat README.md)\nE\n',
        ' <<"E F"\nx\nE F\n',
        ' <<\\E\n$(id)\nE\n',
      ],
    ])
  }

  private compound(depth: number): string {
    const { random } = this
    const list = (): string => this.list(depth)
    const end = pick(random, ['; ', '\n', ' ;'])
    switch (Math.floor(random() * 10)) {
      case 0:
        return `(${list()})`
      case 1:
        return `{ ${list()}${end}}`
      case 2:
        return `if ${this.condition()}${end}then ${list()}${end}${chance(random, 0.4) ? `else ${list()}${end}` : ''}fi`
      case 3:
        return `for x in ${times(random, 1, 3, () => this.word()).join(' ')}${end}do ${this.loopBody(list)}${end}done`
      case 4:
        return `${this.simple()} | while read -r x${end}do ${this.loopBody(list)}${end}done`
      case 5:
        return `case ${this.word()} in ${pick(random, ['a*', '*.ts', 'src', '[ab]', '"x"', '$x', '?'])}) ${list()};; *) ${list()};; esac`
      case 6:
        return `[[ ${pick(random, ['-f README.md', `-f ${this.word()}`, `${this.word()} == *.ts`, '-n "$x"', 'a < b', 'a > b', `${this.word()} > README.md`, `${this.word()} =~ ^s`, '-v x', '1 -eq 1', '$x -eq 1', '-d src && -f README.md', '! -e none', `( -d ${this.word()} )`])} ]]`
      case 7:
        return pick(random, [
          'until false; do break; done',
          'for ((i=0;i<2;i++)); do echo $i; done',
          '((x=1))',
          'f() { ls; }',
          'function g { ls; }; g',
          'select x in a; do break; done',
        ])
      case 8:
        return `${pick(random, ['bash -c', 'sh -c', 'dash -c', 'timeout 3 bash -c', 'env bash -c', 'xargs -n1', 'eval'])} ${pick(random, [`'${list().replaceAll("'", "'\\''")}'`, `"${list().replace(/["\\$`]/g, '\\$&')}"`])}`
      default:
        return `${pick(random, WRAPPERS)} ${this.simple()}`
    }
  }

  private condition(): string {
    return pick(this.random, [
      'true',
      '[ -f README.md ]',
      `[ -e ${this.word()} ]`,
      'grep -q foo README.md',
      `test -d ${this.word()}`,
      '[ "$x" = a ]',
      '[[ -d src ]]',
      this.simple(),
    ])
  }

  private loopBody(list: () => string): string {
    return pick(this.random, [
      'echo "$x"',
      'echo $x',
      'cat "$x"',
      'head -1 $x',
      'ls -d "$x"',
      'grep -c foo "src/$x"',
      'wc -l < "$x"',
      'cd $x',
      list(),
    ])
  }
}

const OPERATORS = ['; ', '; ', ' && ', ' && ', ' || ', '\n', ' ;', '&&', ' & ']

const WRAPPERS = [
  'timeout 5',
  'nice',
  'nice -n 5',
  'env',
  'env x=1',
  'env -i',
  'command',
  'builtin',
  'nohup',
  'stdbuf -oL',
  'time',
  'exec',
  'xargs',
  'xargs -0',
  'xargs -I{}',
  'find . -type f -exec',
  'sudo',
  'setsid',
  'ionice -c3',
  'command -p',
  'env -S',
  'env -u x',
  'env -C ..',
  'timeout -s KILL 1',
]

const PROGRAMS: readonly (readonly [name: string, options: readonly string[]])[] = [
  ['ls', ['-la', '-R', '-1', '-d', '--color', '-L', '-H']],
  ['cat', ['-n', '-A', '--', '-']],
  ['head', ['-n 2', '-2', '-c 5', '-n1 --']],
  ['tail', ['-n 2', '-1', '+2', '-c 3', '-n +2']],
  [
    'grep',
    [
      '-n foo',
      '-rn foo',
      'foo',
      '-c foo --',
      '-e foo -e bar',
      '-f args.txt',
      '-l foo',
      '-rl foo --include=*.ts',
      '-R foo',
    ],
  ],
  ['wc', ['-l', '-c', '--files0-from=list0']],
  ['sort', ['-u', '-r', '-k1', '-n', '-o x', '--files0-from=list0']],
  ['uniq', ['-c', '-d']],
  ['cut', ['-d: -f1', '-c1-3', '-f1']],
  ['echo', ['-n', '-e', 'a', '"$x"', '$(ls)']],
  ['printf', ["'%s\\n'", '"%d" 1', "'%n' x", '-v x', '%q']],
  [
    'find',
    [
      '. -name "*.ts"',
      'src -type f',
      '. -maxdepth 1',
      '. -delete',
      '. -exec cat {} +',
      '. -type f -exec head -1 {} \\;',
      '-L . -name x',
      '. -newer README.md',
      '. -fprint x',
    ],
  ],
  [
    'git',
    [
      'status -s',
      'log --oneline',
      'diff',
      'show HEAD:README.md',
      'ls-files',
      'grep -n foo',
      'blame README.md',
      'branch -a',
      '-C src status',
      'diff --no-index',
      'log -p -1',
      'cat-file -p HEAD',
      'config -l',
    ],
  ],
  ['sed', ['-n 1p', "'s/a/b/'", "-n '/foo/p'", "-e '1d'", "'1r x'", '-i s/a/b/', "'w x'"]],
  ['tr', ['a-z A-Z', '-d a', '-s " "']],
  ['jq', ['.', '.name', '-r .name', "'.list[]'", '-n env']],
  ['xxd', ['-l 8', '-p']],
  ['diff', ['-u', '-q', 'README.md', '--from-file']],
  ['basename', ['-a', '-s .ts']],
  ['dirname', ['--', '-z']],
  ['realpath', ['--relative-to=.', '-m', '-e']],
  ['readlink', ['-f', '-e']],
  ['stat', ['-c %n', '-L', "--printf='%s\\n'"]],
  ['file', ['-b', '-m', '-f']],
  ['du', ['-sh', '-a']],
  ['test', ['-f', '-d', '-n', '-v']],
  ['cd', ['--', '-', '-P']],
  ['pwd', ['-P', '-L']],
  ['true', ['x']],
  ['seq', ['3', '1 2']],
  ['paste', ['-s', '-d,']],
  ['comm', ['-12']],
  ['nl', ['-ba']],
  ['tac', ['-b']],
  ['date', ['+%Y', '-d now', '-r', '-f', '-s x']],
  ['read', ['-r x', 'y', 'PATH', '-a z']],
  ['set', ['-e', '+f', '-x', '-o pipefail', '--']],
  ['export', ['x=1', '-p', 'PATH=.']],
  ['type', ['-a', '-p']],
  ['id', ['-u', '-un']],
  ['whoami', ['']],
  ['pushd', ['src', '..']],
  ['strings', ['-n 3', '-a']],
  ['od', ['-c']],
  ['rev', ['--']],
  ['column', ['-t']],
  ['tee', ['x', '/dev/null']],
  ['mapfile', ['x']],
  ['node', ['--version', '-e 1']],
]

export const EVERYDAY_PROGRAMS: readonly string[] = PROGRAMS.map(([name]) => name)

export { anyWord }
