import { ENVIRONMENT } from './environment.ts'
import { EXIT_CODE_HELP, EXIT_CODES, type ExitName } from './exit-codes.ts'
import { acceptsFlag, FLAGS, type Flag, SECTIONS } from './flags.ts'
import {
  COMMANDS_TITLE,
  ENVIRONMENT_TITLE,
  EXAMPLES,
  EXAMPLES_TITLE,
  EXIT_CODES_TITLE,
  OPTIONS_TITLE,
  USAGE,
  USAGE_TITLE,
} from './messages.ts'
import { SUBCOMMANDS, type Subcommand, subcommandUsage } from './subcommands.ts'

/** What `letta --help` prints. */
export function helpText(): string {
  return `${helpSections()
    .map(({ title, rows }) => (rows.length === 0 ? title : `${title}\n${table(rows)}`))
    .join('\n\n')}\n`
}

interface HelpSection {
  readonly title: string
  /** What is typed or set, and what that does. */
  readonly rows: readonly (readonly [string, string])[]
}

/** The parts of the help, from which the manual page is written as well. */
export function helpSections(): readonly HelpSection[] {
  return [
    { title: USAGE_TITLE, rows: USAGE },
    { title: EXAMPLES_TITLE, rows: EXAMPLES },
    { title: OPTIONS_TITLE, rows: [] },
    ...SECTIONS.map((section) => ({
      title: section,
      rows: FLAGS.filter((flag) => flag.section === section).map(
        (flag) => [flagUsage(flag), flag.help] as const,
      ),
    })),
    {
      title: COMMANDS_TITLE,
      rows: SUBCOMMANDS.map((subcommand) => [subcommandUsage(subcommand), subcommand.help]),
    },
    {
      title: ENVIRONMENT_TITLE,
      rows: ENVIRONMENT.map(({ names, help }) => [names.join(', '), help]),
    },
    { title: EXIT_CODES_TITLE, rows: exitCodes() },
  ]
}

/** What `letta memory --help` and `letta memory show --help` print: usage and flags. */
export function subcommandHelp(subcommands: readonly Subcommand[]): string {
  const usages = subcommands.map(({ name, operands, help }) => {
    return [['letta', name, '[OPTIONS]', ...operands].join(' '), help] as const
  })
  const flags = FLAGS.filter((flag) => subcommands.some(({ name }) => acceptsFlag(flag, name)))
  const rows = flags.map((flag) => [flagUsage(flag), flag.help] as const)
  return `${USAGE_TITLE}\n${table(usages)}\n\n${OPTIONS_TITLE}\n${table(rows)}\n`
}

/** `-m, --model MODEL` */
export function flagUsage({ name, short, value }: Flag): string {
  const operand = value === undefined || value.optional ? '' : ` ${value.name}`
  return `${short === undefined ? '    ' : `-${short}, `}--${name}${operand}`
}

function exitCodes(): readonly (readonly [string, string])[] {
  const names = Object.keys(EXIT_CODES) as ExitName[]
  return names.map((name) => [String(EXIT_CODES[name]).padStart(3), EXIT_CODE_HELP[name]])
}

/** The width of a terminal of the usual size. */
const COLUMNS = 80
/** A longer left column has its text on the next line. */
const MAX_LEFT_COLUMNS = 31
const INDENT = '  '

/** Two columns. Neither contains a line break; no line exceeds the width, unless one word does. */
function table(rows: readonly (readonly [string, string])[]): string {
  const short = rows.map(([left]) => left.length).filter((length) => length <= MAX_LEFT_COLUMNS)
  const width = Math.max(0, ...short)
  const textColumns = COLUMNS - INDENT.length * 2 - width
  const margin = ' '.repeat(width + INDENT.length * 2)
  return rows
    .map(([left, right]) => {
      const lines = wrapWords(right, textColumns)
      if (left.length <= width) {
        return `${INDENT}${left.padEnd(width)}${INDENT}${lines.join(`\n${margin}`)}`
      }
      const head = wrapWords(left, COLUMNS - INDENT.length).join(`\n${INDENT}`)
      return `${INDENT}${head}\n${margin}${lines.join(`\n${margin}`)}`
    })
    .join('\n')
}

/** Lines of at most `columns` characters, unless one word is longer. */
function wrapWords(text: string, columns: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= columns) {
      lines[lines.length - 1] = `${last} ${word}`
    } else lines.push(word)
  }
  return lines
}
