import { resolve } from 'node:path'

export interface PathBase {
  readonly directory: string
  readonly home: string
}

/** Resolves a path as typed: relative to the directory, `~` is the home directory. Symbolic links are not followed. */
export function absolutePath(path: string, { directory, home }: PathBase): string {
  return path === '~' || path.startsWith('~/')
    ? resolve(home + path.slice(1))
    : resolve(directory, path)
}
