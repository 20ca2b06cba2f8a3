import { relative, sep } from 'node:path'
import { type FileModes, hasOtherMode } from '../../util/permission-bits.ts'
import { MISSING_FILE } from '../files/files.ts'
import type { Contents } from './contents.ts'
import {
  type ChangeSource,
  type JournalEntry,
  type JournalFacts,
  UNRECORDED,
} from './journal-log.ts'
import { type CurrentOptions, currentVersion, outsideVersions } from './outside-changes.ts'
import { type OwnVersions, ownVersions } from './own-versions.ts'
import type { DiffVersions, VersionDiff } from './version-diff.ts'

/** How much two versions differ. */
export type ChangeCounts = Pick<VersionDiff, 'type' | 'added' | 'removed'>

/** A file that differs from what it was: all of its changes as one diff. */
export interface ChangedFile {
  /** Real path. */
  readonly path: string
  /** Relative to the project if it is inside. */
  readonly label: string
  readonly status: 'added' | 'modified' | 'deleted'
  /** Versions. */
  readonly before: string
  readonly after: string
  /** Permission bits before and after; null where they are not recorded, and for no file. Absent in older recordings. */
  readonly mode: number | null
  readonly modeAfter?: number | null
  readonly diff: ChangeCounts
  /** Oldest first, without repetition. */
  readonly sources: readonly ChangeSource[]
  /** The command lines that changed it. */
  readonly commands: readonly string[]
  /** The changes, oldest first. */
  readonly ids: readonly string[]
  readonly turnIds: readonly string[]
  readonly at: number
}

/** One change of one file. */
export interface TurnChange {
  readonly id: string
  readonly path: string
  readonly label: string
  readonly tool: string
  readonly source: ChangeSource
  readonly command: string | null
  readonly at: number
  readonly undone: boolean
  /** Versions. */
  readonly before: string
  readonly after: string
  readonly mode?: number | null
  readonly modeAfter?: number | null
  readonly diff: ChangeCounts
  /** What a person has made of the proposed text before it was applied; `before` is the proposed version. */
  readonly own?: Pick<TurnChange, 'before' | 'after' | 'diff'>
}

/** The changes of one turn. */
export interface ChangedTurn {
  readonly turnId: string
  readonly at: number
  /** The beginning of the user's message; null when it is not known. */
  readonly text: string | null
  /** The id of the message; null when it is not known. */
  readonly messageId: string | null
  readonly changes: readonly TurnChange[]
  /** Nothing of it stands. */
  readonly undone: boolean
}

export interface ChangeSummary {
  /** In the order of their first change. */
  readonly files: readonly ChangedFile[]
  /** What others have changed in files of the agent: in none of the other lists and counts. Absent where that was not looked for. */
  readonly outside?: readonly ChangedFile[]
  /** Newest first. */
  readonly turns: readonly ChangedTurn[]
  /** Lines of all files. */
  readonly added: number
  readonly removed: number
}

interface SummaryOptions {
  /** Real path of the project. */
  readonly directory: string
  readonly diff: DiffVersions
  readonly contents: Contents
  /** All changes that are recorded in the project; then the changes of others are looked for, too. */
  readonly recorded?: readonly JournalEntry[]
}

