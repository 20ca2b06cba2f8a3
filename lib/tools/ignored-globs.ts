import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * What the project's own ignore files keep out of sight, as globs for a search in `folder` (`src/`, or empty). Only those
 * at the root are read, and a `!` brings nothing back: what is missing from a list can still be typed.
 */
export async function ignoredGlobs(directory: string, folder: string): Promise<readonly string[]> {
  const texts = await Promise.all(FILES.map((file) => textOf(join(directory, file))))
  return texts.flatMap((text) => text.split(/\r?\n/).flatMap((line) => globsOf(line, folder)))
}

const FILES = ['.gitignore', '.ignore']

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown) return ''
    throw thrown
  }
}

function globsOf(line: string, folder: string): readonly string[] {
  const pattern = line.trim()
  if (pattern === '' || /^[#!]/.test(pattern)) return []
  const path = pattern.replace(/\/$/, '')
  if (!path.includes('/')) return [`**/${path}`, `**/${path}/**`]
  const rooted = path.replace(/^\//, '')
  if (rooted.startsWith('**/')) return [rooted, `${rooted}/**`]
  if (!rooted.startsWith(folder)) return []
  const within = rooted.slice(folder.length)
  return [within, `${within}/**`]
}
