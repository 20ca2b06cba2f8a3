import { largest } from '../util/extremes.ts'
import { diffHunks, type Hunk, withFinalLineFeed } from '../util/unified-diff.ts'
import type { BlameLine } from './blame.ts'

/** What is reverted: a line, or the adjacent lines that the same version has changed. */
export type RevertScope = 'line' | 'hunk'

/**
 * The value of a block without what a version has changed in one place. Lines that other versions have written stay, and the
 * lines that the version had replaced are in their old place again. `previous`: the value before that version.
 */
export function revertLine(
  blame: readonly BlameLine[],
  line: number,
  previous: string,
  scope: RevertScope,
): string {
  const texts = blame.map(({ text }) => text)
  const version = blame[line]?.arrival
  if (version === undefined) return texts.join('\n')
  const { hunks } = diffHunks(withFinalLineFeed(previous), withFinalLineFeed(version.value), 0)
  const survivors = matchLines(blame, version.version, hunks)
  const own = survivors.find((one) => one.line === line)
  const hunk = own === undefined ? undefined : hunks[own.hunk]
  if (own === undefined || hunk === undefined) return texts.toSpliced(line, 1).join('\n')
  const removed = hunk.lines.flatMap(({ type, text }) => (type === 'removed' ? [text] : []))
  if (scope === 'line') {
    const added = hunk.lines.filter(({ type }) => type === 'added').length
    const end = own.place === added - 1 ? removed.length : own.place + 1
    return texts
      .flatMap((text, at) => (at === line ? removed.slice(own.place, end) : [text]))
      .join('\n')
  }
  const lines = new Set(survivors.flatMap((one) => (one.hunk === own.hunk ? [one.line] : [])))
  const first = -largest([...lines].map((at) => -at))
  return texts
    .flatMap((text, at) => (at === first ? removed : lines.has(at) ? [] : [text]))
    .join('\n')
}

interface Survivor {
  /** Of the present value, from 0. */
  readonly line: number
  /** Index of the hunk that added it, and its place among the added lines of that hunk. */
  readonly hunk: number
  readonly place: number
}

/** The lines of the version that the block still has; their order is that of the version. */
function matchLines(
  blame: readonly BlameLine[],
  version: number,
  hunks: readonly Hunk[],
): readonly Survivor[] {
  const added = hunks.flatMap(({ lines }, hunk) =>
    lines
      .filter(({ type }) => type === 'added')
      .map(({ text }, place): Omit<Survivor, 'line'> & { readonly text: string } => {
        return { text, hunk, place }
      }),
  )
  let next = 0
  return blame.flatMap(({ text, arrival }, line) => {
    if (arrival.version !== version) return []
    const at = added.findIndex((one, index) => index >= next && one.text === text)
    const found = added[at]
    if (found === undefined) return []
    next = at + 1
    return [{ line, hunk: found.hunk, place: found.place }]
  })
}
