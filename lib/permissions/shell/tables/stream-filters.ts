import { mayReadWord, type ReadPolicy } from '../effects/read-access.ts'
import { plainValue, type ShellWord } from '../parse/word.ts'
import type { SimpleCommand } from '../types.ts'
import { NO_OPTIONS, type OptionGrammar, sortArgs } from './options.ts'

const SED: OptionGrammar = {
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
export function isReadOnlySed(
  args: readonly ShellWord[],
  directories: SimpleCommand['directories'],
  readPolicy: ReadPolicy,
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
    files.every((word) => plainValue(word) === '-' || mayReadWord(word, directories, readPolicy))
  )
}

/** Whether a sed script only prints, deletes and replaces, without files and programs. Runs in one pass. */
function isHarmlessSed(script: string): boolean {
  let rest = script.trim()
  while (rest !== '') {
    rest = rest.slice(ADDRESS_PREFIX.exec(rest)?.[0].length ?? 0)
    if (rest === '') return true
    if (rest.startsWith('{')) {
      rest = rest.slice(1)
      continue
    }
    const length = measureCommand(rest)
    if (length === null) return false
    rest = rest.slice(length).replace(/^[\s;}]+/, '')
  }
  return true
}

const ADDRESS = String.raw`(?:\d+(?:~\d+)?|\$|\/(?:[^/\\\n]|\\[^\n])*\/I?)`

/** What can precede a command: blanks and the addresses of its lines. */
const ADDRESS_PREFIX = new RegExp(
  String.raw`^[\s;]*(?:${ADDRESS}(?:,(?:${ADDRESS}|[+~]\d+))?\s*!?\s*)?`,
)

/** The length of the first command; null when it could do harm. */
function measureCommand(script: string): number | null {
  const plain = /^[pdDPnNhHgGxl=q](?=[\s;}]|$)/.exec(script)
  if (plain !== null) return 1
  const replace = /^s([/|,:#@!_%])/.exec(script)
  const mark = replace?.[1]
  if (mark === undefined) return null
  let at = 2
  for (let part = 0; part < 2; part++) {
    while (at < script.length && script[at] !== mark) at += script[at] === '\\' ? 2 : 1
    if (at >= script.length) return null
    at++
  }
  const flags = /^[gpiI\d]*(?=[\s;}]|$)/.exec(script.slice(at, at + MAX_FLAGS))
  return flags === null ? null : at + flags[0].length
}

const MAX_FLAGS = 16

const JQ: OptionGrammar = {
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

/** `jq` with a filter that reads only its files. */
export function isReadOnlyJq(
  args: readonly ShellWord[],
  directories: SimpleCommand['directories'],
  readPolicy: ReadPolicy,
): boolean {
  const sorted = sortArgs(args, JQ)
  if (sorted === null || sorted.texts.some((word) => plainValue(word) === null)) return false
  const [filter, ...files] = sorted.operands
  const text = plainValue(filter)
  // `env` shows secrets; `include` and `import` read files.
  if (text === null || /\benv\b|\$ENV|\binclude\b|\bimport\b|\bget_search_list\b/.test(text))
    return false
  return files.every((word) => mayReadWord(word, directories, readPolicy))
}
