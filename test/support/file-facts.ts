import type { FactSource, FsView } from '../../lib/permissions/facts/facts.ts'
import type { ProjectBounds } from '../../lib/permissions/types.ts'

/** Directories that do not exist, for decisions in which paths are only compared. */
export const IMAGINARY_BOUNDS: ProjectBounds = { directory: '/p', home: '/h', readable: [] }

/** An empty file system, in which `resolve` follows the given links. */
export function emptyFacts(resolve: (path: string) => string = (path) => path): FactSource {
  return {
    resolve: async (path) => resolve(path),
    listNames: async () => [],
    listTree: async () => ({ type: 'missing' }),
    exists: async () => false,
    findGitDanger: async () => null,
    findGitWriteDanger: async () => null,
    findGitRemoteDanger: async () => null,
    findGitTop: async () => null,
    hasLinkedDirectories: async () => false,
    listUnhidden: async () => [],
    listTrackedFiles: async () => ({ type: 'noRepository' }),
  }
}

/** The same file system for the pure part of a decision. */
export const EMPTY_VIEW: FsView = {
  ...IMAGINARY_BOUNDS,
  lettaDirectory: '/h/.letta',
  isExhausted: false,
  expansions: new Map(),
  resolve: (path) => path,
  listNames: () => [],
  listTree: () => ({ type: 'missing' }),
  exists: () => false,
  findGitDanger: () => null,
  findGitWriteDanger: () => null,
  findGitRemoteDanger: () => null,
  findGitTop: () => null,
  hasLinkedDirectories: () => false,
  listUnhidden: () => [],
  listTrackedFiles: () => ({ type: 'noRepository' }),
}
