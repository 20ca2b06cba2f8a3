import { plainValue, type ShellWord } from './word.ts'

/**
 * Whether a command of the shell takes a name or a number from its words that it could evaluate: in `read 'a[$(rm x)]'`
 * the subscript runs. Known names, and numbers, are harmless.
 */
export function evaluatesWord([program, ...args]: readonly ShellWord[]): boolean {
  return EVALUATING_ARGUMENTS.get(plainValue(program) ?? '')?.(args) ?? false
}

const isName = (word: ShellWord | undefined): boolean =>
  /^[A-Za-z_]\w*$/.test(plainValue(word) ?? '')

/** `NAME=value`, whatever the value is, or a name. */
function isDeclaration(word: ShellWord): boolean {
  return isName(word) || /^[A-Za-z_]\w*\+?=/.test(word.text)
}

function isOption(word: ShellWord): boolean {
  return /^[-+]./.test(plainValue(word) ?? '')
}

/** With -i every later value is evaluated as a number, with -n as a name. */
function declares(args: readonly ShellWord[]): boolean {
  return args.some((word) =>
    isOption(word) ? /^-\w*[in]/.test(plainValue(word) ?? '') : !isDeclaration(word),
  )
}

/** The names among the operands, without the options in `values` and their values. */
function names(args: readonly ShellWord[], values: string): readonly ShellWord[] {
  const found: ShellWord[] = []
  for (let at = 0; at < args.length; at++) {
    const word = args[at]
    const value = plainValue(word) ?? ''
    if (/^-./.test(value)) at += values.includes(value.slice(-1)) ? 1 : 0
    else if (word !== undefined) found.push(word)
  }
  return found
}

/** `-v NAME`, in one word or two. */
function namesAfter(args: readonly ShellWord[], option: string): boolean {
  return args.some((word, at) => {
    const value = plainValue(word)
    if (value === option) return !isName(args[at + 1])
    return value?.startsWith(option) === true && !/^\w+$/.test(value.slice(option.length))
  })
}

/** An assignment of a number; variables within an expression are evaluated again. */
const isPlainLet = (word: ShellWord): boolean =>
  /^[A-Za-z_]\w*\s*[-+*/%]?=\s*[\d\s+*/()%-]*$/.test(plainValue(word) ?? '')

const EVALUATING_ARGUMENTS: ReadonlyMap<string, (args: readonly ShellWord[]) => boolean> = new Map<
  string,
  (args: readonly ShellWord[]) => boolean
>([
  ['let', (args) => !args.every(isPlainLet)],
  ...['declare', 'typeset', 'local', 'readonly', 'export'].map(
    (name): [string, typeof declares] => [name, declares],
  ),
  ['read', (args) => !names(args, 'a d i n N p t u').every(isName)],
  ...['mapfile', 'readarray'].map((name): [string, typeof declares] => [
    name,
    (args) => !names(args, 'd n O s u C c').every(isName),
  ]),
  ['unset', (args) => !names(args, '').every(isName)],
  ['getopts', (args) => args[1] !== undefined && !isName(args[1])],
  ['printf', (args) => namesAfter(args.slice(0, 2), '-v')],
  ['wait', (args) => namesAfter(args, '-p')],
  ['test', (args) => namesAfter(args, '-v')],
  ['[', (args) => namesAfter(args, '-v')],
  ...['compgen', 'complete'].map((name): [string, typeof declares] => [
    name,
    (args) => args.some((word) => /[$`]/.test(plainValue(word) ?? '$')),
  ]),
])
