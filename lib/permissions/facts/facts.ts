import type { ProjectBounds } from '../types.ts'

/**
 * What a decision can ask about the file system. The decision itself is pure: it asks a table of facts, which were read
 * before (`fact-cache.ts`).
 */
export interface FileFacts {
  /** The path with its symlinks followed, as `resolvePath` of `lib/fs` does it. */
  resolve(path: string): string
  /** The names in a directory; none when it does not exist, null when it is unreadable or contains too many. */
  listNames(directory: string): readonly string[] | null
  /** What a directory contains, links not followed. Enters only directories that contain or are inside a root. */
  listTree(directory: string, roots: readonly string[]): DirectoryTree
  exists(path: string): boolean
  /** Why git must not read the directory's repository without approval; null when it may. */
  findGitDanger(directory: string): string | null
  /** Why git must not change or fetch anything there without approval, in addition: hooks, aliases, programs that connect. */
  findGitWriteDanger(directory: string): string | null
  /** Why nothing must be sent to the repository at a place of this machine without approval; null when there is none, or it may. */
  findGitRemoteDanger(place: string): string | null
  /** The top of the work tree of a directory's repository, or the repository itself when it is bare; null without one. */
  findGitTop(directory: string): string | null
  /** Whether a link has replaced a directory of the files that the repository of a directory tracks. */
  hasLinkedDirectories(directory: string): boolean
  /** The patterns of ignore files, in a directory and above it, by which a search finds files although they are hidden. */
  listUnhidden(directory: string): readonly string[]
  /** The files that the repository of a directory tracks. */
  listTrackedFiles(directory: string): TrackedFiles
}

export type DirectoryTree =
  | { readonly type: 'missing' }
  | { readonly type: 'file' }
  | {
      readonly type: 'directory'
      /** The absolute paths of all files and of the entered directories, this one included. */
      readonly paths: readonly string[]
      /** Those that are links. */
      readonly links: readonly string[]
      readonly isComplete: boolean
    }

export type TrackedFiles =
  | { readonly type: 'noRepository' }
  /** A bare repository, an index that cannot be read, or too many files. */
  | { readonly type: 'unknown' }
  | { readonly type: 'files'; readonly paths: readonly string[] }

/** Reads facts, from the disk or, in tests, from a table. No method rejects. */
export type FactSource = {
  readonly [Name in keyof FileFacts]: (
    ...args: Parameters<FileFacts[Name]>
  ) => Promise<ReturnType<FileFacts[Name]>>
}

/** The project and the file system as a decision sees them. */
export interface FsView extends ProjectBounds, FileFacts {
  /** Whether too many facts were asked for. Answers are guesses then: enough to deny, never enough to allow. */
  readonly isExhausted: boolean
  /** The files that patterns match, until further facts are read: a line can repeat one pattern thousands of times. */
  readonly expansions: Map<string, readonly string[] | null>
  readonly lettaDirectory: string
}
