import type { Command, ParsedScript, Redirection } from 'unbash'
import { expandWord, plainValue, type ShellWord, type WordContext } from './word.ts'

/** What a substitution prints, when it only prints plain words. */
export function staticOutputOf(
  script: ParsedScript | undefined,
  context: WordContext,
): string | null {
  const [statement, ...more] = script?.commands ?? []
  if (statement?.command.type !== 'Command' || more.length > 0) return null
  return staticOutputOfCommand(statement.command, context, null)?.replace(/\n+$/, '') ?? null
}

/** What a command prints, when that is known. `input` is what the pipe feeds it. */
export function staticOutputOfCommand(
  command: Command,
  context: WordContext,
  input: string | null,
): string | null {
  const words = [command.name, ...command.args].flatMap((word) =>
    word === undefined ? [] : expandWord(word, context),
  )
  if (isPlainCat(words)) return command.redirects.length > 0 ? inputOf(command.redirects) : input
  return command.redirects.length > 0 ? null : printedText(words)
}

/** `cat` without a file prints its input. */
function isPlainCat([program, ...operands]: readonly ShellWord[]): boolean {
  return plainValue(program) === 'cat' && operands.every((word) => plainValue(word) === '-')
}

/** The text that a here-document or here-string feeds, when it contains no expansion. */
export function inputOf(nodes: readonly Redirection[]): string | null {
  const node = nodes.at(-1)
  if (node?.type === 'HereDoc') {
    const isPlain = node.body.parts?.every(({ type }) => type === 'Literal') ?? true
    return isPlain ? node.body.text : null
  }
  if (node?.type !== 'HereString' || node.target === undefined) return null
  return node.target.value
}

/** What `echo` or `printf` prints when all its words are known; null for other commands. */
function printedText(words: readonly ShellWord[]): string | null {
  const values = words.map((word) =>
    word.glob === null ? (word.values.at(0) ?? null) : plainValue(word),
  )
  if (values.some((value) => value === null)) return null
  const [program, ...args] = values.map((value) => value ?? '')
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
      whole,
      hex: string | undefined,
      wide: string | undefined,
      octal: string | undefined,
      letter,
    ) => {
      const code = hex ?? wide
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16))
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
      return ESCAPES.get(String(letter)) ?? whole
    },
  )
}
