import { plainValue, type ShellWord } from '../parse/word.ts'

/** The options of git that precede its subcommand. */
interface GitOptions {
  /** The index of the subcommand among the words. */
  readonly subcommand: number
  /** The values of `-C`: each is entered from the one before. */
  readonly directories: readonly ShellWord[]
  /** The other options, without their values. */
  readonly others: readonly string[]
}

/** Skips them. The first word is the program. Stops at a word that is not certain, and at more directories than anyone enters. */
export function skipGitOptions(words: readonly ShellWord[]): GitOptions {
  const directories: ShellWord[] = []
  const others: string[] = []
  let at = 1
  for (; at < words.length; at++) {
    const value = plainValue(words[at])
    if (value === null || !value.startsWith('-')) break
    if (directories.length === MAX_DIRECTORIES) break
    const next = words[at + 1]
    if (value === '-C' && next !== undefined) directories.push(next)
    else others.push(value)
    if (TAKES_VALUE.has(value)) at++
  }
  return { subcommand: at, directories, others }
}

const MAX_DIRECTORIES = 16

const TAKES_VALUE = new Set(
  '-C -c --git-dir --work-tree --namespace --super-prefix --config-env --attr-source'.split(' '),
)

/** Where options that switch off external programs go, and which; null for subcommands that start none. */
export function findProgramSwitch(
  words: readonly ShellWord[],
): { readonly at: number; readonly options: readonly string[] } | null {
  const { subcommand } = skipGitOptions(words)
  const name = plainValue(words[subcommand]) ?? ''
  if (!SHOWS_DIFFERENCES.test(name)) return null
  const action = plainValue(words[subcommand + 1]) ?? ''
  if (name === 'stash' && action !== 'show') return null
  if (name === 'reflog' && /^(exists|list|expire|delete|drop|write)$/.test(action)) return null
  const isBehind = /^(reflog|stash)$/.test(name) && action === 'show'
  const at = isBehind ? subcommand + 2 : subcommand + 1
  // With any option, a stash would be shown as a patch.
  const isFormatted = name !== 'stash' || words.some((word) => FORMAT.test(plainValue(word) ?? ''))
  const options = isFormatted ? OPTIONS : [...OPTIONS, '--stat']
  return options.every((option, index) => plainValue(words[at + index]) === option)
    ? null
    : { at, options }
}

/** They convert or compare files by programs that the configuration names, also to search in differences. */
const SHOWS_DIFFERENCES = /^(diff|diff-tree|diff-index|show|log|reflog|blame|annotate|stash)$/

const FORMAT = /^(-[psU]|--(patch|no-patch|unified|stat|\w+stat|name-|raw|summary|compact|check))/

const OPTIONS = ['--no-ext-diff', '--no-textconv']

/** To show a signature, git runs the program that verifies it. */
export const SIGNATURE_FORMAT = /%[-+ ]?G|%\(\*?signature/

/** To sort by it as well. */
export const SIGNATURE_ORDER = /signature/
