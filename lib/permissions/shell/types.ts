import { plainValue, type ShellWord } from './parse/word.ts'
import type { Folders } from './parse/working-directory.ts'

/** A program that a line may start, with all that is known of how. */
export interface SimpleCommand {
  /** As written. */
  readonly text: string
  /** The program's name and its arguments. */
  readonly words: readonly ShellWord[]
  readonly assignments: readonly Assigned[]
  readonly redirections: readonly Redirection[]
  /** The text of the line that it is fed with, if that is known. */
  readonly input: string | null
  /** Where it may run; null when only running it tells. */
  readonly folders: Folders
  /** What it starts in turn (`sudo rm`, `sh -c …`, `find -exec …`); null when it is no wrapper. */
  readonly inner: Inner | null
}

export interface Inner {
  /** Whether the wrapper adds nothing of its own: `timeout 5`, `nice`. */
  readonly isTransparent: boolean
  /** Whether it runs on another machine, in a container or from a package. */
  readonly isElsewhere: boolean
  readonly commands: readonly SimpleCommand[]
  /** Where in the wrapper's words the inner program stands; null when it is no word of its own. */
  readonly innerAt: number | null
}

export interface Assigned {
  readonly name: string
  readonly value: ShellWord
}

export interface Redirection {
  readonly operator: string
  /** The file, or what a here-string or a variable in a here-document feeds. */
  readonly target: ShellWord | null
}

/** Whether a redirection feeds text of the line itself, not a file. */
export function isText({ operator }: Redirection): boolean {
  return operator.startsWith('<<')
}

/** Whether a redirection only joins descriptors that are open: `2>&1`. */
export function isDescriptor({ operator, target }: Redirection): boolean {
  return /^[<>]&$/.test(operator) && /^(\d+-?|-)$/.test(plainValue(target ?? undefined) ?? '')
}

/** Something that keeps a line from being understood. */
export interface Uncertainty {
  readonly because: string
  readonly part: string | null
  /** Whether commands may hide behind it that no rule can see. */
  readonly hides: boolean
}

export interface ShellLine {
  readonly commands: readonly SimpleCommand[]
  readonly doubts: readonly Uncertainty[]
  /** Whether all of it fits the shell's grammar. */
  readonly isParsed: boolean
  /** What looks like commands in a line that doesn't: only good to find what a rule forbids. */
  readonly pieces: readonly SimpleCommand[]
}

/**
 * The line as it is written, and as the shell has joined it before it looks for words: a parser takes some words for
 * others when they are parted in the middle. What holds of either may hold of the line.
 */
export function interpretations(line: string): readonly string[] {
  const joined = line.replaceAll('\\\n', '')
  return joined === line ? [line] : [line, joined]
}
