import { existsSync } from 'node:fs'
import { basename, delimiter, isAbsolute, join, resolve } from 'node:path'
import { isInside } from '../../fs/is-inside.ts'
import { resolvePathSync } from '../../fs/resolve-path.ts'
import type { ProjectBounds } from '../../permissions/types.ts'

/** Lists of libraries and of directories with them, by which the loader adds code to every program. */
const LIBRARIES = /^(LD_(LIBRARY_PATH|PRELOAD|AUDIT)|DYLD_\w*(PATH|LIBRARIES))$/

/** What else changes the loader: files to write, programs to trace. */
const OTHER_LOADER = /^(LD|DYLD)_/

/** Where the C library and common programs find tables that can name code or contain anything. */
const TABLES = /^(GCONV_PATH|LOCPATH|NLSPATH|GETCONF_DIR|TERMINFO|TERMINFO_DIRS|MAGIC|TZDIR)$/

/**
 * The variables without places inside the project. An empty element, and one that is relative, is the directory in which a
 * program runs.
 */
export function withoutProjectLibraries(
  environment: Readonly<Record<string, string>>,
  directory: string,
): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment)) {
    if (!LIBRARIES.test(name) && !TABLES.test(name)) {
      if (!OTHER_LOADER.test(name)) kept[name] = value
      continue
    }
    const places = value.split(/[:;\s]/)
    const outside = places.filter((one) => isAbsolute(one) && !isInsideProject(one, directory))
    // Where it is all outside, it is as the user wrote it.
    if (outside.length === places.length) kept[name] = value
    else if (outside.length > 0) kept[name] = outside.join(':')
  }
  return kept
}

/** Whether a place, or what it leads to, is inside the project. */
export function isInsideProject(place: string, directory: string): boolean {
  const project = resolvePathSync(directory)
  return [resolve(place), resolvePathSync(place)].some((one) => isInside(one, project))
}

/** What the environment of a session names that decides about programs: of the active virtual environment, and of version managers. */
export function placesOf(
  environment: Readonly<Record<string, string | undefined>>,
): Required<Pick<ProjectBounds, 'programs' | 'shims' | 'grepFollowsLinks'>> {
  const active = [environment['VIRTUAL_ENV'], environment['CONDA_PREFIX']]
  const programs = active.flatMap((one) => (one ? [resolvePathSync(join(one, 'bin'))] : []))
  const directories = [...(environment['PATH'] ?? '').split(delimiter), '/bin', '/usr/bin']
  const greps = directories
    .filter(isAbsolute)
    .flatMap((one) => GREPS.map((name) => join(one, name)))
    // At each start: most of the directories have none, and following a path that leads to nothing costs several calls.
    .filter(existsSync)
    .map(resolvePathSync)
  return {
    programs,
    shims: shimDirectories(environment['PATH']),
    grepFollowsLinks: greps.some((file) => OPENS_LINKS.test(basename(file))),
  }
}

const GREPS = ['grep', 'egrep', 'fgrep']

/** Programs that are many in one. */
const OPENS_LINKS = /^(busybox|toybox)/

/**
 * The directories of the search path in which version managers put what runs in place of the programs: asdf, mise, pyenv, Volta.
 * @internal
 */
export function shimDirectories(searchPath = ''): readonly string[] {
  return searchPath.split(delimiter).filter((entry) => isAbsolute(entry) && SHIMS.test(entry))
}

const SHIMS = /\/(shims|\.volta\/bin)\/?$/
