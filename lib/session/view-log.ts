import { createHash } from 'node:crypto'
import { appendFile, mkdir } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { ignoreErrno } from '../fs/errno.ts'
import { readStoredBytes } from '../fs/read-stored.ts'
import { parseJson } from '../util/parse-json.ts'
import { createTextRedactor, findSecrets } from '../util/redact.ts'
import { type Thread, threadKey } from '../util/thread.ts'
import type { SessionEvent } from './events.ts'
import type { SessionContext } from './session-context.ts'
import type { Entry, FinishedPhase, ToolCall } from './state/entry.ts'
import { openThread } from './state/selectors.ts'
import type { SessionState } from './state/session-state.ts'
import type { TurnRecord } from './state/turn.ts'

/**
 * What the screen showed of a conversation and the server does not store: how long calls took, what turns have cost, which messages
 * failed or were cancelled, notices, and shell lines. One file for each conversation, from which a restart restores it.
 */
interface ViewLog {
  /** What is recorded of a conversation so far. */
  read(thread: Thread): Promise<RecordedView>
  /** Records for a copy what is recorded of the original. `ids`: of the entries of the copy, by those of the original. */
  copy(original: Thread, made: Thread, ids: ReadonlyMap<string, string>): Promise<void>
  /** Waits until everything is written. */
  close(): Promise<void>
}

interface RecordedView {
  /** What the person has made of its calls. */
  readonly reviews: Reviews
  /** The entries of a page of the history as they were shown. */
  restore(entries: readonly Entry[]): readonly Entry[]
}

/** What the person has made of a call before it ran. */
export interface Review {
  readonly isEdited: boolean
  readonly isPartial: boolean
}

/** By the call and its result. A result that only says so can be text of a command, of a file or of a server. */
export type Reviews = (call: ToolCall) => Review

/** In `~/.letta`. */
export const VIEW_LOG_DIRECTORY = 'view-log'

const count = z.number().nonnegative()
const usage = z.object({
  promptTokens: count,
  completionTokens: count,
  totalTokens: count,
  cachedTokens: count,
  reasoningTokens: count,
  dollars: count.nullable().default(null),
  steps: count,
  contextTokens: count.nullable(),
})
const record = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('call'),
    key: z.string(),
    tookMs: count.nullable(),
    review: z
      .object({ result: z.string(), isEdited: z.boolean(), isPartial: z.boolean() })
      .optional(),
  }),
  z.object({
    type: z.literal('turn'),
    turn: z.object({
      usage,
      apiMs: count,
      tookMs: count,
      answerId: z.string(),
      model: z.string().nullable(),
    }),
  }),
  z.object({
    type: z.literal('outcome'),
    id: z.string(),
    outcome: z.enum(['cancelled', 'failed']),
  }),
  z.object({
    type: z.literal('entry'),
    after: z.string(),
    entry: z.discriminatedUnion('type', [
      z.object({
        type: z.literal('notice'),
        id: z.string(),
        level: z.enum(['info', 'warning', 'error']),
        text: z.string(),
        hint: z.string().nullable(),
      }),
      z.object({
        type: z.literal('shellLine'),
        id: z.string(),
        command: z.string(),
        isShared: z.boolean(),
        text: z.string(),
        status: z.object({
          type: z.literal('finished'),
          code: z.number().nullable(),
          tookMs: count,
        }),
      }),
    ]),
  }),
])

type ViewRecord = z.infer<typeof record>

