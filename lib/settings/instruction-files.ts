import { existsSync } from 'node:fs'
import path from 'node:path'
import { pathExists } from '../fs/path-exists.ts'

/** Names of files with instructions for agents; of several in one directory the first is read. */
export const INSTRUCTION_NAMES = ['AGENTS.md', 'CLAUDE.md', 'GEMINI.md'] as const

const MAX_LEVELS = 20

/**
 * The instruction files of a directory and of those above it, up to the root of its repository; the outermost first. Outside of a
 * repository only that of the directory itself.
 */
export function findInstructionFiles(
  directory: string,
  exists: (file: string) => boolean = existsSync,
): readonly string[] {
  const levels: string[] = []
  let isRepository = false
  for (const at of levelsAbove(directory)) {
    levels.push(at)
    isRepository = exists(path.join(at, '.git'))
    if (isRepository) break
  }
  const searched = isRepository ? levels.toReversed() : [directory]
  return searched.flatMap((level) => {
    const name = INSTRUCTION_NAMES.find((one) => exists(path.join(level, one)))
    return name === undefined ? [] : [path.join(level, name)]
  })
}

/** The same while a screen is shown: a disk that is slow delays no key. */
export async function searchInstructionFiles(directory: string): Promise<readonly string[]> {
  const wanted = levelsAbove(directory).flatMap((level) =>
    ['.git', ...INSTRUCTION_NAMES].map((name) => path.join(level, name)),
  )
  const exist = await Promise.all(wanted.map(pathExists))
  const existing = new Set(wanted.filter((_, at) => exist[at]))
  return findInstructionFiles(directory, (file) => existing.has(file))
}

function levelsAbove(directory: string): readonly string[] {
  const levels = [directory]
  for (let at = path.dirname(directory); levels.length < MAX_LEVELS; at = path.dirname(at)) {
    if (at === levels.at(-1)) break
    levels.push(at)
  }
  return levels
}
