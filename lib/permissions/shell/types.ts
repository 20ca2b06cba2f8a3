import type { NameEndings } from './effects/name-endings.ts'
import { type KnownText, plainValue, type ShellWord } from './parse/word.ts'
import type { WorkingDirectories } from './parse/working-directory.ts'

/** One program call that a line can make, and what is known about it before it runs. */
export interface SimpleCommand {
  /** As written. */
  readonly text: string
  /** The program's name and its arguments. */
  readonly words: readonly ShellWord[]
  readonly assignments: readonly VariableAssignment[]
  readonly redirections: readonly Redirection[]
  /** The text that the line feeds to its standard input, if that is known or can be guessed. */
  readonly input: KnownText | null
  /** Where it can run; null when that is determined at run time. */
  readonly directories: WorkingDirectories
  /** The names that its standard input contains and nothing else, if that is known. */
  readonly fileNames?: FileNames | null
  /** What it starts (`sudo rm`, `sh -c …`, `find -exec …`); null when it is not a wrapper. */
  readonly inner: InnerCommands | null
}

/** Names of regular files, each ended by NUL: those below some directories, or those that the repository tracks. */
export type FileNames =
  | {
      readonly type: 'below'
      readonly starts: readonly ShellWord[]
      readonly endings: NameEndings
    }
  | { readonly type: 'tracked' }

export interface InnerCommands {
  /** Whether the wrapper does nothing else: `timeout 5`, `nice`. */
  readonly isTransparent: boolean
  /** Whether they run on another machine, in a container or from a package. */
  readonly isElsewhere: boolean
  readonly commands: readonly SimpleCommand[]
  /** The index of the inner program among the wrapper's words; null when it is not a separate word. */
  readonly innerIndex: number | null
}

export interface VariableAssignment {
  readonly name: string
  readonly value: ShellWord
}

export interface Redirection {
  readonly operator: string
  /** The file, or the text fed by a here-string or by a variable in a here-document. */
  readonly target: ShellWord | null
}

/** Whether a redirection feeds text of the line, not a file. */
export function isInlineText({ operator }: Redirection): boolean {
  return operator.startsWith('<<')
}

/** Whether a redirection only duplicates an open descriptor: `2>&1`. */
export function isDescriptorCopy({ operator, target }: Redirection): boolean {
  return /^[<>]&$/.test(operator) && /^(\d+-?|-)$/.test(plainValue(target ?? undefined) ?? '')
}

/** Something that keeps a line from being understood in full. */
export interface Uncertainty {
  readonly because: string
  readonly part: string | null
  /** Whether it can hide commands from rules. */
  readonly hides: boolean
}

export interface ShellLine {
  readonly commands: readonly SimpleCommand[]
  readonly uncertainties: readonly Uncertainty[]
  /** Whether the complete line is valid shell syntax. */
  readonly isParsed: boolean
  /** What looks like commands in a line that is not valid: used only to find what a rule denies. */
  readonly fragments: readonly SimpleCommand[]
  /** The line printed from its parse, which is what runs without approval; null when it cannot be printed. */
  reprint(): string | null
  /** The same, with commands that start programs for files changed so that these are regular files. */
  tighten(): string | null
  /** The printed line, with each program by its path. */
  locate(place: ProgramPlace): string | null
}

/** Where programs are found, and which system that is. */
export interface ProgramPlace {
  /** The path of a program; null where it is not found. */
  find(name: string): string | null
  readonly platform: NodeJS.Platform
}

/**
 * The line as written, and with its continuation lines joined, as the shell does before it splits words: the parser
 * reads some words differently when they are split. Both are analysed.
 */
export function interpretations(line: string): readonly string[] {
  const joined = line.replaceAll('\\\n', '')
  return joined === line ? [line] : [line, joined]
}

/** The commands and everything that they start, at every depth. */
export function withInnerCommands(commands: readonly SimpleCommand[]): readonly SimpleCommand[] {
  return commands.flatMap((one) => [one, ...withInnerCommands(one.inner?.commands ?? [])])
}
