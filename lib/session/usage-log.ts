import { appendFile, mkdir, open } from 'node:fs/promises'
import path from 'node:path'
import { ignoreErrno } from '../fs/errno.ts'
import { isRecord } from '../util/is-record.ts'
import { threadKey } from '../util/thread.ts'
import type { SessionEvent } from './events.ts'
import type { SessionContext } from './session-context.ts'
import { openThread } from './state/selectors.ts'
import type { SessionState } from './state/session-state.ts'
import type { Usage } from './state/turn.ts'

/** What turns have used, also those of earlier sessions. */
export interface UsageSum {
  readonly turns: number
  readonly promptTokens: number
  readonly cachedTokens: number
  readonly completionTokens: number
  /** US dollars by the list prices; null when the price of a turn is unknown. */
  readonly dollars: number | null
}

export interface UsagePort {
  /** Query: of the open conversation, and of all since midnight and since seven midnights ago. */
  totals(): Promise<{
    readonly conversation: UsageSum
    readonly today: UsageSum
    readonly week: UsageSum
    /** Of each of these seven days, the oldest first. `at`: its midnight. */
    readonly days: readonly DayUsage[]
  }>
  /** Query: the models of the last turns of all sessions, the newest first. */
  recentModels(): Promise<readonly string[]>
}

export interface DayUsage extends UsageSum {
  readonly at: number
}

const NOTHING: UsageSum = {
  turns: 0,
  promptTokens: 0,
  cachedTokens: 0,
  completionTokens: 0,
  dollars: 0,
}

/** A line of `~/.letta/usage.jsonl`. */
interface LogLine extends UsageSum {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly conversation: string
  readonly model?: string
}

/** Appends each turn of the session to the user's log. The demo and a disk that cannot be written have none. */
export function createUsageLog(context: SessionContext): UsagePort {
  const { store, base } = context
  const { lettaDirectory, demo } = base.options
  const file = path.join(lettaDirectory, 'usage.jsonl')
  let writing: Promise<void> = Promise.resolve()
  const append = async (line: LogLine & { readonly model: string }): Promise<void> => {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 }).catch(ignoreErrno())
    const text = `${JSON.stringify(line)}\n`
    await appendFile(file, text, { mode: 0o600 }).catch(ignoreErrno())
  }
  /** What the open conversation has cost, by all sessions. */
  const count = async (): Promise<void> => {
    const key = threadKey(openThread(store.state))
    const isOpen = (): boolean => key === threadKey(openThread(store.state))
    let counted: number
    let dollars: number | null
    do {
      await writing
      counted = store.state.turnLog.length
      if (!isOpen()) return
      dollars = total((await readLines(file)).filter((one) => one.conversation === key)).dollars
    } while (counted !== store.state.turnLog.length)
    if (isOpen() && dollars !== store.state.spent) store.dispatch({ type: 'cost.counted', dollars })
  }
  store.subscribe((state, event) => {
    if (demo) return
    if (base.options.watch && COUNTED_AT.has(event.type)) void count()
    const sum = sumOfEvent(state, event)
    if (sum === null) return
    const line = {
      at: event.type === 'turn.finished' ? event.at : base.now(),
      conversation: threadKey(openThread(state)),
      model: state.agent?.model ?? '',
      ...sum,
    }
    writing = writing.then(() => append(line))
  })
  return {
    async recentModels() {
      await writing
      const models = (await readLines(file)).flatMap(({ model = '' }) =>
        model === '' ? [] : model,
      )
      return [...new Set(models.toReversed())].slice(0, MAX_RECENT_MODELS)
    },
    async totals() {
      await writing
      const lines = await readLines(file)
      const key = threadKey(openThread(store.state))
      const midnight = new Date(base.now()).setHours(0, 0, 0, 0)
      return {
        conversation: total(lines.filter(({ conversation }) => conversation === key)),
        today: total(lines.filter(({ at }) => at >= midnight)),
        week: total(lines.filter(({ at }) => at >= midnight - 6 * DAY_MS)),
        days: daysBefore(midnight).map((at) => ({ at, ...total(linesOfDay(lines, at)) })),
      }
    },
  }
}

/** Another session may have had turns in the conversation. */
const COUNTED_AT: ReadonlySet<SessionEvent['type']> = new Set([
  'agent.opened',
  'conversation.opened',
  'history.followed',
])
const MAX_RECENT_MODELS = 5
const DAY_MS = 86_400_000

/** The midnights of seven days; a day with a change of the clock has another length. */
function daysBefore(midnight: number): readonly number[] {
  return [6, 5, 4, 3, 2, 1, 0].map((days) =>
    new Date(midnight - days * DAY_MS + DAY_MS / 2).setHours(0, 0, 0, 0),
  )
}

function linesOfDay(lines: readonly LogLine[], midnight: number): readonly LogLine[] {
  const next = new Date(midnight + 1.5 * DAY_MS).setHours(0, 0, 0, 0)
  return lines.filter(({ at }) => at >= midnight && at < next)
}

/** A question on the side costs as much, but is no turn. */
function sumOfEvent(state: SessionState, event: SessionEvent): UsageSum | null {
  if (event.type === 'aside.answered') return { ...sumOf(event.usage), turns: 0 }
  const usage = event.type === 'turn.finished' ? state.turnLog.at(-1)?.usage : undefined
  return usage === undefined || usage.steps === 0 ? null : sumOf(usage)
}

function sumOf({ promptTokens, cachedTokens, completionTokens, dollars = null }: Usage): UsageSum {
  return { turns: 1, promptTokens, cachedTokens, completionTokens, dollars }
}

function total(lines: readonly LogLine[]): UsageSum {
  return lines.reduce<UsageSum>(
    (sum, line) => ({
      turns: sum.turns + line.turns,
      promptTokens: sum.promptTokens + line.promptTokens,
      cachedTokens: sum.cachedTokens + line.cachedTokens,
      completionTokens: sum.completionTokens + line.completionTokens,
      dollars: sum.dollars === null || line.dollars === null ? null : sum.dollars + line.dollars,
    }),
    NOTHING,
  )
}

/** Bytes at the end of the log that are read: about 20,000 turns. */
const MAX_READ_BYTES = 4 * 1_048_576

async function readLines(file: string): Promise<readonly LogLine[]> {
  const handle = await open(file, 'r').catch(ignoreErrno())
  if (handle === null) return []
  try {
    const { size } = await handle.stat()
    const start = Math.max(0, size - MAX_READ_BYTES)
    const buffer = Buffer.alloc(size - start)
    await handle.read(buffer, 0, buffer.length, start)
    return buffer.toString('utf8').split('\n').flatMap(parseLine)
  } finally {
    await handle.close()
  }
}

function parseLine(text: string): readonly LogLine[] {
  try {
    const line: unknown = JSON.parse(text)
    const numbers = ['at', 'turns', 'promptTokens', 'cachedTokens', 'completionTokens']
    const isLine =
      isRecord(line) &&
      typeof line['conversation'] === 'string' &&
      numbers.every((name) => typeof line[name] === 'number') &&
      (line['dollars'] === null || typeof line['dollars'] === 'number')
    return isLine ? [line as unknown as LogLine] : []
  } catch {
    // The first line is cut, or another process has written a part of one.
    return []
  }
}
