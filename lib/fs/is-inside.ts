import path from 'node:path'

/** Whether a path is the directory or inside it; both are resolved and absolute. */
export function isInside(file: string, directory: string): boolean {
  const relative = path.relative(directory, file)
  return relative !== '..' && !relative.startsWith('../') && !path.isAbsolute(relative)
}
