import { parseArgs } from 'node:util'
import { PERMISSION_MODES, type PermissionMode } from '../permissions/types.ts'
import { readAddress } from '../util/address.ts'
import { editDistance, withSuggestion } from '../util/did-you-mean.ts'
import { type ReasoningEffort, toEffort } from '../util/effort.ts'
import { splitList } from '../util/split-list.ts'
import { UsageError } from '../util/user-error.ts'
import { acceptsFlag, FLAGS, OUTPUT_FORMATS, type OutputFormat } from './flags.ts'
import {
  FORMAT_REQUIRES_PROMPT,
  flagNotValidWith,
  flagOnlyFor,
  invalidBackend,
  NO_PROMPT,
  notSubcommandBut,
  RESUME_REQUIRES_SCREEN,
  RESUME_TAKES_NO_PROMPT,
  requiresOneOf,
  requiresOperand,
  toSendAsPrompt,
  unexpectedArgument,
  unexpectedSecret,
  unknownSubcommand,
} from './messages.ts'
import { parseAmount, parsePositiveInteger } from './numbers.ts'
import { type ParsedFlags, parseFlags, repeatedFlags } from './parsed-flags.ts'
import { OTHER_WORDS, SUBCOMMANDS, type Subcommand, subcommandUsage } from './subcommands.ts'

/** The options of a run of the agent; paths as typed. */
export interface RunOptions {
  readonly agent: { readonly id: string } | 'new' | 'last'
  /** The id of a conversation; null for the last one. */
  readonly conversation: string | null
  /** `--continue`: when this directory has no agent, the one used last in any directory. */
  readonly continueLast: boolean
  readonly name: string | null
  readonly model: string | null
  readonly fallbackModel: string | null
  readonly effort: ReasoningEffort | null
  /** For this run; null for that of the settings. */
  readonly theme: string | null
  readonly backend: string | null
  /** The name of a saved account. */
  readonly account: string | null
  /** Null when neither flag names one. */
  readonly mode: PermissionMode | null
  readonly allowed: readonly string[]
  readonly disallowed: readonly string[]
  readonly tools: readonly string[] | null
  readonly skills: string | null
  readonly updateSkillsBlock: boolean
  readonly link: 'link' | 'unlink' | null
  readonly demo: boolean
  readonly trust: boolean
  readonly ignoreBrokenSettings: boolean
  readonly maxTurns: number | null
  /** US dollars. */
  readonly maxCost: number | null
  readonly directory: string | null
  /** File to record the session to. */
  readonly record: string | null
  /** Notices about deprecated and repeated flags. */
  readonly warnings: readonly string[]
}

/** What a command line asks for. */
export type Invocation =
  /** Help for one subcommand, for those of a noun, or (empty) for the program. */
  | { readonly type: 'help'; readonly subcommands: readonly Subcommand[] }
  | { readonly type: 'version' }
  | { readonly type: 'info'; readonly options: RunOptions }
  | {
      readonly type: 'workbench'
      readonly options: RunOptions
      readonly prompt: string | null
      /** The id of a command that is run first. */
      readonly command?: string
    }
  | {
      readonly type: 'headless'
      readonly options: RunOptions
      /** Null when the prompt is to be read from standard input. */
      readonly prompt: string | null
      /** The prompt looks like a subcommand that does not exist, and is refused unless a text is piped with it. */
      readonly isDoubtful?: true
      readonly format: OutputFormat
    }
  | SubcommandInvocation
  /** Wrong use. The message is one line that names the error, the place, and the closest valid word. */
  | { readonly type: 'usageError'; readonly message: string }

export interface SubcommandInvocation {
  readonly type: 'subcommand'
  /** A name of the table of subcommands. */
  readonly name: string
  readonly operands: readonly string[]
  /** Those that the subcommand does not accept have their defaults. */
  readonly options: RunOptions
  /** Flags that only subcommands have. */
  readonly flags: ParsedFlags
}

/**
 * Parses a command line. `node:util` splits it into words, because (unlike commander) it never reads a flag as the value of
 * another; the tables of flags and subcommands give the words their meaning.
 */
export function parseCommandLine(
  argv: readonly string[],
  terminal: { readonly stdinIsTerminal: boolean },
): Invocation {
  try {
    return toInvocation(splitWords(argv), terminal.stdinIsTerminal)
  } catch (thrown) {
    if (thrown instanceof UsageError) return { type: 'usageError', message: thrown.message }
    throw thrown
  }
}

interface CommandWords {
  readonly flags: ParsedFlags
  readonly positionals: readonly string[]
  /** How many positionals precede a `--`: only these can name a subcommand. */
  readonly unescaped: number
}

