import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import path from 'node:path'
import { isInside } from '../fs/is-inside.ts'
import { resolveExisting } from '../fs/resolve-path.ts'
import { diskFacts } from './facts/disk-facts.ts'
import { withFacts } from './facts/fact-cache.ts'
import { nullOnFailure } from './git/git-repository.ts'
import { parseLine } from './shell/parse/parse-line.ts'
import type { ProjectBounds } from './types.ts'

interface LocatedCommand {
  /** The printed line with its programs by their paths: what the shell gets. */
  readonly text: string
  /** The paths of the programs, each once. */
  readonly programs: readonly string[]
}

/**
 * Finds the programs of a printed line, in the directories in which the shell would: they are then called by these paths, so that
 * no other file can run under their names. A program that is not found keeps its name; the shell reports it.
 */
export async function locatePrograms(
  runs: string,
  bounds: ProjectBounds,
  directories: readonly string[],
  platform: NodeJS.Platform = process.platform,
): Promise<LocatedCommand> {
  const names = new Set<string>()
  await withFacts(bounds, diskFacts, (view) =>
    parseLine(runs, view).locate({
      platform,
      find(name) {
        names.add(name)
        return null
      },
    }),
  )
  const found = new Map<string, string>()
  for (const name of names) {
    const file = await findProgram(name, directories, bounds.directory)
    if (file !== null) found.set(name, file)
  }
  const text = await withFacts(bounds, diskFacts, (view) =>
    parseLine(runs, view).locate({ platform, find: (name) => found.get(name) ?? null }),
  )
  return { text: text ?? runs, programs: [...found.values()] }
}

/** Not one of the project to which a link outside leads. */
async function findProgram(
  name: string,
  directories: readonly string[],
  project: string,
): Promise<string | null> {
  const root = await resolveExisting(project)
  for (const directory of directories) {
    const file = path.join(directory, name)
    const stats = await nullOnFailure(stat(file))
    if (stats?.isFile() !== true || !(await isExecutable(file))) continue
    const target = await resolveExisting(file)
    const isOwn = root === null || isInside(directory, root) || isInside(directory, project)
    if (isOwn || (target !== null && !isInside(target, root))) return file
  }
  return null
}

async function isExecutable(file: string): Promise<boolean> {
  return (await nullOnFailure(access(file, constants.X_OK).then(() => true))) ?? false
}
