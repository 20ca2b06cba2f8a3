import path from 'node:path'
import type { ProjectBounds } from '../types.ts'

/** Rules for every change of one file of the project; none for a file outside. */
export function rulesOfFile({ directory }: ProjectBounds, file: string): readonly string[] {
  const relative = path.relative(directory, file)
  if (relative === '' || relative.startsWith('..') || path.isAbsolute(relative)) return []
  const name = relative.replace(/[*?[\]{}()|!\\]/g, '\\$&')
  return [`Edit(${name})`, `Write(${name})`]
}
