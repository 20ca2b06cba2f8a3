import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { ignoreErrno } from '../../fs/errno.ts'
import { processExists } from '../../fs/process-identity.ts'
import type { StoredFile } from '../files/files.ts'

/** Who made a change: a tool of the agent, a command line of the agent or of the user, the user by undoing, or another program. */
const Source = z.enum(['tool', 'shell', 'userShell', 'undo', 'outside'])
export type ChangeSource = z.infer<typeof Source>

/** The version of a content that was not recorded: too large, or stored differently by git. */
export const UNRECORDED = 'unrecorded'

const Change = z.object({
  id: z.string(),
  callId: z.string(),
  turnId: z.string(),
  tool: z.string(),
  at: z.number(),
  /** Real path. */
  path: z.string(),
  /** Version of the content, `absent` for none. */
  before: z.string(),
  after: z.string(),
  /** The version that the agent proposed, where a person has edited it before it was applied. */
  proposed: z.string().optional(),
  /** Permission bits before the change; null for a new file. */
  mode: z.number().nullable(),
  /** Those after it, where they are recorded. */
  modeAfter: z.number().optional(),
  /** The outermost directory that was created for the file. */
  madeFolder: z.string().nullable(),
  /** Absent, as all that follow, in journals of version 0.3. */
  sessionId: z.string().optional(),
  source: Source.optional(),
  /** The process that was about to make it. */
  processId: z.number().optional(),
  /** The command line, for a change by one. */
  command: z.string().optional(),
  /** The undo that this change is a part of, and the changes that it reverts completely. */
  undo: z.object({ id: z.string(), of: z.array(z.string()) }).optional(),
})

const Checkpoint = z.object({
  /** The id of the message, or of the rewind before which it was made. */
  id: z.string(),
  type: z.enum(['message', 'rewind']),
  turnId: z.string(),
  sessionId: z.string(),
  agentId: z.string(),
  conversationId: z.string().nullable(),
  at: z.number(),
  /** The beginning of the message. */
  text: z.string(),
  /** The memory blocks; the value by its version. */
  memory: z.array(z.object({ blockId: z.string(), label: z.string(), value: z.string() })),
})

/** The state before a message was sent: what a rewind returns to. */
export type Checkpoint = Readonly<z.infer<typeof Checkpoint>>

const Intent = z.object({
  id: z.string(),
  type: z.enum(['undo', 'rewind']),
  /** What is rewound, in its order; empty for an undo. */
  parts: z.array(z.string()),
  /** The beginning of the message that a rewind leads back to. */
  text: z.string(),
  /** The files that are to be reverted. */
  paths: z.array(z.string()),
  agentId: z.string(),
  processId: z.number(),
  at: z.number(),
})

/** Several changes that belong together and are about to be made, so that a crash in between can be reported. */
export type Intent = Readonly<z.infer<typeof Intent>>

/** An intent that has not been completed. */
export interface OpenIntent extends Intent {
  /** The parts that are complete. */
  readonly done: readonly string[]
}

/** A turn without a message: it resolves the calls of an earlier one, after a restart. */
const Continuation = z.object({
  turnId: z.string(),
  /** The message of the earlier turn. */
  messageId: z.string(),
  /** Its beginning. */
  text: z.string(),
})

export type Continuation = Readonly<z.infer<typeof Continuation>>

/** A conversation that was copied from another one, and has what that one has changed before. */
const Fork = z.object({
  agentId: z.string(),
  conversationId: z.string(),
  from: z.string(),
  /** The message at which the copy ends; without it, all was copied, or an older version has recorded it. */
  before: z.string().optional(),
  at: z.number(),
})

export type Fork = Readonly<z.infer<typeof Fork>>

const Gap = z.object({
  sessionId: z.string(),
  /** The command line, and the turn that it belongs to. */
  command: z.string(),
  turnId: z.string(),
  at: z.number(),
  /** Why it is not known what it has changed. */
  reason: z.enum(['repository', 'nested', 'tooManyFiles', 'tooManyChanges', 'interrupted']),
})

