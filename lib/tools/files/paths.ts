import { relative, sep } from 'node:path'
import { absolutePath, type PathBase } from '../../fs/absolute-path.ts'
import type { PermissionSubject } from '../../permissions/types.ts'
import { UserError } from '../../util/user-error.ts'
import { pathEndsWithSlash } from '../messages/files.ts'

/** The absolute path of a file. A slash at its end is rejected, since it denotes a directory. */
export function absoluteFile(path: string, workspace: PathBase): string {
  const file = absolutePath(path, workspace)
  if (/[^/]\/+\.?$/.test(path)) throw new UserError(pathEndsWithSlash(path))
  return file
}

/** The path for display: relative inside the project, absolute outside. */
export function pathLabel(path: string, workspace: PathBase): string {
  const absolute = absolutePath(path, workspace)
  const short = relative(workspace.directory, absolute)
  if (short === '') return '.'
  return short === '..' || short.startsWith(`..${sep}`) ? absolute : short
}

export function pathSubject(path: string, workspace: PathBase): PermissionSubject {
  return { type: 'paths', paths: accessiblePaths(path, workspace) }
}

/**
 * The file that is opened, with `..` resolved lexically. When the path contains `..`, also the unresolved path: after a symbolic
 * link a program would open another file, which the agent may mean.
 */
export function accessiblePaths(path: string, workspace: PathBase): readonly string[] {
  const file = absolutePath(path, workspace)
  if (!/(^|\/)\.\.(\/|$)/.test(path)) return [file]
  const written = path.startsWith('~/') ? `${workspace.home}${path.slice(1)}` : path
  return [file, written.startsWith('/') ? written : `${workspace.directory}/${written}`]
}
