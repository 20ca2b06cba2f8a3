import { stat } from 'node:fs/promises'
import { MISSING_FILE } from '../files/files.ts'
import { isLinkVersion } from '../files/link-version.ts'
import type { RecordedChange } from './journal-log.ts'

/** What git knows of a file besides its content. */
export type GitMode = '100644' | '100755' | '120000'

/** Those before and after a change: of a file that does not exist, the other one. */
export interface GitModes {
  readonly before: GitMode
  readonly after: GitMode
}

export type ModeFacts = Pick<RecordedChange, 'path' | 'before' | 'after'> & {
  readonly mode?: number | null
  readonly modeAfter?: number | null | undefined
}

/** Of the recorded permission bits; without them, of the file as it is. */
export async function gitModesOf(change: ModeFacts): Promise<GitModes> {
  const { path, before, after, mode = null, modeAfter = null } = change
  const [old, now] = [mode ?? modeAfter, modeAfter ?? mode]
  const bits = old === null || now === null ? ((await stat(path).catch(() => null))?.mode ?? 0) : 0
  const [from, to] = [gitMode(before, old ?? bits), gitMode(after, now ?? bits)]
  if (before === MISSING_FILE) return { before: to, after: to }
  return { before: from, after: after === MISSING_FILE ? from : to }
}

function gitMode(version: string, bits: number): GitMode {
  if (isLinkVersion(version)) return '120000'
  return (bits & 0o100) === 0 ? '100644' : '100755'
}

export function isLinkMode(mode: string): boolean {
  return mode === '120000'
}
