import { parseArgs } from 'node:util'
import { PERMISSION_MODES, type PermissionMode } from '../permissions/types.ts'
import { withSuggestion } from '../util/did-you-mean.ts'
import { splitList } from '../util/split-list.ts'
import { flags, OUTPUT_FORMATS, type OutputFormat } from './flags.ts'
import { type Given, readFlags, UsageError } from './parsed-flags.ts'
import { SUBCOMMANDS, type Subcommand } from './subcommands.ts'

/** What a run of the agent was asked for; paths as typed. */
export interface RunOptions {
  readonly agent: { readonly id: string } | 'new' | 'last'
  /** `--continue`: when this folder has no agent, the one used last anywhere. */
  readonly continueLast: boolean
  readonly name: string | null
  readonly model: string | null
  readonly backend: string | null
  readonly mode: PermissionMode
  readonly allowed: readonly string[]
  readonly disallowed: readonly string[]
  readonly tools: readonly string[] | null
  readonly skills: string | null
  readonly link: 'link' | 'unlink' | null
  readonly demo: boolean
  readonly trust: boolean
  readonly maxTurns: number | null
  readonly directory: string | null
  /** A file to write what happens to. */
  readonly record: string | null
  /** Lines for the user about flags that go away. */
  readonly warnings: readonly string[]
}

export type Invocation =
  /** Of what the words name: one subcommand, those of a noun, or (none) the whole program. */
  | { readonly kind: 'help'; readonly of: readonly Subcommand[] }
  | { readonly kind: 'version' }
  | { readonly kind: 'info'; readonly options: RunOptions }
  | { readonly kind: 'workbench'; readonly options: RunOptions; readonly prompt: string | null }
  | {
      readonly kind: 'headless'
      readonly options: RunOptions
      /** Null when it has to come from standard input. */
      readonly prompt: string | null
      readonly format: OutputFormat
    }
  | {
      readonly kind: 'subcommand'
      readonly name: string
      readonly operands: readonly string[]
      readonly directory: string | null
      readonly skills: string | null
      readonly json: boolean
      /** Those of a run, as far as the subcommand takes them. */
      readonly options: RunOptions
      /** All that were given: a subcommand reads its own from here. */
      readonly given: Given
    }
  /** Wrong use: one line that says what, where, and the nearest valid word. */
  | { readonly kind: 'misuse'; readonly message: string }

/**
 * The command line as what it asks for. `node:util` finds the words, since (unlike commander) it lets no flag pass for the
 * value of another; what they mean is read from the table.
 */
export function parseArguments(
  argv: readonly string[],
  terminal: { readonly stdinIsTerminal: boolean },
): Invocation {
  try {
    return invocationOf(readWords(argv), terminal.stdinIsTerminal)
  } catch (thrown) {
    if (thrown instanceof UsageError) return { kind: 'misuse', message: thrown.message }
    throw thrown
  }
}

interface Words {
  readonly given: Given
  readonly positionals: readonly string[]
  /** How many of them stand before a `--`: only these can name a subcommand. */
  readonly plain: number
}