/** What a list of changes, oldest first, has led to: by file and by turn. */
export async function summarizeChanges(
  { entries, checkpoints, continuations = [] }: JournalFacts,
  { directory, diff, contents, recorded }: SummaryOptions,
): Promise<ChangeSummary> {
  const label = (path: string): string => fileLabel(path, directory)
  const chains = [...groupBy(entries, ({ path }) => path).values()]
  const files = (
    await Promise.all(chains.map((chain) => toFile(chain, { label, diff, contents })))
  ).filter((file) => file !== null)
  const outside =
    recorded === undefined
      ? []
      : await Promise.all(
          chains.map((chain) => toOutside(chain, { label, diff, contents, entries: recorded })),
        )
  const reverted = new Set(chains.flatMap(revertedIds))
  const ofTurns = entries.filter(({ source }) => source === undefined || TURN_SOURCES.has(source))
  const turns = await Promise.all(
    [...groupBy(ofTurns, ({ turnId }) => turnId)].map(async ([turnId, ofTurn]) => {
      const checkpoint = checkpoints.findLast((one) => one.turnId === turnId)
      const continued = continuations.findLast((one) => one.turnId === turnId)
      const changes = await Promise.all(
        ofTurn.map(async (entry) => {
          const undone = entry.undone || reverted.has(entry.id)
          const { proposed, ...change } = entry
          const own = isOwnPartUndone(entry, entries) ? change : entry
          return toTurnChange({ ...own, undone }, { label, diff })
        }),
      )
      return {
        turnId,
        at: ofTurn[0]?.at ?? 0,
        text: (checkpoint ?? continued)?.text ?? null,
        messageId: checkpoint?.id ?? continued?.messageId ?? null,
        changes,
        undone: changes.every(({ undone }) => undone),
      }
    }),
  )
  return {
    files,
    ...(recorded === undefined ? {} : { outside: outside.filter((file) => file !== null) }),
    turns: turns.toReversed(),
    added: files.reduce((sum, file) => sum + file.diff.added, 0),
    removed: files.reduce((sum, file) => sum + file.diff.removed, 0),
  }
}

/** What was undone hunk by hunk: an undo has led back to a version from before the change. Newest undo first. */
function revertedIds(chain: readonly JournalEntry[]): readonly string[] {
  for (let at = chain.length - 1; at > 0; at--) {
    const entry = chain[at]
    if (entry?.undo === undefined || entry.undone) continue
    const bits = entry.modeAfter ?? null
    const from = chain.findIndex(
      ({ before, mode }) => before === entry.after && (bits === null || (mode ?? bits) === bits),
    )
    if (from < 0 || from >= at || entry.after === UNRECORDED) continue
    return [...chain.slice(from, at).map(({ id }) => id), ...revertedIds(chain.slice(0, from))]
  }
  return []
}

/** An undo has led back to what the agent proposed. */
function isOwnPartUndone(
  { path, proposed }: JournalEntry,
  entries: readonly JournalEntry[],
): boolean {
  return entries.some(
    (other) =>
      other.path === path && other.undo !== undefined && !other.undone && other.after === proposed,
  )
}

const TURN_SOURCES: ReadonlySet<ChangeSource> = new Set(['tool', 'shell'])

/** Relative to the project if it is inside. */
export function fileLabel(path: string, directory: string): string {
  const within = relative(directory, path)
  return within === '..' || within.startsWith(`..${sep}`) ? path : within
}

interface ChangeLabels {
  readonly label: (path: string) => string
  readonly diff: DiffVersions
}

/** What others have changed in between does not belong to the changes of the agent. */
function ofAgent(chain: readonly JournalEntry[]): readonly JournalEntry[] {
  const own = chain.filter(isOfAgent)
  const hasStanding = own.some(({ source = 'tool', undone }) => source !== 'undo' && !undone)
  return hasStanding ? own : chain
}

function isOfAgent({ source = 'tool' }: JournalEntry): boolean {
  return TURN_SOURCES.has(source) || source === 'undo'
}

function isStanding({ undone, undo }: JournalEntry): boolean {
  return !undone && undo === undefined
}

function statusOf({ before, after }: OwnVersions): ChangedFile['status'] {
  if (before === MISSING_FILE) return 'added'
  return after === MISSING_FILE ? 'deleted' : 'modified'
}

/** The permission bits that the changes have led from and to. */
function modesOf(chain: readonly JournalEntry[], after: string): Required<FileModes> {
  const recorded = chain.filter(({ modeAfter }) => modeAfter !== undefined)
  const [first] = chain
  const mode = first?.mode === null ? null : (recorded[0]?.mode ?? first?.mode ?? null)
  return { mode, modeAfter: after === MISSING_FILE ? null : (recorded.at(-1)?.modeAfter ?? null) }
}