function splitWords(argv: readonly string[]): CommandWords {
  const { tokens, positionals } = parseArgs({
    args: argv.map((word, index) => (isTextWithDash(word) ? placeholder(index) : word)),
    options: Object.fromEntries(
      FLAGS.map(({ name, short, value }) => [
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
  const unescaped = tokens.filter(
    (token) => token.kind === 'positional' && token.index < end,
  ).length
  const options = tokens.filter((token) => token.kind === 'option')
  const texts = positionals.map((word) => argv[indexOfPlaceholder(word)] ?? word)
  return { flags: parseFlags(options, argv), positionals: texts, unescaped }
}

/** `- a list`, `-5 degrees`, `--yolo is what?`: no flag contains a space before its value. */
function isTextWithDash(word: string): boolean {
  return /^-(\s|[^A-Za-z-]\S*\s|[A-Za-z]\s|-[^\s=]*\s)/.test(word)
}

/** Such a text on its way through `parseArgs`, which would take it for a flag. No argument can contain NUL. */
const placeholder = (index: number): string => `\0${index}`

function indexOfPlaceholder(word: string): number {
  return word.startsWith('\0') ? Number(word.slice(1)) : -1
}

function toInvocation(
  { flags, positionals, unescaped }: CommandWords,
  stdinIsTerminal: boolean,
): Invocation {
  const words = flags.has('prompt') ? [] : positionals.slice(0, unescaped)
  if (flags.has('help')) return { type: 'help', subcommands: findSubcommands(words) }
  if (flags.has('version')) return { type: 'version' }
  if (asksForHelp(words)) return { type: 'help', subcommands: findSubcommands(words.slice(1)) }
  const subcommand = findSubcommand(words)
  if (subcommand === null) refuseMistypedSubcommand(words)
  if (subcommand !== null) return toSubcommandInvocation(subcommand, flags, positionals)
  rejectForeignFlags(flags, null)
  const options = toRunOptions(flags)
  if (flags.has('info')) return { type: 'info', options }
  const text = [flags.value('prompt'), ...positionals].filter((word) => word !== null).join(' ')
  // A single dash means standard input, as in other programs.
  const prompt = ['', '-'].includes(text.trim()) ? null : text
  const format = oneOf(OUTPUT_FORMATS, flags.value('output-format'))
  if (flags.has('prompt') || !stdinIsTerminal) {
    if (flags.has('resume')) throw new UsageError(RESUME_REQUIRES_SCREEN)
    if (prompt === null && stdinIsTerminal) throw new UsageError(NO_PROMPT)
    const turn = { type: 'headless', options, prompt, format: format ?? 'text' } as const
    return looksLikeSubcommand(words) ? { ...turn, isDoubtful: true } : turn
  }
  if (format !== null) throw new UsageError(FORMAT_REQUIRES_PROMPT)
  if (!flags.has('resume')) return { type: 'workbench', options, prompt }
  if (prompt !== null) throw new UsageError(RESUME_TAKES_NO_PROMPT)
  return { type: 'workbench', options, prompt: null, command: 'conversation.resume' }
}

function toRunOptions(flags: ParsedFlags): RunOptions {
  const id = flags.value('agent')
  const mode = oneOf(PERMISSION_MODES, flags.value('permission-mode'))
  return {
    agent: id !== null ? { id } : flags.has('new') ? 'new' : 'last',
    conversation: flags.value('conversation'),
    continueLast: flags.has('continue'),
    name: flags.value('name'),
    model: flags.value('model'),
    fallbackModel: flags.value('fallback-model'),
    effort: toEffort(flags.value('effort')),
    theme: flags.value('theme'),
    backend: checkBackend(flags.value('backend')),
    account: flags.value('account'),
    mode: flags.has('yolo') ? 'bypassPermissions' : mode,
    allowed: flags.values('allowedTools').flatMap(splitList),
    disallowed: flags.values('disallowedTools').flatMap(splitList),
    tools: flags.has('tools') ? flags.values('tools').flatMap(splitList) : null,
    skills: flags.value('skills'),
    updateSkillsBlock: flags.has('update-skills-block'),
    link: flags.has('link') ? 'link' : flags.has('unlink') ? 'unlink' : null,
    demo: flags.has('demo'),
    trust: flags.has('trust'),
    ignoreBrokenSettings: flags.has('ignore-broken-settings'),
    maxTurns: parsePositiveInteger('max-turns', flags.value('max-turns')),
    maxCost: parseAmount('max-cost', flags.value('max-cost')),
    directory: flags.value('directory'),
    record: flags.value('record'),
    warnings: [
      ...FLAGS.flatMap(({ name, deprecated }) =>
        deprecated !== undefined && flags.has(name) ? [deprecated] : [],
      ),
      ...repeatedFlags(flags),
    ],
  }
}

/** Narrows a value that `parseFlags` has checked already. */
function oneOf<Choice extends string>(
  choices: readonly Choice[],
  value: string | null,
): Choice | null {
  return choices.find((choice) => choice === value) ?? null
}

function checkBackend(value: string | null): string | null {
  if (value === null || value === 'embedded' || value === 'cloud') return value
  const address = readAddress(value)
  if (address !== null) return address
  throw new UsageError(suggest(invalidBackend(value), value, ['embedded', 'cloud']))
}

/** The subcommand that the words name; null when they are a prompt. */
function findSubcommand(words: readonly string[]): Subcommand | null {
  const found = findSubcommands(words)
  const [first] = found
  if (first === undefined) return null
  const [noun = '', verb] = words
  if (found.length === 1 && (first.name === noun || first.name === `${noun} ${verb}`)) return first
  const verbs = found.map(({ name }) => name.split(' ')[1] ?? '')
  const message = suggest(requiresOneOf(noun, verbs), verb ?? '', verbs)
  throw new UsageError(`${message} ${toSendAsPrompt(words)}`)
}

/** `letta memroy list` is not a prompt. A sentence is: it has more words, or its second word is not that of the subcommand. */
function refuseMistypedSubcommand(words: readonly string[]): void {
  const [noun = '', verb, ...rest] = words
  const other = verb === undefined ? OTHER_WORDS.get(noun) : undefined
  if (other !== undefined) {
    throw new UsageError(`${notSubcommandBut(noun, other)} ${toSendAsPrompt(words)}`)
  }
  if (!/^[a-z]{4,}$/.test(noun) || rest.length > 2) return
  const nouns = [...new Set(SUBCOMMANDS.map(({ name }) => name.split(' ')[0] ?? ''))]
  const near = nouns.find((one) => editDistance(noun, one) <= (noun.length < 6 ? 1 : 2))
  if (near === undefined) return
  const verbs = SUBCOMMANDS.filter(({ name }) => name.startsWith(`${near} `)).map(
    ({ name }) => name.split(' ')[1] ?? '',
  )
  const isMeant = verb === undefined || verbs.some((one) => editDistance(verb, one) <= 1)
  if (!isMeant) return
  throw new UsageError(`${unknownSubcommand(noun, near)} ${toSendAsPrompt(words)}`)
}

/** `foo`, or `foo list`: words that may be a prompt for the text on standard input, but more likely name a subcommand. */
function looksLikeSubcommand([noun = '', verb, ...rest]: readonly string[]): boolean {
  const isVerb = SUBCOMMANDS.some(({ name }) => name.split(' ')[1] === verb)
  return /^[a-z][a-z-]*$/.test(noun) && (verb === undefined || (isVerb && rest.length < 2))
}

function suggest(message: string, word: string, words: readonly string[]): string {
  return withSuggestion(message, word, words, (match) => `"${match}"`)
}

/** The subcommand that the words name, or else all that begin with the first word. */
function findSubcommands([noun, verb]: readonly string[]): readonly Subcommand[] {
  const ofNoun = SUBCOMMANDS.filter(({ name }) => name.split(' ')[0] === noun)
  const exact = ofNoun.find(({ name }) => name === noun || name === `${noun} ${verb}`)
  return exact === undefined ? ofNoun : [exact]
}

/** `help`, or `help` and the name of a subcommand; `help me …` is a prompt. */
function asksForHelp([word, ...rest]: readonly string[]): boolean {
  if (word !== 'help') return false
  const name = rest.join(' ')
  return name === '' || SUBCOMMANDS.some((one) => `${one.name} `.startsWith(`${name} `))
}

function toSubcommandInvocation(
  subcommand: Subcommand,
  flags: ParsedFlags,
  positionals: readonly string[],
): Invocation {
  const { name } = subcommand
  rejectForeignFlags(flags, name)
  const operands = positionals.slice(name.split(' ').length)
  checkOperands(subcommand, operands, positionals)
  return { type: 'subcommand', name, operands, options: toRunOptions(flags), flags }
}

function checkOperands(
  subcommand: Subcommand,
  operands: readonly string[],
  positionals: readonly string[],
): void {
  const { name, choices } = subcommand
  const unexpected = operands[subcommand.operands.length]
  if (unexpected !== undefined) {
    if (subcommand.asksForKey) throw new UsageError(unexpectedSecret(name))
    const message = unexpectedArgument(name, unexpected)
    throw new UsageError(`${message} ${toSendAsPrompt(positionals)}`)
  }
  // An empty one is what an unset variable of the shell leaves.
  const empty = operands.indexOf('')
  const missing = subcommand.operands[empty === -1 ? operands.length : empty]
  if (missing !== undefined && !missing.startsWith('[')) {
    throw new UsageError(
      choices === undefined
        ? requiresOperand(name, missing, subcommandUsage(subcommand))
        : requiresOneOf(name, choices),
    )
  }
  if (choices === undefined) return
  const invalid = operands.find((operand) => !choices.includes(operand))
  if (invalid !== undefined) {
    throw new UsageError(suggest(requiresOneOf(name, choices), invalid, choices))
  }
}

/** A flag that has no meaning here is an error, and is not ignored. */
function rejectForeignFlags(flags: ParsedFlags, subcommand: string | null): void {
  for (const flag of FLAGS) {
    if (!flags.has(flag.name) || acceptsFlag(flag, subcommand)) continue
    if (subcommand !== null) throw new UsageError(flagNotValidWith(flag.name, subcommand))
    throw new UsageError(flagOnlyFor(flag.name, shortList([flag.subcommands ?? []].flat())))
  }
}

/** More than three are shortened to their nouns: `tools, memory, agents`. */
function shortList(names: readonly string[]): readonly string[] {
  return names.length <= 3 ? names : [...new Set(names.map((name) => name.split(' ')[0] ?? ''))]
}
