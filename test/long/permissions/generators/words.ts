import type { LineGenerator } from '../fuzz.ts'
import { anyWord, chance, pick, times } from './vocabulary.ts'

/** One or two programs with words of every kind: quotes, wildcards, braces, tildes, variables, odd names. */
export const words: LineGenerator = {
  name: 'words',
  next(random, project) {
    const simple = (): string => {
      const list = times(random, 1, 4, () => anyWord(random, project))
      return [pick(random, READERS), ...list].join(' ')
    }
    const first = simple()
    return {
      line: chance(random, 0.2)
        ? `${first}${pick(random, ['; ', ' | ', ' && '])}${simple()}`
        : first,
    }
  },
}

const READERS: readonly string[] = [
  ...[
    'cat',
    'cat --',
    'ls',
    'ls -d',
    'ls -la',
    'echo',
    'echo -e',
    'printf "%s\\n"',
    'head -1',
    'grep foo',
    'grep -r foo',
    'wc -l',
  ],
  ...[
    'stat -c %n',
    'git diff --',
    'git log --oneline --',
    'git ls-files',
    'cd',
    'file',
    'diff README.md',
    'sort',
    'find',
    'test -f',
  ],
  ...[
    '[ -e',
    'for f in',
    'x=',
    'basename',
    'realpath',
    'jq .',
    'sed -n 1p',
    'cat <',
    'cat <<<',
    'tail -n 1',
    'git show',
    'du -s',
  ],
]
