import { acceptsFlag, type CompletionList, FLAGS, type Flag } from '../flags.ts'
import { HELP_WORD } from '../messages.ts'
import { SUBCOMMANDS, type Subcommand } from '../subcommands.ts'

/** What may follow the words of a command line that have been typed so far. */
export interface CompletionState {
  /** Those words, as far as they name a subcommand: ``, `memory`, or `memory list`. */
  readonly path: string
  readonly flags: readonly Flag[]
  readonly words: readonly CompletionWord[]
  /** The kind of files that the operand names; null for other operands. */
  readonly operand: FileKind | null
  /** The list that has the operand, to be printed by `letta completion LIST`; null for other operands. */
  readonly list: CompletionList | null
}

export type FileKind = 'directories' | 'files'

export interface CompletionWord {
  readonly word: string
  readonly help: string
}

/** Every state that a completion script distinguishes. The first is that of `letta` without a subcommand. */
export function completionStates(): readonly CompletionState[] {
  const nouns = [...new Set(SUBCOMMANDS.map(({ name }) => name.split(' ')[0] ?? ''))]
  const words = [
    ...nouns.map((noun) => ({ word: noun, help: nounHelp(subcommandsOf(noun)) })),
    { word: 'help', help: HELP_WORD },
  ]
  return [
    { path: '', flags: flagsOf(null), words, operand: null, list: null },
    ...nouns.flatMap((noun) => nounState(noun, subcommandsOf(noun))),
    ...SUBCOMMANDS.map(subcommandState),
  ]
}

function subcommandsOf(noun: string): readonly Subcommand[] {
  return SUBCOMMANDS.filter(({ name }) => name.split(' ')[0] === noun)
}

function nounHelp(subcommands: readonly Subcommand[]): string {
  const [first] = subcommands
  if (subcommands.length === 1 && first !== undefined) return first.help
  return subcommands.map(({ name }) => name.split(' ')[1]).join(', ')
}

function nounState(noun: string, subcommands: readonly Subcommand[]): readonly CompletionState[] {
  if (subcommands.some(({ name }) => name === noun)) return []
  const words = subcommands.map(({ name, help }) => ({ word: name.split(' ')[1] ?? '', help }))
  const flags = FLAGS.filter((flag) => subcommands.some(({ name }) => acceptsFlag(flag, name)))
  return [{ path: noun, flags, words, operand: null, list: null }]
}

function subcommandState(subcommand: Subcommand): CompletionState {
  const { name, operands, choices = [], list = null } = subcommand
  const [operand = ''] = operands
  return {
    path: name,
    flags: flagsOf(name),
    words: choices.map((word) => ({ word, help: '' })),
    operand: fileKindOf(operand),
    list,
  }
}

function flagsOf(subcommand: string | null): readonly Flag[] {
  return FLAGS.filter((flag) => acceptsFlag(flag, subcommand))
}

/** Flags whose value is the next word. */
export function valueFlags(): readonly Flag[] {
  return FLAGS.filter(({ value }) => value !== undefined && !value.optional)
}

/** What an operand or a value of this name completes to. */
export function fileKindOf(name: string): FileKind | null {
  if (/DIR/.test(name)) return 'directories'
  return /FILE/.test(name) ? 'files' : null
}

/** `--model`, `-m` */
export function spellingsOf({ name, short }: Flag): readonly string[] {
  return short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`]
}
