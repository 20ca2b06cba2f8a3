import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { findRepository } from '../../permissions/git/find-repository.ts'

/**
 * The top directory of the repository that tracks a file: of a submodule, or of another repository within the project, its own.
 * Null for none, and for what only looks like one.
 */
export async function repositoryTop(path: string): Promise<string | null> {
  return topOfDirectory(await existingDirectory(dirname(path)))
}

/** The same for the files of a directory, which exists. */
export async function topOfDirectory(directory: string): Promise<string | null> {
  const repository = await findRepository(directory)
  return typeof repository === 'string' ? null : repository.worktree
}

/** The directory of a deleted file can be deleted, too. */
async function existingDirectory(directory: string): Promise<string> {
  const stats = await stat(directory).catch(() => null)
  const above = dirname(directory)
  return stats?.isDirectory() === true || above === directory ? directory : existingDirectory(above)
}
