import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { MemoryBlock } from '../session/state/memory.ts'
import { countCodePoints } from '../util/code-points.ts'
import { NEARLY_FULL_SHARE } from '../util/quantities.ts'
import { findPastDate } from './past-dates.ts'
import { findSecret } from './secrets.ts'

/** Something about a block that a person may decide to change. `line` counts from 1; null for the block itself. */
export type Finding =
  | {
      readonly type: 'nearLimit'
      readonly label: string
      readonly line: null
      readonly size: number
      readonly limit: number
    }
  | { readonly type: 'empty'; readonly label: string; readonly line: null }
  /** It still has the text of a new agent, which says that nothing is known yet. */
  | { readonly type: 'unused'; readonly label: string; readonly line: null }
  | {
      readonly type: 'outside'
      readonly label: string
      readonly line: number
      readonly source: string
    }
  | {
      readonly type: 'secret'
      readonly label: string
      readonly line: number
      /** As a noun: `a private key`. */
      readonly kind: string
    }
  | {
      readonly type: 'duplicate'
      readonly label: string
      readonly line: number
      readonly text: string
      readonly other: { readonly label: string; readonly line: number }
      /** Further lines of the block with the same text. */
      readonly more: number
    }
  | {
      readonly type: 'pastDate'
      readonly label: string
      readonly line: number
      readonly text: string
      readonly date: string
    }
  | {
      readonly type: 'deadPath'
      readonly label: string
      readonly line: number
      readonly text: string
      readonly path: string
    }

interface ExaminedBlocks {
  readonly blocks: readonly MemoryBlock[]
  /** The project, where the paths of memory are. */
  readonly directory: string
  /** Milliseconds since 1970. */
  readonly now: number
  /** Lines that repeat text from outside, with their sources. */
  readonly outside?: Readonly<Record<string, string>>
  /** Texts that say that nothing is known yet. */
  readonly placeholders: ReadonlySet<string>
}

/** Facts about blocks without the help of a model: what is nearly full, unused, written twice, past, or names a missing file. */
export async function examineMemory({
  blocks,
  directory,
  now,
  outside = {},
  placeholders,
}: ExaminedBlocks): Promise<readonly Finding[]> {
  const dead = await Promise.all(blocks.map((block) => findDeadPaths(block, directory)))
  const secrets = await Promise.all(blocks.map(findSecrets))
  return [
    ...secrets.flat(),
    ...blocks.flatMap((block) => findOutside(block, outside)),
    ...blocks.flatMap((block) => findSize(block, placeholders)),
    ...findDuplicates(blocks),
    ...blocks.flatMap((block) => findPastDates(block, now)),
    ...dead.flat(),
  ]
}

function findSize(
  { label, value, limit }: MemoryBlock,
  placeholders: ReadonlySet<string>,
): readonly Finding[] {
  if (value.trim() === '') return [{ type: 'empty', label, line: null }]
  if (placeholders.has(value.trim())) return [{ type: 'unused', label, line: null }]
  const size = countCodePoints(value)
  return size < limit * NEARLY_FULL_SHARE
    ? []
    : [{ type: 'nearLimit', label, line: null, size, limit }]
}

async function findSecrets(block: MemoryBlock): Promise<readonly Finding[]> {
  const { label, value } = block
  const any = await findSecret(value)
  if (any === null) return []
  const found: Finding[] = []
  for (const { text, line } of linesOf(block)) {
    const kind = await findSecret(text)
    if (kind !== null) found.push({ type: 'secret', label, line, kind })
  }
  // It takes several lines.
  return found.length === 0 ? [{ type: 'secret', label, line: 1, kind: any }] : found
}

function findOutside(
  block: MemoryBlock,
  outside: Readonly<Record<string, string>>,
): readonly Finding[] {
  return linesOf(block).flatMap(({ text, line }): readonly Finding[] => {
    const source = Object.hasOwn(outside, text) ? outside[text] : undefined
    return source === undefined ? [] : [{ type: 'outside', label: block.label, line, source }]
  })
}

/** Shorter lines are often the same by coincidence. */
const MIN_DUPLICATE = 16

function findDuplicates(blocks: readonly MemoryBlock[]): readonly Finding[] {
  const seen = new Map<string, { readonly label: string; readonly line: number }>()
  return blocks.flatMap((block) => {
    // One for each text of the block, however often it is there.
    const found = new Map<string, Extract<Finding, { readonly type: 'duplicate' }>>()
    for (const { text, line } of linesOf(block)) {
      const key = text
        .replace(/^[\s>*+#-]+/, '')
        .replace(/\s+/g, ' ')
        .trim()
        .toLowerCase()
      if (key.length < MIN_DUPLICATE) continue
      const [other, before] = [seen.get(key), found.get(key)]
      if (other === undefined) seen.set(key, { label: block.label, line })
      else if (before !== undefined) found.set(key, { ...before, more: before.more + 1 })
      else found.set(key, { type: 'duplicate', label: block.label, line, text, other, more: 0 })
    }
    return [...found.values()]
  })
}

function findPastDates(block: MemoryBlock, now: number): readonly Finding[] {
  const today = new Date(now).toISOString().slice(0, 10)
  return linesOf(block).flatMap(({ text, line }): readonly Finding[] => {
    const date = findPastDate(text, today)
    return date === null ? [] : [{ type: 'pastDate', label: block.label, line, text, date }]
  })
}

/** Paths that are examined in one block: each is looked up on the disk. */
const MAX_PATHS = 500

async function findDeadPaths(block: MemoryBlock, directory: string): Promise<readonly Finding[]> {
  const named = linesOf(block)
    .flatMap(({ text, line }) => pathsIn(text).map((file) => ({ text, line, file })))
    .slice(0, MAX_PATHS)
  const found = await Promise.all(
    named.map(async ({ text, line, file }): Promise<readonly Finding[]> => {
      const isThere = await stat(path.resolve(directory, file)).then(
        () => true,
        () => false,
      )
      return isThere ? [] : [{ type: 'deadPath', label: block.label, line, text, path: file }]
    }),
  )
  return found.flat()
}

/** Relative paths: `src/app.ts`, `./run.sh`, `lib/`. Not `and/or`, an address or a pattern. */
function pathsIn(text: string): readonly string[] {
  const words = text.split(/[\s"'`()[\]<>,;]+/)
  return words
    .map((word) => word.replace(/[.:!?]+$/, ''))
    .filter((word) => /^(?:\.{1,2}\/)?(?:[\w.@-]+\/)+(?:[\w@-]+\.\w{1,8})?$/.test(word))
}

function linesOf({ value }: MemoryBlock) {
  return value.split('\n').map((text, index) => ({ text, line: index + 1 }))
}
