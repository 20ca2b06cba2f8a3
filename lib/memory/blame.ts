import type { BlockVersion } from '../session/state/memory.ts'
import { diffHunks, withFinalLineFeed } from '../util/unified-diff.ts'
import type { MemoryHistory } from './history.ts'

/** A line of a block with the version that wrote it. */
export interface BlameLine {
  readonly text: string
  /** It is of another block when the line was moved or copied from there. */
  readonly version: BlockVersion
  /** The version by which the line came into this block. */
  readonly arrival: BlockVersion
  /** No older version is known: the line can be older than this one. */
  readonly isOldest: boolean
}

/** Versions that are read, the newest first. Lines that are older count as written by the last one. */
const MAX_VERSIONS = 2000
const PAGE = 50

/** Versions before the one in which a line came that are searched for the same line. */
const MAX_VERSIONS_BETWEEN = 100

/** Blocks through which a line is followed. */
const MAX_BLOCKS = 5

/** Versions of the other block in which a line is searched, from the time on at which it was moved or copied. */
const SOURCE_VERSIONS = 10

interface BlameStart {
  /** The value of the version before this one; null for the newest. */
  readonly before: number | null
  readonly blocksLeft: number
}

/**
 * Who wrote each line of the newest value. A line that was moved, within the block or from another one, or that the user has
 * removed and brought back, such as by an undo, belongs to whoever wrote it before. Empty when no version is known.
 */
export async function readBlame(
  history: Pick<MemoryHistory, 'versions'>,
  blockId: string,
  start: BlameStart = { before: null, blocksLeft: MAX_BLOCKS },
): Promise<readonly BlameLine[]> {
  const versions: BlockVersion[] = []
  let blame = createBlame()
  for (let { before }: BlameStart = start; versions.length < MAX_VERSIONS; ) {
    const page: readonly BlockVersion[] = await history.versions(blockId, { limit: PAGE, before })
    // A deletion has the value that was deleted: it wrote no line.
    const values = page.filter(({ isDeletion }) => !isDeletion)
    versions.push(...values)
    for (const version of values) blame = goBack(blame, version)
    before = page.at(-1)?.version ?? null
    if (blame.left === 0 || page.length < PAGE || before === null) break
  }
  const oldest = versions.at(-1)
  if (oldest === undefined) return []
  const lines = blame.lines.map(({ text, version, returned }): BlameLine => {
    const writer = version ?? returned ?? oldest
    const isOldest = writer === oldest && !isCreation(oldest)
    return { text, version: writer, arrival: writer, isOldest }
  })
  return start.blocksLeft === 0 ? lines : followMoves(history, lines, start.blocksLeft - 1)
}

/** Lines that came from other blocks have the authors that they had there. */
async function followMoves(
  history: Pick<MemoryHistory, 'versions'>,
  lines: readonly BlameLine[],
  blocksLeft: number,
): Promise<readonly BlameLine[]> {
  const written = new Map<BlockVersion, ReadonlyMap<string, BlameLine>>()
  for (const arrival of new Set(lines.map((line) => line.arrival))) {
    const { sources = [] } = arrival.origin
    if (sources.length === 0) continue
    const texts = lines.flatMap((line) => (line.arrival === arrival ? [line.text] : []))
    const found = new Map<string, BlameLine>()
    for (const source of sources) {
      if (source === arrival.blockId) continue
      const start = await findSource(history, source, texts, arrival)
      if (start === null) continue
      const there = await readBlame(history, source, { before: start.version + 1, blocksLeft })
      for (const line of there) if (!found.has(line.text)) found.set(line.text, line)
    }
    written.set(arrival, found)
  }
  return lines.map((line) => {
    const there = written.get(line.arrival)?.get(line.text)
    return there === undefined
      ? line
      : { ...line, version: there.version, isOldest: there.isOldest }
  })
}

