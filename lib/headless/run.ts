import type { OutputFormat } from '../cli/flags.ts'
import { toShellMessage } from '../cli/shell-message.ts'
import { denialMessage } from '../permissions/messages.ts'
import type { SessionEvent } from '../session/events.ts'
import type { TurnsPort } from '../session/ports/turns.ts'
import type { Session } from '../session/session.ts'
import type { SessionState, Start, TurnOutcome } from '../session/state.ts'
import { stripControlCharacters } from '../util/sanitize.ts'
import { UserError } from '../util/user-error.ts'
import { refuseWaiting } from './auto-deny.ts'
import { formats, NO_ANSWER } from './formats.ts'

/** What a run needs of a session. */
export interface HeadlessSession extends Pick<Session, 'store' | 'opened'> {
  readonly turns: Pick<TurnsPort, 'send' | 'cancel'>
}

export interface HeadlessRun {
  readonly session: HeadlessSession
  readonly prompt: string
  readonly format: OutputFormat
  write(text: string): void
  writeError(text: string): void
  /** Aborted by SIGINT or SIGTERM: the turn is cancelled, here and on the server. */
  readonly signal: AbortSignal
  now(): number
}

/** One turn without a screen, on the same session code; gives the exit code: 0 done, 1 failed, 130 interrupted. */
export async function runHeadless(run: HeadlessRun): Promise<number> {
  const { session, signal } = run
  const began = run.now()
  const report = formats[run.format](run.write)
  const tell = (line: string): void =>
    run.writeError(`${stripControlCharacters(toShellMessage(line))}\n`)
  const turn = followTurn(run.prompt)
  // What was wrong before anybody could listen: settings, above all.
  for (const entry of session.store.state.settled) if (entry.type === 'notice') tell(worded(entry))
  const stops = [
    session.store.subscribe((state, event) => {
      report.event(event, state)
      turn.hear(event)
      tellNotices(event, state, tell)
    }),
    refuseWaiting(session.store, turn.isSent, tell),
  ]
  const cancel = (): void => session.turns.cancel()
  signal.addEventListener('abort', cancel)
  try {
    session.turns.send(run.prompt)
    const outcome = await ended(run, turn.outcome)
    const { state } = session.store
    report.end({ outcome, answer: turn.answer(), state, durationMs: run.now() - began })
    return exitCode(run, outcome, turn.answer(), tell)
  } finally {
    signal.removeEventListener('abort', cancel)
    for (const stop of stops) stop()
  }
}

const NOTHING_SENT = {
  type: 'cancelled',
  text: 'Interrupted before the agent was open: nothing was sent.',
} as const

/** The result of a run that was interrupted before there was a session; gives the exit code. */
export function endBeforeSession(
  { format, write, writeError }: Pick<HeadlessRun, 'format' | 'write' | 'writeError'>,
  state: SessionState,
): number {
  formats[format](write).end({ outcome: NOTHING_SENT, answer: null, state, durationMs: 0 })
  writeError(`${NOTHING_SENT.text}\n`)
  return INTERRUPTED
}

const INTERRUPTED = 130

interface Turn {
  hear(event: SessionEvent): void
  /** The message has left the queue: what happens from now on belongs to it. */
  isSent(): boolean
  readonly outcome: Promise<TurnOutcome>
  answer(): string | null
}

/** Picks the turn of our message out of the events; a turn before it may deal with calls left waiting. */
function followTurn(prompt: string): Turn {
  let id: string | null = null
  let sent = false
  let answer: { id: string; text: string } | null = null
  let resolve: (outcome: TurnOutcome) => void = () => undefined
  const outcome = new Promise<TurnOutcome>((settle) => {
    resolve = settle
  })
  return {
    outcome,
    isSent: () => sent,
    answer: () => answer?.text ?? null,
    hear(event) {
      if (event.type === 'message.queued' && event.text === prompt) id ??= event.id
      if (event.type === 'message.sent' && event.id === id) sent = true
      if (!sent) return
      if (event.type === 'message.delta' && event.role === 'assistant') {
        const before = answer?.id === event.id ? answer.text : ''
        answer = { id: event.id, text: before + event.text }
      }
      if (event.type === 'turn.finished') resolve(event.outcome)
    },
  }
}

/** The turn's end; or trouble while opening; or an interruption before there was a turn to cancel. */
async function ended({ session, signal }: HeadlessRun, outcome: Promise<TurnOutcome>) {
  const opening = session.opened.then(() => outcome)
  try {
    return await Promise.race([outcome, opening, interrupted(session, signal)])
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown
    const { message, hint = null } = thrown
    return { type: 'failed', message, hint, stop: 'error' } as const
  }
}

function interrupted(session: HeadlessSession, signal: AbortSignal): Promise<TurnOutcome> {
  return new Promise((resolve) => {
    const settle = (): void => {
      if (session.store.state.turn.type === 'idle') resolve(NOTHING_SENT)
    }
    if (signal.aborted) settle()
    else signal.addEventListener('abort', settle, { once: true })
  })
}

function tellNotices(event: SessionEvent, state: SessionState, tell: (line: string) => void): void {
  if (event.type === 'notice.posted') {
    tell(worded(event))
  }
  if (event.type === 'skills.found') {
    for (const { path, message } of event.problems) {
      tell(`A skill cannot be read: ${path}: ${message}`)
    }
  }
  if (event.type === 'agent.reached' && event.start.agent === 'created')
    tell(memoryLine(event.start))
  if (event.type !== 'approval.requested') return
  for (const { callId, label, verdict } of event.requests) {
    if (verdict.decision !== 'deny') continue
    const entry = state.current.findLast((one) => one.type === 'tool' && one.call.callId === callId)
    const tool = entry?.type === 'tool' ? entry.call.tool : ''
    tell(`Refused: ${tool} ${label}\n  ${denialMessage(verdict)}`)
  }
}

function worded({ text, hint }: { readonly text: string; readonly hint: string | null }): string {
  return hint === null ? text : `${text}\n  ${hint.replaceAll('\n', '\n  ')}`
}

/** `New memory: project, skills. Shared memory: persona, human.` */
function memoryLine({ memory }: Start): string {
  const shared = memory.filter(({ origin }) => origin === 'reused')
  const made = memory.filter(({ origin }) => origin !== 'reused')
  const line = (title: string, blocks: Start['memory']): string =>
    blocks.length === 0 ? '' : `${title}: ${blocks.map(({ label }) => label).join(', ')}.`
  return [line('New memory', made), line('Shared memory', shared)].filter(Boolean).join(' ')
}

function exitCode(
  run: HeadlessRun,
  outcome: TurnOutcome,
  answer: string | null,
  tell: (line: string) => void,
): number {
  if (outcome.type === 'cancelled') {
    tell(outcome.text)
    return INTERRUPTED
  }
  if (outcome.type === 'failed') {
    tell(worded({ text: outcome.message, hint: outcome.hint }))
    return 1
  }
  if (answer !== null || run.format !== 'text') return 0
  tell(NO_ANSWER)
  return 1
}