/** A command line of which not everything that it has changed is recorded. */
export type Gap = Readonly<z.infer<typeof Gap>>

/** A command line that runs. Where its end is missing, the process has ended before it was known what was changed. */
const Running = z.object({
  id: z.string(),
  sessionId: z.string(),
  command: z.string(),
  turnId: z.string(),
  at: z.number(),
  processId: z.number(),
})

const Line = z.union([
  z.object({ change: Change }),
  z.object({ checkpoint: Checkpoint }),
  /** The recorded change was not made. */
  z.object({ forgotten: z.string() }),
  /** It was made. */
  z.object({ made: z.string() }),
  z.object({ intent: Intent }),
  z.object({ continuation: Continuation }),
  z.object({ gap: Gap }),
  z.object({ running: Running }),
  z.object({ ended: z.string() }),
  z.object({ fork: Fork }),
  /** A part of it is complete; null: all of it, or a person was informed of what is not. */
  z.object({ reached: z.string(), part: z.string().nullable() }),
  /** Undone by version 0.3, which recorded no change for it. */
  z.object({ undone: z.string() }),
])
export type JournalLine = z.infer<typeof Line>
export type RecordedChange = Readonly<z.infer<typeof Change>>

/** One change of one file. */
export type JournalEntry = RecordedChange & {
  readonly undone: boolean
  /** False when the process may have ended before it was made. */
  readonly isMade: boolean
}

/** A change that is about to be made. */
export interface NewChange {
  readonly callId: string
  readonly turnId: string
  readonly tool: string
  readonly path: string
  readonly before: StoredFile | null
  /** Null when the file is deleted. */
  readonly after: Buffer | null
  /** What the agent proposed, where a person has edited it. */
  readonly proposed?: Buffer
  /** It becomes a symbolic link that contains `after`. */
  readonly isLink?: boolean
  readonly modeAfter?: number
  readonly madeFolder: string | null
  readonly undo?: RecordedChange['undo']
}

export interface JournalFacts {
  /** Oldest first. */
  readonly entries: readonly JournalEntry[]
  /** Oldest first. */
  readonly checkpoints: readonly Checkpoint[]
  /** Oldest first. Absent in facts that are put together elsewhere. */
  readonly intents?: readonly OpenIntent[]
  readonly continuations?: readonly Continuation[]
  readonly gaps?: readonly Gap[]
  readonly forks?: readonly Fork[]
}

/** The lines of a journal: one file for each day, so that old ones can be deleted while another process writes. */
interface JournalLog {
  append(line: JournalLine): Promise<void>
  /** `resolve` gives the missing lines about changes of which it is not known whether they were made. */
  read(resolve: ResolveUnmade): Promise<JournalFacts>
}

type ResolveUnmade = (facts: JournalFacts) => Promise<readonly JournalLine[]>

export function openJournalLog(directory: string, now: () => number): JournalLog {
  const days = new Map<string, DayFile>()
  return {
    async append(line) {
      await fs.mkdir(directory, { recursive: true, mode: 0o700 })
      const day = new Date(now()).toISOString().slice(0, 10)
      // The line feed is written first, so that a line truncated by a crash does not damage the next one.
      const text = `\n${JSON.stringify(line)}`
      await fs.appendFile(join(directory, `${day}.jsonl`), text, { mode: 0o600 })
    },
    async read(resolve) {
      const names = (await fs.readdir(directory).catch(ignoreErrno('ENOENT'))) ?? []
      const read = names.sort().map((name) => readDay(join(directory, name), days))
      const lines = (await Promise.all(read)).flat()
      const facts = toFacts(lines)
      if (facts.entries.every(({ isMade }) => isMade)) return facts
      return toFacts([...lines, ...(await resolve(facts))])
    },
  }
}

/** What is known of a file that only grows. */
interface DayFile {
  /** Where its last line begins, which may be incomplete. */
  readonly end: number
  /** Those before. */
  readonly lines: readonly JournalLine[]
}