/** The newest version of another block that had one of the lines, when they came from there. */
async function findSource(
  history: Pick<MemoryHistory, 'versions'>,
  source: string,
  texts: readonly string[],
  { at }: BlockVersion,
): Promise<BlockVersion | null> {
  const page = { limit: SOURCE_VERSIONS, before: null, until: at }
  const versions = await history.versions(source, page)
  const found = versions.find(({ value, isDeletion }) => {
    const lines = new Set(isDeletion ? [] : value.split('\n'))
    return texts.some((text) => lines.has(text))
  })
  return found ?? null
}

/** Nothing is older than the version with which a block was created. */
function isCreation({ version, by }: BlockVersion): boolean {
  return version === 0 && by !== 'unknown'
}

interface TracedLine {
  readonly text: string
  /** Null until the version is known. */
  readonly version: BlockVersion | null
  /** The number of the line in the version that was read last. */
  readonly at: number
  /** The version in which the line came, while an earlier one is searched for the same line. */
  readonly returned: BlockVersion | null
}

interface Blame {
  readonly lines: readonly TracedLine[]
  readonly newest: BlockVersion | null
  /** Lines whose version is not known. */
  readonly left: number
}

function createBlame(): Blame {
  return { lines: [], newest: null, left: -1 }
}

/** With one more version, the previous one of those that were read. */
function goBack({ lines, newest }: Blame, older: BlockVersion): Blame {
  if (newest === null) {
    const all = older.value === '' ? [] : older.value.split('\n')
    const numbered = all.map((text, index) => {
      return { text, version: null, at: index + 1, returned: null }
    })
    return { lines: numbered, newest: older, left: numbered.length }
  }
  const { origins, removed } = compareLines(older.value, newest.value)
  const traced = lines.map((line): TracedLine => {
    if (line.version !== null) return line
    const at = line.returned === null ? origins.get(line.at) : undefined
    if (at !== undefined) return { ...line, at }
    const returned = line.returned ?? newest
    const before = removed.get(line.text)?.shift()
    if (before !== undefined) return { ...line, at: before, returned: null }
    const mayReturn = MAY_BRING_BACK.has(returned.by) || isSameMove(returned, older)
    const isSearched = mayReturn && returned.version - older.version < MAX_VERSIONS_BETWEEN
    return isSearched ? { ...line, returned } : { ...line, version: returned, returned: null }
  })
  return {
    lines: traced,
    newest: older,
    left: traced.filter(({ version }) => version === null).length,
  }
}

/** An undo is a change by the user. What an agent writes again later, it has written. */
const MAY_BRING_BACK: ReadonlySet<string> = new Set(['user', 'restore'])

/** An agent needs two calls to move a line: the first removes it, the second inserts it elsewhere. */
function isSameMove({ by, at, origin }: BlockVersion, other: BlockVersion): boolean {
  const isSameAgent = other.by === 'agent' && other.origin.agentId === origin.agentId
  return by === 'agent' && isSameAgent && at - other.at <= MAX_MOVE_MS
}

const MAX_MOVE_MS = 600_000

/**
 * `origins`: for each line of the new text that is one of the old text, its number there. `removed`: the numbers of the lines that
 * only the old text has there, by their text. Numbers count from 1.
 */
function compareLines(before: string, after: string) {
  const { hunks } = diffHunks(withFinalLineFeed(before), withFinalLineFeed(after), 0)
  const added = new Set<number>()
  const gone = new Set<number>()
  const removed = new Map<string, number[]>()
  for (const { text, oldNumber, newNumber, type } of hunks.flatMap(({ lines }) => lines)) {
    if (type === 'added' && newNumber !== null) added.add(newNumber)
    if (type !== 'removed' || oldNumber === null) continue
    gone.add(oldNumber)
    removed.set(text, [...(removed.get(text) ?? []), oldNumber])
  }
  const origins = new Map<number, number>()
  const count = after === '' ? 0 : after.split('\n').length
  let old = 1
  for (let line = 1; line <= count; line++) {
    if (added.has(line)) continue
    while (gone.has(old)) old++
    origins.set(line, old++)
  }
  return { origins, removed }
}
