import path from 'node:path'
import { exists, readGitFile } from '../git/git-repository.ts'

/** The patterns of ignore files in a directory and above it that name files to search, without their `!`. */
export async function listUnhidden(directory: string): Promise<readonly string[]> {
  const parent = path.dirname(directory)
  const [above, ...own] = await Promise.all([
    parent === directory ? [] : listUnhidden(parent),
    // In a worktree, the file of the repository is elsewhere.
    readGitFile(path.join(directory, '.git')).then((text) => (text === null ? [] : ['*'])),
    ...IGNORE_FILES.map((name) => readUnhidden(path.join(directory, name))),
  ])
  return [...above, ...own.flat()]
}

const IGNORE_FILES = ['.gitignore', '.ignore', '.rgignore', '.git/info/exclude']

async function readUnhidden(file: string): Promise<readonly string[]> {
  const text = await readGitFile(file)
  // One that is too long to read could name any file.
  if (text === null) return (await exists(file)) ? ['*'] : []
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .filter((line) => line.startsWith('!'))
  return lines.map((line) => line.slice(1).trimEnd())
}
