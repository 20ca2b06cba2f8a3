import { appendFileSync, existsSync, lstatSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const LINE = '.letta/settings.local.json'

/** Lines that already exclude the personal settings from git. */
const COVERING = new Set([LINE, '.letta', '.letta/', '.letta/*', '.letta/**', '*.local.json'])

/**
 * Excludes the personal settings from git in a git repository: once, and never by writing through a planted link. True when
 * `.gitignore` was changed.
 */
export function ignoreLocalSettings(directory: string): boolean {
  const path = join(directory, '.gitignore')
  const there = existsSync(path)
  if (!there && !isInRepository(directory)) return false
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() === false) return false
  const text = there ? readFileSync(path, 'utf8') : ''
  if (text.split(/\r?\n/).some(isCovering)) return false
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  appendFileSync(path, `${text.endsWith('\n') ? '' : end}${LINE}${end}`)
  return true
}

function isCovering(line: string): boolean {
  return COVERING.has(line.trim().replace(/^(\*\*)?\//, ''))
}

function isInRepository(directory: string): boolean {
  if (existsSync(join(directory, '.git'))) return true
  const parent = dirname(directory)
  return parent !== directory && isInRepository(parent)
}
