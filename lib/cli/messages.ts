import { spellOut } from '../util/invisible-characters.ts'
import type { MessageWithHint } from '../util/user-error.ts'
/** The texts of the command line: help and usage errors. Those of flags and subcommands are in their tables. */

export const USAGE_TITLE = 'USAGE'
export const OPTIONS_TITLE = 'OPTIONS'
export const COMMANDS_TITLE = 'COMMANDS'
export const EXAMPLES_TITLE = 'EXAMPLES'
export const ENVIRONMENT_TITLE = 'ENVIRONMENT'
export const EXIT_CODES_TITLE = 'EXIT CODES'

export const EXAMPLES: readonly (readonly [string, string])[] = [
  ['letta', 'work in this directory'],
  ['letta --demo', 'try it offline, with a scripted model'],
  ['letta -p "Fix the failing test" --permission-mode acceptEdits', 'one turn that may edit files'],
  ['git diff | letta -p "Review this" --output-format json', 'from a script'],
  ['letta memory diff --since yesterday', 'what the agent has learned'],
  ['letta changes --patch | git apply --cached', 'stage what the agent has changed'],
]

/** Ways to start the program: what is typed, and what that does. */
export const USAGE: readonly (readonly [string, string])[] = [
  ['letta [OPTIONS] [PROMPT]', 'open the workbench in this directory'],
  ['letta -p [OPTIONS] [PROMPT]', 'run one turn non-interactively; reads stdin too'],
  ['letta COMMAND [OPTIONS]', 'run a command; letta COMMAND --help shows its options'],
]

export const HELP_WORD = 'Show help for a command'

// Verbatim: the first three words are those of Letta Code.
export const NO_PROMPT =
  'No prompt provided: write it after -p, or pipe it in: echo "Explain this" | letta -p'

export const RESUME_REQUIRES_SCREEN =
  '--resume opens a list to choose from. Without a screen: --conversation ID'
export const RESUME_TAKES_NO_PROMPT =
  '--resume takes no prompt: choose the conversation first, or use --conversation ID.'

export const FORMAT_REQUIRES_PROMPT = '--output-format is only valid in headless mode: add -p.'

const UNEXPECTED_SECRET =
  'unexpected argument. Keys are read from a prompt or stdin, never from the command line.'

// Verbatim: "Unknown option" and "double dashes" are those of Letta Code.
export const unknownFlag = (flag: string): string => `Unknown option ${spellOut(flag)}.`
export const FLAG_SYNTAX = 'Long options start with double dashes; letta --help lists them.'
export const singleDash = (name: string): string =>
  `Unknown option -${spellOut(name)}: long options start with double dashes, --${spellOut(name)}.`

export const takesNoValue = (flag: string, value: string): string =>
  `${spellOut(flag)} does not take a value, got "${spellOut(value)}".`

export const requiresValue = (flag: string, valueName: string): string =>
  `${flag} requires a value: ${flag} ${valueName}`

export const valueLooksLikeFlag = (flag: string, value: string, attached: string): string =>
  `${flag} requires a value, but "${spellOut(value)}" looks like an option. If it is the value: ${spellOut(attached)}`

export const invalidChoice = (flag: string, value: string): string =>
  `Invalid ${flag.replaceAll('-', ' ')}: ${spellOut(value)}.`
export const validChoices = (choices: readonly string[]): string => `Valid: ${choices.join(', ')}`

export const repeatedFlag = (flag: string, values: readonly string[]): string =>
  `--${flag} takes one value, got ${values.map((value) => `"${spellOut(value)}"`).join(' and ')}.`

/** A flag of `letta` itself, which an alias may contain as well. */
export const lastValueCounts = (flag: string, values: readonly string[]): string =>
  `--${flag} was given as ${values.map((value) => `"${spellOut(value)}"`).join(' and ')}: the last one counts.`

export const conflictingFlags = (flag: string, other: string): string =>
  `--${flag} and --${other} cannot be used together.`

export const requiresFlag = (flag: string, other: string, valueName: string): string =>
  `--${flag} requires --${other} ${valueName}`.trimEnd()

export const notPositiveInteger = (flag: string, value: string): string =>
  `--${flag} must be a positive integer, got "${spellOut(value)}".`

export const notAnAmount = (flag: string, value: string): string =>
  `--${flag} must be an amount such as 0.50, got "${spellOut(value)}".`

export const notInRange = (flag: string, most: number, value: string): string =>
  `--${flag} must be an integer from 0 to ${most}, got "${spellOut(value)}".`

export const notAnInteger = (flag: string, value: string): string =>
  `--${flag} must be 0 or a positive integer, got "${spellOut(value)}".`

export const invalidBackend = (value: string): string =>
  `--backend must be embedded, cloud or a URL such as http://localhost:8283, got "${spellOut(value)}".`

export const flagOnlyFor = (flag: string, commands: readonly string[]): string =>
  `--${flag} is only valid with: letta ${commands.join(', ')}.`

export const flagNotValidWith = (flag: string, command: string): string =>
  `--${flag} is not valid with letta ${command}.`

export const requiresOneOf = (command: string, words: readonly string[]): string =>
  `letta ${command} requires one of: ${words.join(', ')}.`

export const requiresOperand = (command: string, operand: string, usage: string): string =>
  `letta ${command} requires ${operand}: ${usage}`

export const unexpectedArgument = (command: string, argument: string): string =>
  `letta ${command}: unexpected argument "${spellOut(argument)}".`

export const unexpectedSecret = (command: string): string =>
  `letta ${command}: ${UNEXPECTED_SECRET}`

export const unknownSubcommand = (name: string, near: string): string =>
  `Unknown subcommand "${spellOut(name)}". Did you mean "${near}"?`

/** `command`: what does it instead. */
export const notSubcommandBut = (word: string, command: string): string =>
  `Unknown subcommand "${spellOut(word)}". Use ${command}.`

/** `words`: as typed, without a text on standard input. */
export const notSubcommand = (words: string): MessageWithHint => ({
  message: `Unknown subcommand "${spellOut(words)}".`,
  hint: `Available: letta --help. To send the words as a prompt: letta -p "${spellOut(words)}"`,
})

/** A slash command of the workbench as the prompt of a headless run. */
export const slashCommandAsPrompt = (name: string, text: string): MessageWithHint => ({
  message: `/${spellOut(name)} is a command of the workbench and not a prompt.`,
  hint: `Start letta to run it. To send the text to the agent, put a space before it: letta -p " ${spellOut(text)}"`,
})

export const unknownPromptName = (name: string, near: string): MessageWithHint => ({
  message: `Prompt /${spellOut(name)} not found. Did you mean /${near}?`,
  hint: `To send the text to the agent, put a space before it: letta -p " /${spellOut(name)}"`,
})

export const toSendAsPrompt = (words: readonly string[]): string =>
  `To send the words as a prompt: letta -- ${spellOut(words.join(' '))}`