export function createViewLog(context: SessionContext): ViewLog {
  const { store, base } = context
  const { lettaDirectory, demo } = base.options
  const directory = path.join(lettaDirectory, VIEW_LOG_DIRECTORY)
  const fileOf = (thread: Thread): string => {
    const name = createHash('sha256').update(threadKey(thread)).digest('hex').slice(0, 32)
    return path.join(directory, `${name}.jsonl`)
  }
  let writing: Promise<void> = Promise.resolve()
  const append = async (thread: Thread, records: readonly ViewRecord[]): Promise<void> => {
    const redact = createTextRedactor(findSecrets(context.environment))
    const lines = records.map((one) => `${redact(JSON.stringify(one))}\n`).join('')
    await mkdir(directory, { recursive: true, mode: 0o700 }).catch(ignoreErrno())
    await appendFile(fileOf(thread), lines, { mode: 0o600 }).catch(ignoreErrno())
  }
  // What is reported at the start is reported at each start.
  let hasSent = false
  store.subscribe((state, event) => {
    if (STARTS.has(event.type)) hasSent = false
    hasSent ||= event.type === 'message.sent' || event.type === 'shellLine.started'
    // A call that was left waiting is decided without another message.
    const isRecorded = hasSent || event.type === 'tool.finished'
    if (demo || !isRecorded || state.agent === null) return
    const records = recordsOf(state, event)
    if (records.length === 0) return
    const thread = openThread(state)
    writing = writing.then(() => append(thread, records))
  })
  return {
    async read(thread) {
      await writing
      const records = await readRecords(fileOf(thread))
      return {
        reviews: reviewsOf(records),
        restore: (entries) => (entries.length === 0 ? entries : withRecords(entries, records)),
      }
    },
    async copy(original, made, ids) {
      await writing
      const records = (await readRecords(fileOf(original))).flatMap((one) => copied(one, ids))
      if (records.length > 0 && !demo) await append(made, records)
    },
    close: () => writing,
  }
}

/** What is recorded of an entry that the copy has. */
function copied(one: ViewRecord, ids: ReadonlyMap<string, string>): readonly ViewRecord[] {
  switch (one.type) {
    case 'call':
      return [one]
    case 'turn': {
      const answerId = ids.get(one.turn.answerId)
      return answerId === undefined ? [] : [{ ...one, turn: { ...one.turn, answerId } }]
    }
    case 'outcome': {
      const id = ids.get(one.id)
      return id === undefined ? [] : [{ ...one, id }]
    }
    case 'entry': {
      const after = ids.get(one.after)
      return after === undefined ? [] : [{ ...one, after }]
    }
  }
}

/** What is reported from here on belongs to another conversation. */
const STARTS: ReadonlySet<SessionEvent['type']> = new Set([
  'agent.reached',
  'agent.opened',
  'conversation.opened',
])

function recordsOf(state: SessionState, event: SessionEvent): readonly ViewRecord[] {
  switch (event.type) {
    case 'tool.finished': {
      const call = newestEntries(state).findLast(
        (entry) => entry.type === 'tool' && entry.call.callId === event.callId,
      )
      if (call?.type !== 'tool' || call.call.phase.type !== 'finished') return []
      const { tookMs } = call.call.phase
      const review = reviewOf(call.call.phase)
      if (tookMs === null && review === undefined) return []
      const own = review === undefined ? {} : { review }
      return [{ type: 'call', key: keyOf(call.call), tookMs, ...own }]
    }
    case 'turn.finished': {
      const entries = newestEntries(state)
      const turn = state.turnLog.at(-1)
      const { answerId } = turn ?? { answerId: null }
      const sent = entries.findLast((entry) => entry.type === 'user')
      return [
        ...(turn === undefined || answerId === null ? [] : [turnOf(turn, answerId)]),
        ...(sent === undefined || sent.outcome === 'kept'
          ? []
          : [{ type: 'outcome' as const, id: sent.id, outcome: sent.outcome }]),
        ...entryRecords(entries, ({ id }) => id === event.id),
      ]
    }
    case 'notice.posted':
      // Other sessions of the conversation read the same file.
      if (event.isMomentary === true) return []
      return entryRecords(newestEntries(state), ({ id }) => id === event.id)
    case 'shellLine.finished':
      return entryRecords(newestEntries(state), ({ id }) => id === event.id)
    default:
      return []
  }
}

type RecordedReview = NonNullable<Extract<ViewRecord, { type: 'call' }>['review']>

function reviewOf({ text, isEdited, preview }: FinishedPhase): RecordedReview | undefined {
  const isPartial = preview?.type === 'diff' && preview.isPartial === true
  if (isEdited !== true && !isPartial) return undefined
  return { result: hashOf(text), isEdited: isEdited === true, isPartial }
}

const NO_REVIEW: Review = { isEdited: false, isPartial: false }