async function readDay(path: string, days: Map<string, DayFile>): Promise<readonly JournalLine[]> {
  const known = days.get(path) ?? { end: 0, lines: [] }
  const bytes = await readFrom(path, known.end)
  const feed = bytes.lastIndexOf(10)
  const complete = feed < 0 ? [] : decodeLines(bytes.subarray(0, feed))
  const lines = [...known.lines, ...complete]
  days.set(path, { end: known.end + Math.max(0, feed), lines })
  return [...lines, ...decodeLines(bytes.subarray(Math.max(0, feed)))]
}

async function readFrom(path: string, start: number): Promise<Buffer> {
  const file = await fs.open(path).catch(ignoreErrno('ENOENT'))
  if (file === null) return Buffer.alloc(0)
  try {
    const { size } = await file.stat()
    const bytes = Buffer.alloc(Math.max(0, size - start))
    const { bytesRead } = await file.read(bytes, 0, bytes.length, start)
    return bytes.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

function decodeLines(bytes: Buffer): readonly JournalLine[] {
  return bytes.toString('utf8').split('\n').flatMap(decodeLine)
}

/** Empty for a line that a crash truncated. */
function decodeLine(line: string): readonly JournalLine[] {
  if (line === '') return []
  try {
    const { data } = Line.safeParse(JSON.parse(line))
    return data === undefined ? [] : [data]
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return []
    throw thrown
  }
}

function toFacts(lines: readonly JournalLine[]): JournalFacts {
  const entries = new Map<string, JournalEntry>()
  const checkpoints: Checkpoint[] = []
  const intents = new Map<string, OpenIntent>()
  const continuations: Continuation[] = []
  const gaps: Gap[] = []
  const running = new Map<string, z.infer<typeof Running>>()
  const forks: Fork[] = []
  const change = (id: string, facts: Partial<JournalEntry>): void => {
    const entry = entries.get(id)
    if (entry !== undefined) entries.set(id, { ...entry, ...facts })
  }
  for (const line of lines) {
    if ('change' in line) {
      // Version 0.3 recorded no more.
      const isMade = line.change.sessionId === undefined
      entries.set(line.change.id, { ...line.change, undone: false, isMade })
    } else if ('continuation' in line) continuations.push(line.continuation)
    else if ('gap' in line) gaps.push(line.gap)
    else if ('running' in line) running.set(line.running.id, line.running)
    else if ('ended' in line) running.delete(line.ended)
    else if ('fork' in line) forks.push(line.fork)
    else if ('intent' in line) intents.set(line.intent.id, { ...line.intent, done: [] })
    else if ('reached' in line) reach(intents, line)
    else if ('checkpoint' in line) checkpoints.push(line.checkpoint)
    else if ('forgotten' in line) entries.delete(line.forgotten)
    else if ('undone' in line) change(line.undone, { undone: true, isMade: true })
    else {
      change(line.made, { isMade: true })
      setUndone(entries, entries.get(line.made)?.undo?.of ?? [], true)
    }
  }
  return {
    entries: [...entries.values()],
    checkpoints,
    intents: [...intents.values()],
    continuations,
    gaps: [...gaps, ...interrupted(running.values())],
    forks,
  }
}

function interrupted(running: Iterable<z.infer<typeof Running>>): readonly Gap[] {
  return [...running]
    .filter(({ processId }) => processId !== process.pid && !processExists(processId))
    .map(({ id, processId, ...gap }) => ({ ...gap, reason: 'interrupted' }))
}

function reach(
  intents: Map<string, OpenIntent>,
  { reached: id, part }: Extract<JournalLine, { reached: string }>,
): void {
  const intent = intents.get(id)
  if (part === null) intents.delete(id)
  else if (intent !== undefined) intents.set(id, { ...intent, done: [...intent.done, part] })
}

/** An undo that is undone restores what it had undone. */
function setUndone(
  entries: Map<string, JournalEntry>,
  ids: readonly string[],
  undone: boolean,
): void {
  for (const id of ids) {
    const entry = entries.get(id)
    if (entry === undefined || entry.undone === undone) continue
    entries.set(id, { ...entry, undone })
    setUndone(entries, entry.undo?.of ?? [], !undone)
  }
}
