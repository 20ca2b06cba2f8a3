import { partitionPoint } from '../../lib/util/partition-point.ts'
import { hunkDecisions } from '../../lib/util/select-changes.ts'
import type { Hunk } from '../../lib/util/unified-diff.ts'

/** What the user has selected of the change that awaits approval. Changed lines are numbered as in `RejectedLines`. */
export interface DiffSelection {
  readonly rejected: ReadonlySet<number>
  /** A changed line of the part that keys act on. */
  readonly cursor: number
  /** Hunks, by index, that are divided into smaller parts. */
  readonly divided: ReadonlyMap<number, Division>
}

/** `groups`: changed lines that follow each other; `lines`: each changed line. */
type Division = 'groups' | 'lines'

/** A rejected line, with the text by which it is found again. */
export interface RejectedLine {
  readonly line: number
  readonly text: string
}

export function rejectedLinesOf(
  hunks: readonly Hunk[],
  { rejected }: Pick<DiffSelection, 'rejected'>,
): readonly RejectedLine[] {
  return changedTexts(hunks).flatMap((text, line) => (rejected.has(line) ? [{ line, text }] : []))
}

/** The selection that rejects these lines; null when the change has others by now. */
export function selectionOf(
  hunks: readonly Hunk[],
  lines: readonly RejectedLine[],
): DiffSelection | null {
  const texts = changedTexts(hunks)
  const isSame = lines.every(({ line, text }) => texts[line] === text)
  return isSame ? selectionWithout(hunks, new Set(lines.map(({ line }) => line))) : null
}

function changedTexts(hunks: readonly Hunk[]): readonly string[] {
  return hunks.flatMap(({ lines }) =>
    lines.flatMap(({ type, text }) => (type === 'context' ? [] : [`${type} ${text}`])),
  )
}

export function isPartial({ rejected }: DiffSelection): boolean {
  return rejected.size > 0
}

export const EVERYTHING: DiffSelection = { rejected: new Set(), cursor: 0, divided: new Map() }

/** The selection that rejects these lines: hunks of which it rejects some are divided, so that the others are seen. */
export function selectionWithout(
  hunks: readonly Hunk[],
  rejected: ReadonlySet<number>,
): DiffSelection {
  const parts = hunkDecisions(hunks, rejected)
  const cut = parts.flatMap((part, hunk) => (part === 'partly' ? [[hunk, 'lines'] as const] : []))
  return { ...EVERYTHING, rejected, divided: new Map(cut) }
}

/** Changed lines that are selected together: `to` is exclusive. */
export interface DiffPart {
  readonly hunk: number
  readonly from: number
  readonly to: number
}

export function partsOf(hunks: readonly Hunk[], { divided }: DiffSelection): readonly DiffPart[] {
  const known = cache.get(hunks)
  if (known?.divided === divided) return known.parts
  const parts = findParts(hunks, divided)
  cache.set(hunks, { divided, parts })
  return parts
}

/** The number of all changed lines. */
export function changeCount(hunks: readonly Hunk[], selection: DiffSelection): number {
  return partsOf(hunks, selection).at(-1)?.to ?? 0
}

type Divisions = DiffSelection['divided']

// A frame and a key ask for the same parts several times.
const cache = new WeakMap<
  readonly Hunk[],
  { readonly divided: Divisions; readonly parts: readonly DiffPart[] }
>()

function findParts(hunks: readonly Hunk[], divided: Divisions): readonly DiffPart[] {
  const parts: DiffPart[] = []
  let from = 0
  for (let hunk = 0; hunk < hunks.length; hunk++) {
    const lines = hunks[hunk]?.lines ?? []
    const division = divided.get(hunk)
    const to = from + changesIn(lines)
    if (division === undefined) parts.push({ hunk, from, to })
    else if (division === 'groups') {
      let start = from
      for (const size of groupSizes(lines)) {
        parts.push({ hunk, from: start, to: start + size })
        start += size
      }
    } else for (let line = from; line < to; line++) parts.push({ hunk, from: line, to: line + 1 })
    from = to
  }
  return parts
}

function changesIn(lines: Hunk['lines']): number {
  let count = 0
  for (let at = 0; at < lines.length; at++) if (lines[at]?.type !== 'context') count++
  return count
}

/** The numbers of changed lines that follow each other. */
function groupSizes(lines: Hunk['lines']): readonly number[] {
  const known = knownGroups.get(lines)
  if (known !== undefined) return known
  const sizes = findGroups(lines)
  knownGroups.set(lines, sizes)
  return sizes
}

// Each frame asks whether the hunk at the cursor can be divided.
const knownGroups = new WeakMap<Hunk['lines'], readonly number[]>()

