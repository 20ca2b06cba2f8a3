import { EXIT_CODE_HELP, EXIT_CODES, type ExitName } from './exit-codes.ts'
import { acceptsFlag, FLAGS, type Flag, SECTIONS } from './flags.ts'
import { COMMANDS_TITLE, EXIT_CODES_TITLE, OPTIONS_TITLE, USAGE, USAGE_TITLE } from './messages.ts'
import { SUBCOMMANDS, type Subcommand, subcommandUsage } from './subcommands.ts'

/** What `letta --help` prints. */
export function helpText(): string {
  const sections = SECTIONS.map((section) => {
    const flags = FLAGS.filter((flag) => flag.section === section)
    return `${section}\n${table(flags.map((flag) => [flagUsage(flag), flag.help]))}`
  })
  const commands = SUBCOMMANDS.map((subcommand) => {
    return [subcommandUsage(subcommand), subcommand.help] as const
  })
  const parts = [
    `${USAGE_TITLE}\n${table(USAGE)}`,
    OPTIONS_TITLE,
    ...sections,
    `${COMMANDS_TITLE}\n${table(commands)}`,
    `${EXIT_CODES_TITLE}\n${table(exitCodes())}`,
  ]
  return `${parts.join('\n\n')}\n`
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

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n')
}
