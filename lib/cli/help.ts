import { acceptsFlag, type Flag, flags, SECTIONS } from './flags.ts'
import { SUBCOMMANDS, type Subcommand } from './subcommands.ts'

const USAGE = `USAGE
  letta [OPTIONS] [PROMPT]            open the workbench on this folder
  letta -p [OPTIONS] [PROMPT]         one turn without a screen; text may be piped in
  letta COMMAND [OPTIONS]`

const EXIT_CODES = `EXIT CODES
  0 done   1 failed   2 wrong use   70 a bug of ours   130 interrupted   143 terminated`

/** What `letta --help` prints. */
export function helpText(): string {
  const sections = SECTIONS.map((section) => {
    const rows = flags.filter((flag) => flag.section === section)
    return `${section}\n${table(rows.map((flag) => [spelling(flag), flag.doc]))}`
  })
  const commands = SUBCOMMANDS.map(
    ({ name, operands, doc }) => [['letta', name, ...operands].join(' '), doc] as const,
  )
  const parts = [USAGE, 'OPTIONS', ...sections, `COMMANDS\n${table(commands)}`, EXIT_CODES]
  return `${parts.join('\n\n')}\n`
}

/** What `letta memory --help` and `letta memory show --help` print: how each is called, and the flags it takes. */
export function subcommandHelp(subcommands: readonly Subcommand[]): string {
  const calls = subcommands.map(({ name, operands, doc }) => {
    return [['letta', name, '[OPTIONS]', ...operands].join(' '), doc] as const
  })
  const taken = flags.filter((flag) => subcommands.some(({ name }) => acceptsFlag(flag, name)))
  const rows = taken.map((flag) => [spelling(flag), flag.doc] as const)
  return `USAGE\n${table(calls)}\n\nOPTIONS\n${table(rows)}\n`
}

/** `-m, --model MODEL` */
export function spelling({ name, short, value }: Flag): string {
  const operand = value === undefined || value.optional ? '' : ` ${value.name}`
  return `${short === undefined ? '    ' : `-${short}, `}--${name}${operand}`
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n')
}
