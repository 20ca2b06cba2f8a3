import type { Command, CommandArgument, ParsedScript, Redirection } from 'unbash'
import {
  expandWord,
  type KnownText,
  literalWord,
  plainValue,
  possibleValues,
  type ShellWord,
  type WordContext,
} from './word.ts'

/** What a substitution prints, when it only prints words. */
export function staticOutputOf(
  script: ParsedScript | undefined,
  context: WordContext,
): KnownText | null {
  const [statement, ...more] = script?.commands ?? []
  if (statement?.command.type !== 'Command' || more.length > 0) return null
  const printed = staticOutputOfCommand(statement.command, context, null)
  if (printed === null) return null
  return { ...printed, values: printed.values.map((text) => text.replace(/\n+$/, '')) }
}

/** What a command prints, if that is known or can be guessed. `piped` is what the pipe feeds it. */
export function staticOutputOfCommand(
  command: Command,
  context: WordContext,
  piped: KnownText | null,
): KnownText | null {
  const words = [command.name, ...command.args].flatMap((word) =>
    word === undefined ? [] : expandWord(word, context),
  )
  if (isPlainCat(words)) return inputOf(command.redirects, context, piped)
  return command.redirects.length > 0 ? null : printedText(words)
}

/** The words that an unquoted `$(seq 1 8)` becomes; null for any other word. */
export function sequenceWords(word: CommandArgument): readonly ShellWord[] | null {
  const [part, ...more] = word.type === 'Word' ? (word.parts ?? []) : []
  if (part?.type !== 'CommandExpansion' || more.length > 0) return null
  const [statement, ...others] = part.script?.commands ?? []
  if (statement?.command.type !== 'Command' || others.length > 0) return null
  const { name, args, prefix, redirects } = statement.command
  const isBare = prefix.length === 0 && redirects.length === 0 && statement.background !== true
  if (!isBare || name?.text !== 'seq' || args.length > 2) return null
  const numbers = args.map(({ text }) => (/^\d{1,6}$/.test(text) ? Number(text) : Number.NaN))
  const [from = 1, to = from] = numbers.length === 1 ? [1, numbers[0]] : numbers
  if (numbers.length === 0 || !(to - from < MAX_SEQUENCE)) return null
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => literalWord(`${from + at}`))
}

const MAX_SEQUENCE = 64

/** `cat` without a file prints its input. */
function isPlainCat([program, ...operands]: readonly ShellWord[]): boolean {
  return plainValue(program) === 'cat' && operands.every((word) => plainValue(word) === '-')
}

/** The text that a command reads from its standard input: of a here-document, a here-string or the pipe. */
export function inputOf(
  nodes: readonly Redirection[],
  context: WordContext,
  piped: KnownText | null,
): KnownText | null {
  const node = nodes.findLast(readsInput)
  if (node === undefined) return piped
  if (node.type === 'HereDoc') {
    if (node.body.parts?.some(({ type }) => type !== 'Literal')) return null
    const { text } = node.body
    // Without quotes, some escapes are removed.
    const isCertain = node.delimiter?.quoted === true || !text.includes('\\')
    return { values: [text], isCertain }
  }
  if (node.type !== 'HereString' || node.target === undefined) return null
  const [word, ...more] = expandWord(node.target, context)
  return word === undefined || more.length > 0 || word.values.length === 0 ? null : word
}

function readsInput({ operator, descriptor }: Redirection): boolean {
  if (descriptor?.type === 'FileDescriptor' && descriptor.value !== 0) return false
  return operator.startsWith('<')
}

/** What `echo` or `printf` prints when its words are known or can be guessed; null for other commands. */
function printedText(words: readonly ShellWord[]): KnownText | null {
  const lists = words.some(({ glob }) => glob !== null) ? [] : possibleValues(words)
  const texts = lists.flatMap((list) => printWords(list) ?? [])
  if (texts.length === 0) return null
  // Shells do not agree on the escapes that `echo` and `printf` know.
  const escapes = words[0]?.values.includes('printf') === true ? /\\(?!n)/ : /\\/
  const isPlain = words.every(({ values }) => values.every((value) => !escapes.test(value)))
  const isCertain = isPlain && texts.length === lists.length && words.every((one) => one.isCertain)
  return { values: [...new Set(texts)], isCertain }
}

function printWords([program, ...args]: readonly string[]): string | null {
  if (program === ':' || program === 'true') return ''
  if (program === 'echo') return printEcho(args)
  return program === 'printf' ? printFormat(args) : null
}

function printEcho(args: readonly string[]): string {
  const first = args.findIndex((arg) => !/^-[neE]+$/.test(arg))
  const options = first < 0 ? args : args.slice(0, first)
  const text = (first < 0 ? [] : args.slice(first)).join(' ')
  const ended = options.join('').includes('n') ? text : `${text}\n`
  return options.join('').includes('e') ? unescaped(ended) : ended
}

function printFormat([format, ...args]: readonly string[]): string | null {
  if (format === undefined || format.startsWith('-')) return null
  if (/%[^%sb]/.test(format)) return null
  const text = unescaped(format)
  if (!text.includes('%')) return text
  let at = 0
  return text.replace(/%([%sb])/g, (_, kind: string) => (kind === '%' ? '%' : (args[at++] ?? '')))
}

const ESCAPES = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['\\', '\\'],
  ['a', '\u0007'],
  ['e', '\u001b'],
])

function unescaped(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|0?([0-7]{1,3})|(.))/g,
    (
      written,
      hex: string | undefined,
      wide: string | undefined,
      octal: string | undefined,
      letter,
    ) => {
      const code = hex ?? wide
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16))
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
      return ESCAPES.get(String(letter)) ?? written
    },
  )
}