function findGroups(lines: Hunk['lines']): readonly number[] {
  const sizes: number[] = []
  let size = 0
  for (const { type } of lines) {
    if (type !== 'context') size++
    else if (size > 0) {
      sizes.push(size)
      size = 0
    }
  }
  return size > 0 ? [...sizes, size] : sizes
}

export function currentPart(
  parts: readonly DiffPart[],
  { cursor }: DiffSelection,
): DiffPart | null {
  return partAt(parts, cursor) ?? parts[0] ?? null
}

/** The part that a changed line is in. */
function partAt(parts: readonly DiffPart[], line: number): DiffPart | null {
  const part = parts[partitionPoint(parts.length, (at) => (parts[at]?.to ?? 0) <= line)]
  return part !== undefined && part.from <= line ? part : null
}

/** A part counts as selected as long as one of its lines is. */
export function isSelected({ from, to }: DiffPart, { rejected }: DiffSelection): boolean {
  for (let line = from; line < to; line++) if (!rejected.has(line)) return true
  return false
}

/** How many parts are selected. */
export function selectedPartCount(hunks: readonly Hunk[], selection: DiffSelection): number {
  const known = knownCounts.get(selection)
  if (known?.hunks === hunks) return known.count
  let count = 0
  for (const part of partsOf(hunks, selection)) if (isSelected(part, selection)) count++
  knownCounts.set(selection, { hunks, count })
  return count
}

// The answers below the change name the number in each frame.
const knownCounts = new WeakMap<
  DiffSelection,
  { readonly hunks: readonly Hunk[]; readonly count: number }
>()

/** Rejects the part at the cursor, or selects it again. */
export function toggleCurrent(hunks: readonly Hunk[], selection: DiffSelection): DiffSelection {
  const part = currentPart(partsOf(hunks, selection), selection)
  if (part === null) return selection
  const rejected = new Set(selection.rejected)
  const rejects = isSelected(part, selection)
  for (let line = part.from; line < part.to; line++) {
    if (rejects) rejected.add(line)
    else rejected.delete(line)
  }
  return { ...selection, rejected }
}

/** Rejects the part at the cursor and all after it, or selects them again when each of them is rejected. */
export function toggleRest(hunks: readonly Hunk[], selection: DiffSelection): DiffSelection {
  const parts = partsOf(hunks, selection)
  const part = currentPart(parts, selection)
  const last = parts.at(-1)
  if (part === null || last === undefined) return selection
  const rejected = new Set(selection.rejected)
  const rejects = isSelected({ ...part, to: last.to }, selection)
  for (let line = part.from; line < last.to; line++) {
    if (rejects) rejected.add(line)
    else rejected.delete(line)
  }
  return { ...selection, rejected }
}

/** Divides the hunk at the cursor further: into groups, then into lines, then it is one part again, if they are decided alike. */
export function divideCurrent(hunks: readonly Hunk[], selection: DiffSelection): DiffSelection {
  const part = currentPart(partsOf(hunks, selection), selection)
  if (part === null || isHeldApart(hunks, selection)) return selection
  const divided = new Map(selection.divided)
  const next = nextDivision(hunks[part.hunk]?.lines ?? [], divided.get(part.hunk) ?? null)
  if (next === null) divided.delete(part.hunk)
  else divided.set(part.hunk, next)
  return { ...selection, cursor: part.from, divided }
}

/** Whether the hunk at the cursor can be divided further, or was. */
export function isDivisible(hunks: readonly Hunk[], selection: DiffSelection): boolean {
  const hunk = currentPart(partsOf(hunks, selection), selection)?.hunk
  if (hunk === undefined || isHeldApart(hunks, selection)) return false
  return selection.divided.has(hunk) || nextDivision(hunks[hunk]?.lines ?? [], null) !== null
}

/** Whether the lines of the hunk at the cursor are decided differently: as one part it would look selected. */
export function isHeldApart(hunks: readonly Hunk[], selection: DiffSelection): boolean {
  const parts = partsOf(hunks, selection)
  const current = currentPart(parts, selection)
  if (current === null || selection.divided.get(current.hunk) !== 'lines') return false
  const first = partitionPoint(parts.length, (at) => (parts[at]?.hunk ?? 0) < current.hunk)
  for (let at = first; parts[at]?.hunk === current.hunk; at++) {
    const part = parts[at]
    if (part !== undefined && isSelected(part, selection) !== isSelected(current, selection))
      return true
  }
  return false
}

function nextDivision(lines: Hunk['lines'], now: Division | null): Division | null {
  if (now === 'lines') return null
  const groups = groupSizes(lines)
  if (now === null && groups.length > 1) return 'groups'
  return groups.some((size) => size > 1) ? 'lines' : null
}
