import type { OutputFormat } from '../cli/flags.ts'
import { denialMessage } from '../permissions/messages.ts'
import type { SessionEvent } from '../session/events.ts'
import { requestRepeated } from '../session/messages/turns.ts'
import type { Start } from '../session/state/agent.ts'
import type { SessionState } from '../session/state/session-state.ts'
import type { TurnOutcome } from '../session/state/turn.ts'
import type { TurnSession } from '../session/turn-session.ts'
import { spellOut } from '../util/invisible-characters.ts'
import { toTerminalText } from '../util/sanitize.ts'
import { UserError } from '../util/user-error.ts'
import { denyPendingCalls } from './auto-deny.ts'
import { formats, isMessageChunk } from './formats.ts'
import {
  callDenied,
  INTERRUPTED_BEFORE_SENDING,
  memorySummary,
  NO_ASSISTANT_RESPONSE,
  skillNotRead,
} from './messages.ts'

/** What a run uses of a session. */
export interface HeadlessSession extends Pick<TurnSession, 'store' | 'opened'> {
  readonly turns: Pick<TurnSession['turns'], 'send' | 'cancel'>
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
  /** Writes what is typed in a shell in place of the references to commands and keys. */
  toShellMessage(message: string): string
}

/** Runs one turn without a screen, on the same session code; returns the exit code: 0 done, 1 failed, 130 interrupted. */
export async function runHeadless(run: HeadlessRun): Promise<number> {
  const { session, signal } = run
  const began = run.now()
  const format = formats[run.format]
  let seqId = 0
  const report = (line: string): void =>
    run.writeError(`${toTerminalText(run.toShellMessage(line))}\n`)
  const turn = followTurn(run.prompt)
  // Notices from before the subscription, mostly errors in the settings.
  for (const entry of session.store.state.settled)
    if (entry.type === 'notice') report(withHint(entry))
  const stops = [
    session.store.subscribe((state, event) => {
      if (isMessageChunk(event)) seqId += 1
      run.write(format.event(inShell(event, run), state, seqId))
      turn.follow(event)
      reportNotices(event, state, report)
    }),
    denyPendingCalls(session.store, turn.isSent, report),
  ]
  const cancel = (): void => session.turns.cancel()
  signal.addEventListener('abort', cancel)
  try {
    session.turns.send(run.prompt)
    const outcome = await ended(run, turn.outcome)
    const { state } = session.store
    const durationMs = run.now() - began
    run.write(
      format.end({
        outcome: outcomeInShell(outcome, run),
        answer: turn.answer(),
        state,
        durationMs,
      }),
    )
    return exitCode(run, outcome, turn.answer(), report)
  } finally {
    signal.removeEventListener('abort', cancel)
    for (const stop of stops) stop()
  }
}

type ShellPresenter = Pick<HeadlessRun, 'toShellMessage'>

function inShell(event: SessionEvent, presenter: ShellPresenter): SessionEvent {
  return event.type === 'turn.finished'
    ? { ...event, outcome: outcomeInShell(event.outcome, presenter) }
    : event
}

function outcomeInShell(outcome: TurnOutcome, { toShellMessage }: ShellPresenter): TurnOutcome {
  if (outcome.type !== 'failed') return outcome
  const hint = outcome.hint === null ? null : toShellMessage(outcome.hint)
  return { ...outcome, message: toShellMessage(outcome.message), hint }
}

const NOTHING_SENT = {
  type: 'cancelled',
  text: INTERRUPTED_BEFORE_SENDING,
} as const

/** Reports a run that was interrupted before there was a session; returns the exit code. */
export function endBeforeSession(
  { format, write, writeError }: Pick<HeadlessRun, 'format' | 'write' | 'writeError'>,
  state: SessionState,
): number {
  write(formats[format].end({ outcome: NOTHING_SENT, answer: null, state, durationMs: 0 }))
  writeError(`${NOTHING_SENT.text}\n`)
  return INTERRUPTED
}

const INTERRUPTED = 130

interface FollowedTurn {
  follow(event: SessionEvent): void
  /** The prompt has left the queue: later events belong to it. */
  isSent(): boolean
  readonly outcome: Promise<TurnOutcome>
  answer(): string | null
}

/** Finds the turn of the prompt among the events; a turn before it may answer calls left pending. */
function followTurn(prompt: string): FollowedTurn {
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
    follow(event) {
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

/** The turn's outcome; or the error that stopped opening; or an interruption before there was a turn to cancel. */
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

function reportNotices(
  event: SessionEvent,
  state: SessionState,
  report: (line: string) => void,
): void {
  if (event.type === 'notice.posted') {
    report(withHint(event))
  }
  if (event.type === 'retry.waiting') {
    report(requestRepeated(event.reason, Math.ceil((event.until - Date.now()) / 1000)))
  }
  if (event.type === 'skills.found') {
    for (const { path, message } of event.problems) {
      report(skillNotRead(spellOut(path), message))
    }
  }
  if (event.type === 'agent.reached' && event.start.agent === 'created')
    report(memoryLine(event.start))
  if (event.type !== 'approval.requested') return
  for (const { callId, label, verdict } of event.requests) {
    if (verdict.decision !== 'deny') continue
    const entry = state.current.findLast((one) => one.type === 'tool' && one.call.callId === callId)
    const tool = entry?.type === 'tool' ? entry.call.tool : ''
    report(callDenied(spellOut(tool), spellOut(label), denialMessage(verdict)))
  }
}

function withHint({ text, hint }: { readonly text: string; readonly hint: string | null }): string {
  return hint === null ? text : `${text}\n  ${hint.replaceAll('\n', '\n  ')}`
}

function memoryLine({ memory }: Start): string {
  const labels = (isShared: boolean): readonly string[] =>
    memory.flatMap(({ label, origin }) =>
      (origin === 'reused') === isShared ? [spellOut(label)] : [],
    )
  return memorySummary(labels(false), labels(true))
}

function exitCode(
  run: HeadlessRun,
  outcome: TurnOutcome,
  answer: string | null,
  report: (line: string) => void,
): number {
  if (outcome.type === 'cancelled') {
    report(outcome.text)
    return INTERRUPTED
  }
  if (outcome.type === 'failed') {
    report(withHint({ text: outcome.message, hint: outcome.hint }))
    return 1
  }
  if (answer !== null || run.format !== 'text') return 0
  report(NO_ASSISTANT_RESPONSE)
  return 1
}
