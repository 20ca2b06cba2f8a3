/** The name of the part of `surroundings` that is no file. */
export const PLACE = 'place'

/** A part of what the agent knows about where it is: the name of a file, or `place`. */
export interface SurroundingsPart {
  readonly name: string
  readonly characters: number
}

/** The repository that contains the directory. */
export interface GitStatus {
  /** A detached head is the start of its commit. */
  readonly branch: string
  /** Files that differ from the last commit; null when git cannot be asked. */
  readonly changed: number | null
  /** The files of which something is in the index, by their path; absent when there are none. `part`: they differ from it. */
  readonly staged?: Readonly<Record<string, 'all' | 'part'>>
}
