import type { Entry } from '../../../lib/session/state/entry.ts'
import type { SessionState } from '../../../lib/session/state/session-state.ts'
import type { TurnRecord } from '../../../lib/session/state/turn.ts'
import { localTime } from '../../../lib/util/local-time.ts'
import { conversationTexts } from '../messages/conversation.ts'
import { money, seconds, shortCount } from './format.ts'

/** When a message was sent, and what the turn that ended with an answer has cost; empty for other entries. */
export function entryNote(entry: Entry, session: SessionState): string {
  if (entry.type === 'user') return timeOf(entry, session.startedAt)
  if (entry.type !== 'assistant') return ''
  return costsByAnswer(session.turnLog).get(entry.id) ?? (entry.turn ? costOf(entry.turn) : '')
}

interface SentTime {
  readonly startedAt: number
  readonly text: string
}

// The keys are weak: the text is freed together with its entry.
const times = new WeakMap<Entry, SentTime>()

function timeOf(entry: Extract<Entry, { type: 'user' }>, startedAt: number): string {
  const known = times.get(entry)
  if (known?.startedAt === startedAt) return known.text
  const text = sentAt(entry.at, startedAt)
  times.set(entry, { startedAt, text })
  return text
}

/** The local time, with the date of another day than that on which the session began. */
function sentAt(at: number, startedAt: number): string {
  if (at === 0) return ''
  const { time, date, month, day } = localTime(at)
  if (day === localTime(startedAt).day) return time
  return `${date} ${conversationTexts.months[month] ?? ''} ${time}`
}

/** Shorter turns took no time that a person noticed. */
const MIN_SHOWN_MS = 1000

function costOf({ model, usage, tookMs }: TurnRecord): string {
  const name = model === null ? [] : [model.split('/').at(-1) ?? model]
  const { totalTokens } = usage
  const tokens = totalTokens === 0 ? [] : [conversationTexts.tokens(shortCount(totalTokens))]
  const took = tookMs < MIN_SHOWN_MS ? [] : [seconds(tookMs)]
  const { dollars = null } = usage
  const price = dollars === null || totalTokens === 0 ? [] : [money(dollars)]
  return [...name, ...tokens, ...price, ...took].join(' · ')
}

const indexes = new WeakMap<readonly TurnRecord[], ReadonlyMap<string, string>>()

function costsByAnswer(turnLog: readonly TurnRecord[]): ReadonlyMap<string, string> {
  const known = indexes.get(turnLog)
  if (known !== undefined) return known
  const index = new Map(
    turnLog.flatMap((turn) => (turn.answerId ? [[turn.answerId, costOf(turn)]] : [])),
  )
  indexes.set(turnLog, index)
  return index
}
