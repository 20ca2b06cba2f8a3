import type { LineGenerator } from '../fuzz.ts'
import type { ScratchProject } from '../scratch-project.ts'
import {
  anyWord,
  chance,
  outsideFiles,
  PLAIN_FILES,
  pick,
  type Random,
  times,
} from './vocabulary.ts'

/** Lines that change the directory and set variables before they name files. */
export const directories: LineGenerator = {
  name: 'directories',
  next(random, project) {
    const steps = times(random, 1, chance(random, 0.5) ? 1 : 4, () => step(random, project))
    const last = `${pick(random, READERS)} ${file(random, project)}`
    return {
      line: [...steps, last].reduce(
        (text, one) =>
          text + pick(random, ['; ', ' && ', '; ', ' && ', '\n', ' || ', ' | ', ' & ']) + one,
      ),
    }
  },
}

const READERS: readonly string[] = [
  'cat',
  'ls',
  'head -1',
  'grep foo',
  'echo',
  'cat <',
  'ls -la',
  'git diff --',
  'stat -c %n',
  '. ',
  'wc -l',
  'test -f',
  '[ -s a ] && cat',
  'realpath',
  'find',
  'cat --',
  'git log --oneline --',
  'file',
  'du -s',
]

function step(random: Random, project: ScratchProject): string {
  const word = (): string => file(random, project)
  const name = pick(random, NAMES)
  switch (Math.floor(random() * (chance(random, 0.6) ? 9 : 12))) {
    case 0:
    case 1:
    case 2:
      return `${pick(random, ['cd', 'cd', 'cd', 'cd -P', 'cd -L', 'cd --', 'pushd', 'builtin cd', 'command cd', 'cd -e', 'cd -@', 'pushd -n', 'popd', 'cd -PL'])} ${word()}`
    case 3:
      return pick(random, [
        'cd',
        'cd -',
        'cd ~',
        'cd ""',
        "cd ''",
        'cd ..',
        'cd ../..',
        'cd .',
        'cd src/..',
        'cd link-dir/..',
        'cd -P link-dir/..',
        'cd link-dir && cd ..',
        'cd src && cd -',
        'cd docs/up',
        'cd "$OLDPWD"',
        'popd',
        'pushd +1',
        'cd src sub',
        'cd ~-',
        'cd ~+',
        'cd "$(pwd)"',
        'cd `pwd`/..',
        'cd //',
        'cd $PWD/..',
        'cd "${PWD%/*}"',
        'cd -- -',
      ])
    case 4:
    case 5:
      return `${name}=${pick(random, [word(), word(), `"${word().replaceAll('"', '')}"`, `$(echo ${word()})`, "$'\\x2e\\x2e'", '..', '"a b"', '-n', '"*"', '$y', '"$y"', '${y:-..}'])}`
    case 6:
      return `for ${name} in ${times(random, 1, 3, word).join(' ')}; do ${pick(random, ['cat', 'cd', 'ls', 'echo', 'head -1'])} ${pick(random, [`$${name}`, `"$${name}"`, `"$${name}/a.ts"`, `src/$${name}`, `"\${${name}%.ts}.ts"`])}; done`
    case 7:
      return `read -r ${name} ${pick(random, ['<<< ..', `<<< ${word()}`, `< ${word()}`, ''])}`
    case 8:
      return `(cd ${word()}; ${pick(random, READERS)} ${word()})`
    case 9:
      return `{ cd ${word()}; ${name}=${word()}; }`
    case 10:
      return `if ${pick(random, [`cd ${word()}`, '[ -d src ]', `[ -n "$${name}" ]`])}; then ${pick(random, READERS)} ${word()}; fi`
    default:
      return pick(random, [
        `printf -v ${name} %s ..`,
        `export ${name}=..`,
        `local ${name}=..`,
        `declare ${name}=..`,
        `unset ${name}`,
        `${name}=1 cd ${word()}`,
        `set -- ${word()}`,
        'shift',
        `readonly ${name}=..`,
        `${name}+=/..`,
        `: \${${name}:=..}`,
        'shopt -s autocd',
        'set +f',
        'set -o posix',
        'alias cd=echo',
        `cd() { :; }`,
        `exec ${pick(random, READERS)}`,
        'set -P',
        'umask 0',
        `mapfile ${name} < README.md`,
        `getopts x ${name}`,
        `${name}[0]=..`,
        `let ${name}=1`,
        'wait',
        'cd src &',
        'hash -p ./evil ls',
        'enable -n cd',
        'trap "cat x" EXIT',
      ])
  }
}

const NAMES = ['x', 'y', 'f', 'd', 'CDPATH', 'HOME', 'PWD', 'OLDPWD', 'PATH', 'IFS', 'x', 'y']

function file(random: Random, project: ScratchProject): string {
  const roll = random()
  if (roll < 0.65)
    return pick(random, [
      ...PLAIN_FILES,
      'a.ts',
      'sub',
      '..',
      'sub/c.ts',
      'guide.md',
      '../README.md',
      '../src',
      '../docs',
    ])
  if (roll < 0.8)
    return pick(random, [
      '$x',
      '"$x"',
      '$f',
      '"$d"',
      '"$x/a.ts"',
      '$x/*',
      '"${x%/*}"',
      '"$x"/../outside/secret.txt',
      '../$y',
      '$y$x',
      '"$PWD/a.ts"',
      '$OLDPWD',
      '"$HOME"',
      '$1',
      '"$@"',
      '~+/a.ts',
      '~-',
      '${x:-..}/outside',
      '*',
      '../*',
      '*.ts',
    ])
  return chance(random, 0.6) ? pick(random, outsideFiles(project)) : anyWord(random, project)
}
