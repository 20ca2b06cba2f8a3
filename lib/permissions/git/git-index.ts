import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { attempt } from '../paths/resolve-path.ts'

interface GitIndexEntry {
  /** Relative to where the files of the repository are. */
  readonly name: string
  /** A repository of its own. */
  readonly isLink: boolean
}

/** What a repository keeps track of; null when there is an index that cannot be read. */
export function readTrackedFiles(gitDirectory: string): readonly string[] | null {
  const file = path.join(gitDirectory, 'index')
  if (attempt(() => statSync(file)) === null) return []
  const index = readIndex(file)
  return index === null ? null : [...entriesOf(index)].map(({ name }) => name)
}

/**
 * The folders that a repository keeps as repositories of their own, by its index; none when there is no index that can be
 * read.
 */
export function readGitlinks(gitDirectory: string): readonly string[] {
  const index = readIndex(path.join(gitDirectory, 'index'))
  // Few repositories have any: one search spares the reading.
  if (index === null || !index.includes(LINK)) return []
  const links: string[] = []
  for (const { name, isLink } of entriesOf(index)) if (isLink) links.push(name)
  return links.slice(0, MOST)
}

/** Git's index-format, versions 2 and 3. */
function readIndex(file: string): Buffer | null {
  const index = attempt(() => (statSync(file).size <= LARGEST ? readFileSync(file) : null))
  if (index === null || index.length <= HEADER) return null
  const version = index.readUInt32BE(4)
  return index.toString('latin1', 0, 4) === 'DIRC' && (version === 2 || version === 3)
    ? index
    : null
}

function* entriesOf(index: Buffer): Generator<GitIndexEntry> {
  const version = index.readUInt32BE(4)
  let left = index.readUInt32BE(8)
  for (let at = HEADER; left > 0 && at + NAME < index.length; left--) {
    const isExtended = version === 3 && (index.readUInt16BE(at + FLAGS) & 0x4000) !== 0
    const start = at + NAME + (isExtended ? 2 : 0)
    const end = index.indexOf(0, start)
    if (end < 0) return
    const isLink = index.subarray(at + MODE, at + MODE + 4).equals(LINK)
    yield { name: index.toString('utf8', start, end), isLink }
    // Each entry is filled up to eight bytes, with one at the least.
    at += (end - at + 8) & ~7
  }
}

const LARGEST = 33_554_432

const LINK = Buffer.from([0, 0, 0xe0, 0])

const HEADER = 12

const MODE = 24

const FLAGS = 60

const NAME = 62

const MOST = 200
