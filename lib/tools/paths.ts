import { join, relative, resolve, sep } from 'node:path'
import type { Subject } from '../permissions/request.ts'
import type { Place } from './tool.ts'

type Ground = Pick<Place, 'directory' | 'home'>

/** `~` and the project folder applied; symbolic links are not followed. */
export function absolutePath(path: string, place: Ground): string {
  if (path === '~') return place.home
  return resolve(place.directory, path.startsWith('~/') ? join(place.home, path.slice(2)) : path)
}

/** Short for a person: relative inside the project, absolute outside. */
export function pathLabel(path: string, place: Ground): string {
  const absolute = absolutePath(path, place)
  const short = relative(place.directory, absolute)
  if (short === '') return '.'
  return short === '..' || short.startsWith(`..${sep}`) ? absolute : short
}

export function pathSubject(path: string, place: Ground): Subject {
  return { kind: 'paths', paths: [absolutePath(path, place)] }
}