function reviewsOf(records: readonly ViewRecord[]): Reviews {
  const found = new Map<string, Review>()
  for (const one of records) {
    if (one.type === 'call' && one.review !== undefined)
      found.set(`${one.key} ${one.review.result}`, one.review)
  }
  return (call) => {
    if (found.size === 0 || call.phase.type !== 'finished') return NO_REVIEW
    return found.get(`${keyOf(call)} ${hashOf(call.phase.text)}`) ?? NO_REVIEW
  }
}

function turnOf(turn: TurnRecord, answerId: string): ViewRecord {
  const dollars = turn.usage.dollars ?? null
  return { type: 'turn', turn: { ...turn, usage: { ...turn.usage, dollars }, answerId } }
}

/** What an event concerns is among these. */
function newestEntries({ settled, current }: SessionState): readonly Entry[] {
  return [...settled.slice(-MAX_SEARCHED), ...current]
}

const MAX_SEARCHED = 200

/** The notice or the shell line, with the id of the entry after which it was shown. */
function entryRecords(
  entries: readonly Entry[],
  isWanted: (entry: Entry) => boolean,
): readonly ViewRecord[] {
  const at = entries.findLastIndex(isWanted)
  const entry = entries[at]
  const after = entries.slice(0, Math.max(0, at)).findLast(isStored)?.id
  if (after === undefined) return []
  if (entry?.type === 'notice') {
    const { type, id, level, text, hint } = entry
    return [{ type: 'entry', after, entry: { type, id, level, text, hint } }]
  }
  if (entry?.type !== 'shellLine' || entry.status.type !== 'finished') return []
  return [{ type: 'entry', after, entry: { ...entry, status: entry.status } }]
}

function isStored({ type }: Entry): boolean {
  return type !== 'notice' && type !== 'shellLine'
}

/** Some providers number their calls from the start in each response. */
function keyOf({ callId, args }: ToolCall): string {
  return hashOf(`${callId}\n${args}`)
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24)
}

/** A larger file is not one that letta has written: each start shortens those that have grown. */
const MAX_READ_BYTES = 4 * 1_048_576

async function readRecords(file: string): Promise<readonly ViewRecord[]> {
  const text = (await readStoredBytes(file, MAX_READ_BYTES))?.toString() ?? ''
  // Another process may have written a part of a line.
  return text.split('\n').flatMap((line) => {
    const parsed = record.safeParse(parseJson(line))
    return parsed.success ? [parsed.data] : []
  })
}

function withRecords(entries: readonly Entry[], records: readonly ViewRecord[]): readonly Entry[] {
  if (records.length === 0) return entries
  const tookMs = new Map<string, number>()
  const outcomes = new Map<string, 'cancelled' | 'failed'>()
  const turns = new Map<string, Extract<ViewRecord, { type: 'turn' }>['turn']>()
  const inserted = new Map<string, Map<string, Entry>>()
  for (const one of records) {
    if (one.type === 'call') {
      if (one.tookMs !== null) tookMs.set(one.key, one.tookMs)
    } else if (one.type === 'outcome') outcomes.set(one.id, one.outcome)
    else if (one.type === 'turn') turns.set(one.turn.answerId, one.turn)
    else {
      const known = inserted.get(one.after) ?? new Map<string, Entry>()
      inserted.set(one.after, known.set(one.entry.id, one.entry as Entry))
    }
  }
  const shown = new Set(entries.map(({ id }) => id))
  return entries.flatMap((entry) => {
    const added = [...(inserted.get(entry.id)?.values() ?? [])].filter(({ id }) => !shown.has(id))
    return [restored(entry), ...added]
  })

  function restored(entry: Entry): Entry {
    if (entry.type === 'user') return { ...entry, outcome: outcomes.get(entry.id) ?? entry.outcome }
    if (entry.type === 'assistant') {
      const turn = turns.get(entry.id)
      return turn === undefined ? entry : { ...entry, turn }
    }
    if (entry.type !== 'tool' || entry.call.phase.type !== 'finished') return entry
    const { call } = entry
    const took = tookMs.get(keyOf(call)) ?? entry.call.phase.tookMs
    return { ...entry, call: { ...call, phase: { ...entry.call.phase, tookMs: took } } }
  }
}
