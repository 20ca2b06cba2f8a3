import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** The token that `letta serve` wants: made at the first need, and kept where only the user can read it. */
export function keptToken(file: string): string {
  return readToken(file) ?? makeToken(file)
}

function readToken(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim() || null
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return null
    throw thrown
  }
}

/** Whole or not at all, and the same for two who start at once: the first link stands. */
function makeToken(file: string): string {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  const token = randomBytes(32).toString('base64url')
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, `${token}\n`, { mode: 0o600, flag: 'wx' })
  try {
    linkSync(draft, file)
    return token
  } catch (thrown) {
    const other = readToken(file)
    if (other === null) throw thrown
    return other
  } finally {
    rmSync(draft, { force: true })
  }
}