function readWords(argv: readonly string[]): Words {
  const { tokens, positionals } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      flags.map(({ name, short, value }) => [
        name,
        {
          type: value === undefined || value.optional ? 'boolean' : 'string',
          ...(short === undefined ? {} : { short }),
        } as const,
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const end = tokens.find((token) => token.kind === 'option-terminator')?.index ?? argv.length
  const plain = tokens.filter((token) => token.kind === 'positional' && token.index < end).length
  const options = tokens.filter((token) => token.kind === 'option')
  return { given: readFlags(options, argv), positionals, plain }
}

function invocationOf({ given, positionals, plain }: Words, stdinIsTerminal: boolean): Invocation {
  const words = given.has('prompt') ? [] : positionals.slice(0, plain)
  if (given.has('help')) return { kind: 'help', of: subcommandsNamed(words) }
  if (given.has('version')) return { kind: 'version' }
  if (asksForHelp(words)) return { kind: 'help', of: subcommandsNamed(words.slice(1)) }
  const subcommand = subcommandOf(words)
  if (subcommand !== null) return useSubcommand(subcommand, given, positionals)
  refuseForeign(given, null)
  const options = runOptions(given)
  if (given.has('info')) return { kind: 'info', options }
  const said = [given.text('prompt'), ...positionals].filter((word) => word !== null).join(' ')
  // A lone dash is standard input, as elsewhere.
  const prompt = ['', '-'].includes(said.trim()) ? null : said
  const format = oneOf(OUTPUT_FORMATS, given.text('output-format'))
  if (given.has('prompt') || !stdinIsTerminal) {
    if (prompt === null && stdinIsTerminal) throw new UsageError(NO_PROMPT)
    return { kind: 'headless', options, prompt, format: format ?? 'text' }
  }
  if (format !== null) throw new UsageError('--output-format is for headless runs: add -p.')
  return { kind: 'workbench', options, prompt }
}

/** Also said when standard input turns out to be empty. */
export const NO_PROMPT =
  'No prompt provided: write it after -p, or pipe it in: echo "Explain this" | letta -p'

function runOptions(given: Given): RunOptions {
  const id = given.text('agent')
  const chosen = oneOf(PERMISSION_MODES, given.text('permission-mode')) ?? 'default'
  return {
    agent: id !== null ? { id } : given.has('new') ? 'new' : 'last',
    continueLast: given.has('continue'),
    name: given.text('name'),
    model: given.text('model'),
    backend: backendOf(given.text('backend')),
    mode: given.has('yolo') ? 'bypassPermissions' : chosen,
    allowed: given.all('allowedTools').flatMap(splitList),
    disallowed: given.all('disallowedTools').flatMap(splitList),
    tools: given.has('tools') ? given.all('tools').flatMap(splitList) : null,
    skills: given.text('skills'),
    link: given.has('link') ? 'link' : given.has('unlink') ? 'unlink' : null,
    demo: given.has('demo'),
    trust: given.has('trust'),
    maxTurns: countOf(given.text('max-turns')),
    directory: given.text('directory'),
    record: given.text('record'),
    warnings: flags.flatMap(({ name, deprecated }) =>
      deprecated !== undefined && given.has(name) ? [deprecated] : [],
    ),
  }
}

/** Values are checked against the table's choices before; this only tells the compiler. */
function oneOf<Choice extends string>(
  choices: readonly Choice[],
  value: string | null,
): Choice | null {
  return choices.find((choice) => choice === value) ?? null
}

function countOf(value: string | null): number | null {
  if (value === null) return null
  const count = /^[1-9]\d{0,6}$/.test(value) ? Number(value) : null
  if (count === null) throw new UsageError(`--max-turns wants a number from 1, not "${value}".`)
  return count
}

function backendOf(value: string | null): string | null {
  if (value === null || value === 'embedded' || value === 'cloud') return value
  if (/^https?:\/\//.test(value) && URL.canParse(value)) return value
  const sentence = `--backend wants embedded, cloud or an address like http://localhost:8283, not "${value}".`
  throw new UsageError(guessed(sentence, value, ['embedded', 'cloud']))
}

function subcommandOf(words: readonly string[]): Subcommand | null {
  const named = subcommandsNamed(words)
  const [first] = named
  if (first === undefined) return null
  const [noun = '', verb] = words
  if (named.length === 1 && (first.name === noun || first.name === `${noun} ${verb}`)) return first
  const verbs = named.map(({ name }) => name.split(' ')[1] ?? '')
  throw new UsageError(
    `${guessed(`letta ${noun} wants one of: ${verbs.join(', ')}.`, verb ?? '', verbs)} ${asPrompt(words)}`,
  )
}

function guessed(sentence: string, word: string, words: readonly string[]): string {
  return withSuggestion(sentence, word, words, (match) => `"${match}"`)
}

/** The one that the words name, or all that begin with the first of them. */
function subcommandsNamed([noun, verb]: readonly string[]): readonly Subcommand[] {
  const named = SUBCOMMANDS.filter(({ name }) => name.split(' ')[0] === noun)
  const found = named.find(({ name }) => name === noun || name === `${noun} ${verb}`)
  return found === undefined ? named : [found]
}

/** `help`, alone or with the words of a subcommand; `help me …` is a prompt. */
function asksForHelp([word, ...rest]: readonly string[]): boolean {
  if (word !== 'help') return false
  const name = rest.join(' ')
  return name === '' || SUBCOMMANDS.some((one) => `${one.name} `.startsWith(`${name} `))
}

function asPrompt(words: readonly string[]): string {
  return `To send the words as a prompt: letta -- ${words.join(' ')}`
}

function useSubcommand(
  subcommand: Subcommand,
  given: Given,
  positionals: readonly string[],
): Invocation {
  const { name } = subcommand
  refuseForeign(given, name)
  const operands = positionals.slice(name.split(' ').length)
  if (operands.length > subcommand.operands.length) {
    if (subcommand.asksForKey) throw new UsageError(`letta ${name}: ${NO_KEY_HERE}`)
    throw new UsageError(
      `letta ${name}: "${operands.at(-1)}" is one word too many. ${asPrompt(positionals)}`,
    )
  }
  const missing = subcommand.operands[operands.length]
  if (missing !== undefined && !missing.startsWith('[')) {
    const wanted = ['letta', name, ...subcommand.operands].join(' ')
    throw new UsageError(`letta ${name} wants ${missing}: ${wanted}`)
  }
  const { choices } = subcommand
  for (const operand of operands) {
    if (choices === undefined || choices.includes(operand)) continue
    const sentence = `letta ${name} wants one of: ${choices.join(', ')}.`
    throw new UsageError(guessed(sentence, operand, choices))
  }
  return {
    kind: 'subcommand',
    name,
    operands,
    directory: given.text('directory'),
    skills: given.text('skills'),
    json: given.has('json'),
    options: runOptions(given),
    given,
  }
}

const NO_KEY_HERE =
  'a word too many. A key is not written on the command line, where others can read it: it is asked for, or piped in.'

/** Flags that mean nothing here are refused, not ignored. */
function refuseForeign(given: Given, subcommand: string | null): void {
  for (const { name, subcommands = [], subcommandsOnly } of flags) {
    if (!given.has(name)) continue
    if (subcommand === null && subcommandsOnly === true) {
      throw new UsageError(`--${name} is for: letta ${shortList(subcommands)}.`)
    }
    if (subcommand === null || subcommands === 'all' || subcommands.includes(subcommand)) continue
    throw new UsageError(`--${name} means nothing to letta ${subcommand}.`)
  }
}

/** Past three the nouns alone: `tools, memory, agents`. */
function shortList(subcommands: readonly string[] | 'all'): string {
  const names = [subcommands].flat()
  if (names.length <= 3) return names.join(', ')
  return [...new Set(names.map((name) => name.split(' ')[0]))].join(', ')
}
