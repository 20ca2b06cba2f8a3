import { acceptsFlag, type Flag, flags } from '../flags.ts'
import { SUBCOMMANDS, type Subcommand } from '../subcommands.ts'

/** What may come next behind some words of a command line. */
export interface CompletionState {
  /** The words so far: nothing, `memory`, or `memory list`. */
  readonly at: string
  readonly flags: readonly Flag[]
  readonly words: readonly Word[]
  /** What an operand names; null for words of one's own. */
  readonly files: 'directories' | 'files' | null
}

export interface Word {
  readonly word: string
  readonly doc: string
}

/** The situations that a completion tells apart, from the tables of flags and subcommands. The first is the bare program. */
export function completionStates(): readonly CompletionState[] {
  const nouns = [...new Set(SUBCOMMANDS.map(({ name }) => name.split(' ')[0] ?? ''))]
  const help = { word: 'help', doc: 'Print help, also on one of these' }
  const own = [
    ...nouns.map((noun) => ({ word: noun, doc: nounDoc(verbsOf(SUBCOMMANDS, noun)) })),
    help,
  ]
  return [
    { at: '', flags: flagsOf(null), words: own, files: null },
    ...nouns.flatMap((noun) => nounSituation(noun, verbsOf(SUBCOMMANDS, noun))),
    ...SUBCOMMANDS.map(subcommandSituation),
  ]
}

function verbsOf(SUBCOMMANDS: readonly Subcommand[], noun: string): readonly Subcommand[] {
  return SUBCOMMANDS.filter(({ name }) => name.split(' ')[0] === noun)
}

function nounDoc(verbs: readonly Subcommand[]): string {
  const [first] = verbs
  if (verbs.length === 1 && first !== undefined) return first.doc
  return verbs.map(({ name }) => name.split(' ')[1]).join(', ')
}

function nounSituation(noun: string, verbs: readonly Subcommand[]): readonly CompletionState[] {
  if (verbs.some(({ name }) => name === noun)) return []
  const words = verbs.map(({ name, doc }) => ({ word: name.split(' ')[1] ?? '', doc }))
  const taken = flags.filter((flag) => verbs.some(({ name }) => acceptsFlag(flag, name)))
  return [{ at: noun, flags: taken, words, files: null }]
}

function subcommandSituation({ name, operands, choices = [] }: Subcommand): CompletionState {
  const [operand = ''] = operands
  return {
    at: name,
    flags: flagsOf(name),
    words: choices.map((word) => ({ word, doc: '' })),
    files: filesOf(operand),
  }
}

function flagsOf(subcommand: string | null): readonly Flag[] {
  return flags.filter((flag) => acceptsFlag(flag, subcommand))
}

/** Flags whose value is a word behind them. */
export function valueFlags(): readonly Flag[] {
  return flags.filter(({ value }) => value !== undefined && !value.optional)
}

/** The values of a flag, as far as they can be listed. */
export function filesOf(name: string): CompletionState['files'] {
  if (/DIR/.test(name)) return 'directories'
  return /FILE/.test(name) ? 'files' : null
}

/** `--model`, `-m` */
export function spellings({ name, short }: Flag): readonly string[] {
  return short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`]
}
