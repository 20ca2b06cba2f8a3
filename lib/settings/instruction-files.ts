import { existsSync } from 'node:fs'
import path from 'node:path'

/** Names of files with instructions for agents; of several in one directory the first is read. */
export const INSTRUCTION_NAMES = ['AGENTS.md', 'CLAUDE.md', 'GEMINI.md'] as const

const MAX_LEVELS = 20

/**
 * The instruction files of a directory and of those above it, up to the root of its repository; the outermost first. Outside of a
 * repository only that of the directory itself.
 */
export function findInstructionFiles(directory: string): readonly string[] {
  const levels: string[] = []
  let isRepository = false
  for (let at = directory; levels.length < MAX_LEVELS; at = path.dirname(at)) {
    levels.push(at)
    isRepository = existsSync(path.join(at, '.git'))
    if (isRepository || path.dirname(at) === at) break
  }
  const searched = isRepository ? levels.toReversed() : [directory]
  return searched.flatMap((level) => {
    const name = INSTRUCTION_NAMES.find((one) => existsSync(path.join(level, one)))
    return name === undefined ? [] : [path.join(level, name)]
  })
}
