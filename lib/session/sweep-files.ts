import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { writeAtomically } from '../fs/atomic-write.ts'
import { ignoreErrno } from '../fs/errno.ts'
import { decodeUtf8, readBounded } from '../fs/read-bounded.ts'
import { VIEW_LOG_DIRECTORY } from './view-log.ts'

const DAY_MS = 86_400_000
const MEBIBYTE = 2 ** 20

/** What a person has typed, and what an agent was last sent, is removed when it is older than any use of it. */
const DRAFT_DAYS = 365
const MAX_USAGE_BYTES = 8 * MEBIBYTE
const MAX_VIEW_LOG_BYTES = 2 * MEBIBYTE

interface SweepOptions {
  /** `~/.letta` */
  readonly lettaDirectory: string
  readonly now: number
  /** Of all saved outputs of commands together. */
  readonly maxOutputBytes: number
}

/** Removes files that were stored for later and are old, or too many. Never rejects for what the disk does. */
export async function sweepFiles({
  lettaDirectory,
  now,
  maxOutputBytes,
}: SweepOptions): Promise<void> {
  const inDirectory = (name: string): string => path.join(lettaDirectory, name)
  // The runner removes old ones when it stores another.
  await sweepDirectory(inDirectory('output'), 0, maxOutputBytes)
  for (const name of ['drafts', 'message-drafts', 'surroundings', 'leases', VIEW_LOG_DIRECTORY]) {
    await sweepDirectory(inDirectory(name), now - DRAFT_DAYS * DAY_MS, Number.POSITIVE_INFINITY)
  }
  await shortenLog(inDirectory('usage.jsonl'), MAX_USAGE_BYTES)
  const logs = (await readdir(inDirectory(VIEW_LOG_DIRECTORY)).catch(ignoreErrno())) ?? []
  for (const name of logs)
    await shortenLog(inDirectory(path.join(VIEW_LOG_DIRECTORY, name)), MAX_VIEW_LOG_BYTES)
}

/** Removes regular files that were last changed before `before`, then the oldest until the others have at most `maxBytes`. */
async function sweepDirectory(directory: string, before: number, maxBytes: number): Promise<void> {
  const names = (await readdir(directory).catch(ignoreErrno())) ?? []
  const files: { readonly file: string; readonly at: number; readonly size: number }[] = []
  for (const name of names) {
    const file = path.join(directory, name)
    const facts = await stat(file).catch(ignoreErrno())
    if (facts?.isFile() === true) files.push({ file, at: facts.mtimeMs, size: facts.size })
  }
  let bytes = 0
  for (const { file, at, size } of files.sort((one, other) => other.at - one.at)) {
    bytes += size
    if (at < before || bytes > maxBytes) await rm(file, { force: true }).catch(ignoreErrno())
  }
}

/** Keeps the newer half of the lines. */
async function shortenLog(file: string, maxBytes: number): Promise<void> {
  const facts = await stat(file).catch(ignoreErrno())
  if (facts === null || facts.size <= maxBytes) return
  const { bytes } = await readBounded(file, { maxBytes: 8 * maxBytes })
  const lines = decodeUtf8(bytes).split('\n')
  const newer = lines.slice(Math.ceil(lines.length / 2)).join('\n')
  await writeAtomically(file, newer, { mode: 0o600 }).catch(ignoreErrno())
}
