import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { attempt } from './ground.ts'

/**
 * The folders that a repository keeps as repositories of their own, by its index (git's index-format, versions 2 and
 * 3); none when there is no index that can be read so.
 */
export function gitlinksOf(gitFolder: string): readonly string[] {
  const file = path.join(gitFolder, 'index')
  const index = attempt(() => (statSync(file).size <= LARGEST ? readFileSync(file) : null))
  // Few repositories have any: one search spares the reading.
  if (index === null || !index.includes(LINK)) return []
  const version = index.length > HEADER ? index.readUInt32BE(4) : 0
  if (index.toString('latin1', 0, 4) !== 'DIRC' || (version !== 2 && version !== 3)) return []
  const links: string[] = []
  for (let at = HEADER; at + NAME < index.length && links.length < MOST; ) {
    const isExtended = version === 3 && (index.readUInt16BE(at + FLAGS) & 0x4000) !== 0
    const start = at + NAME + (isExtended ? 2 : 0)
    const end = index.indexOf(0, start)
    if (end < 0) break
    if (index.subarray(at + MODE, at + MODE + 4).equals(LINK)) {
      links.push(index.toString('utf8', start, end))
    }
    // Each entry is filled up to eight bytes, with one at the least.
    at += (end - at + 8) & ~7
  }
  return links
}

const LARGEST = 33_554_432

const LINK = Buffer.from([0, 0, 0xe0, 0])

const HEADER = 12

const MODE = 24

const FLAGS = 60

const NAME = 62

const MOST = 200
