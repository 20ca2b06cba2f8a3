import { mayReadWord } from '../effects/read-access.ts'
import { plainValue, type ShellWord } from '../parse/word.ts'
import type { SimpleCommand } from '../types.ts'
import { NO_OPTIONS, type Options, sortArgs } from './options.ts'
import { isHarmlessSed } from './sed.ts'

const SED: Options = {
  ...NO_OPTIONS,
  flags: 'nErsuz',
  values: 'e',
  long: [
    'quiet',
    'silent',
    'regexp-extended',
    'expression=',
    'separate',
    'unbuffered',
    'null-data',
    'posix',
    'debug',
    'version',
    'help',
  ],
}

/** `sed` with scripts that only print, on files that may be read. */
export function streams(
  args: readonly ShellWord[],
  folders: SimpleCommand['folders'],
  mayRead: (file: string) => boolean,
): boolean {
  const sorted = sortArgs(args, SED)
  if (sorted === null) return false
  const scripts: (string | null)[] = []
  args.forEach((word, at) => {
    const value = plainValue(word) ?? ''
    if (/^-[nErsuz]*e$/.test(value) || value === '--expression')
      scripts.push(plainValue(args[at + 1]))
    else if (/^-[nErsuz]*e./.test(value)) scripts.push(value.replace(/^-[nErsuz]*e/, ''))
    else if (value.startsWith('--expression=')) scripts.push(value.slice('--expression='.length))
  })
  const files = scripts.length > 0 ? sorted.operands : sorted.operands.slice(1)
  const all = scripts.length > 0 ? scripts : [plainValue(sorted.operands[0])]
  const isHarmless = all.every((script) => script !== null && isHarmlessSed(script))
  return (
    isHarmless &&
    files.every((word) => plainValue(word) === '-' || mayReadWord(word, folders, mayRead))
  )
}

const JQ: Options = {
  ...NO_OPTIONS,
  flags: 'nrRjaScCMesV',
  long: [
    'null-input',
    'raw-input',
    'raw-output',
    'join-output',
    'ascii-output',
    'compact-output',
    'sort-keys',
    'color-output',
    'monochrome-output',
    'tab',
    'slurp',
    'exit-status',
    'indent=',
    'version',
  ],
}

/** `jq` with a filter that looks at nothing but its files. */
export function queries(
  args: readonly ShellWord[],
  folders: SimpleCommand['folders'],
  mayRead: (file: string) => boolean,
): boolean {
  const sorted = sortArgs(args, JQ)
  if (sorted === null || sorted.texts.some((word) => plainValue(word) === null)) return false
  const [filter, ...files] = sorted.operands
  const text = plainValue(filter)
  // `env` shows secrets, `include` and `import` read files, `input_filename` and `$__loc__` nothing new.
  if (text === null || /\benv\b|\$ENV|\binclude\b|\bimport\b|\bget_search_list\b/.test(text))
    return false
  return files.every((word) => mayReadWord(word, folders, mayRead))
}