async function toFile(
  all: readonly JournalEntry[],
  { label, diff, contents }: ChangeLabels & Pick<SummaryOptions, 'contents'>,
): Promise<ChangedFile | null> {
  const chain = ofAgent(all)
  const [first] = chain
  const last = chain.at(-1)
  if (first === undefined || last === undefined) return null
  const standing = chain.filter(isStanding)
  // Without changes that stand, what is left is by others.
  const { before, after }: OwnVersions =
    standing.length > 0
      ? await ownVersions(chain, contents)
      : { before: first.before, after: last.after }
  const modes = modesOf(chain, after)
  if (before === after && after !== UNRECORDED && !hasOtherMode(modes)) return null
  const { path } = first
  const { at } = last
  return {
    path,
    label: label(path),
    status: statusOf({ before, after }),
    before,
    after,
    ...modes,
    diff: countsOf(await diff(before, after)),
    sources: unique(standing.map(({ source }) => source ?? 'tool')),
    commands: unique(standing.flatMap(({ command }) => command ?? [])),
    ids: standing.map(({ id }) => id),
    turnIds: unique(standing.map(({ turnId }) => turnId)),
    at,
  }
}

/** What others have made of a file besides the changes of the agent that stand. */
async function toOutside(
  all: readonly JournalEntry[],
  { diff, ...options }: Pick<SummaryOptions, 'diff'> & CurrentOptions & { contents: Contents },
): Promise<ChangedFile | null> {
  const { label, contents } = options
  const chain = all.filter(isOfAgent)
  const last = chain.at(-1)
  // Without changes of the agent that stand, the file itself is listed as changed by others.
  if (last === undefined || !chain.some(isStanding)) return null
  const current = await currentVersion(last, options)
  const isAlone = chain.every(({ before }, at) => at === 0 || chain[at - 1]?.after === before)
  if (isAlone && current === last.after) return null
  const own = await ownVersions(chain, contents)
  const versions = await outsideVersions(chain, { own, current }, contents)
  if (versions === null) return null
  const { before, after } = versions
  const others = all.filter((entry) => !isOfAgent(entry))
  // In another session, perhaps.
  const isByLetta = options.entries.some(
    (entry) =>
      entry.path === last.path &&
      entry.at >= (chain[0]?.at ?? 0) &&
      entry.sessionId !== last.sessionId,
  )
  return {
    path: last.path,
    label: label(last.path),
    status: statusOf(versions),
    before,
    after,
    mode: null,
    modeAfter: null,
    diff: countsOf(await diff(before, after)),
    sources: isByLetta
      ? []
      : unique(['outside', ...others.map(({ source = 'outside' }) => source)]),
    commands: unique(others.flatMap(({ command }) => command ?? [])),
    ids: [],
    turnIds: [],
    at: last.at,
  }
}

async function toTurnChange(
  { id, path, tool, source = 'tool', command, at, undone, before, after, ...entry }: JournalEntry,
  { label, diff }: ChangeLabels,
): Promise<TurnChange> {
  const origin = { tool, source, command: command ?? null }
  const counts = countsOf(await diff(before, after))
  const { mode, modeAfter = null, proposed } = entry
  const versions = { before, after, mode, modeAfter }
  const change = { id, path, label: label(path), ...origin, at, undone, ...versions, diff: counts }
  if (proposed === undefined || proposed === after) return change
  const own = { before: proposed, after, diff: countsOf(await diff(proposed, after)) }
  return { ...change, own }
}

function groupBy<Value>(
  values: readonly Value[],
  key: (value: Value) => string,
): ReadonlyMap<string, readonly Value[]> {
  const groups = new Map<string, Value[]>()
  for (const value of values) {
    const group = groups.get(key(value))
    if (group === undefined) groups.set(key(value), [value])
    else group.push(value)
  }
  return groups
}

function unique<Value>(values: readonly Value[]): readonly Value[] {
  return [...new Set(values)]
}

function countsOf({ type, added, removed }: VersionDiff): ChangeCounts {
  return { type, added, removed }
}
