import { type EventFilter, passesFilter, replayRun, streamRun } from '../http/event-stream.ts'
import type { RunRecord } from '../records.ts'
import type { LiveRun, RunEvent } from '../runs/live-run.ts'
import type { RunRequest } from '../runs/runs.ts'
import type { Service } from '../service.ts'

/** The client that sent the request: which events it reads, and when it leaves. */
interface StreamReader {
  readonly filter: EventFilter
  readonly signal: AbortSignal
}

/** Starts a run and streams its events. */
export async function streamNewRun(
  { runs }: Service,
  request: RunRequest,
  { filter, signal }: StreamReader,
): Promise<Response> {
  const run = await runs.start(request)
  // A foreground stream cannot be resumed, so when its reader leaves the run is cancelled.
  const onLeave = request.background ? {} : { onDisconnect: () => run.abort() }
  return streamRun(run, { after: 0, filter, signal, ...onLeave })
}

/** Streams the events of a background run after a number; null while another process owns the run. */
export function resumeStream(
  { storage, runs }: Service,
  run: RunRecord,
  { after, signal }: { readonly after: number; readonly signal: AbortSignal },
): Response | null {
  const live = runs.live(run.id)
  if (live !== null) return streamRun(live, { after, signal })
  if (run.status === 'running') return null
  const events = storage.runs.events(run.id) as readonly RunEvent[]
  const hasEnd = events.some(({ json }) => json['message_type'] === 'stop_reason')
  return replayRun(events, after, hasEnd ? [] : endOf(run, after))
}

/** Of a run whose process was killed nothing is stored: a client that finds no end would take its connection for broken. */
function endOf({ stopReason, error = null }: RunRecord, after: number): readonly RunEvent[] {
  if (error === null) return []
  const stop = { message_type: 'stop_reason', stop_reason: stopReason, seq_id: after + 1 }
  return [
    { seq: after + 1, name: null, json: stop },
    { seq: after + 2, name: 'error', json: error },
  ]
}

/** Starts a run and waits for its end. Throws an `HttpError` when it fails. */
export async function runToCompletion(
  { runs }: Service,
  request: RunRequest,
  { filter, signal }: StreamReader,
): Promise<unknown> {
  const input = { ...request.input, tokens: false }
  const run = await runs.start({ ...request, input, background: false })
  if (signal.aborted) run.abort()
  signal.addEventListener('abort', run.abort, { once: true })
  await untilOver(run)
  if (run.failure !== null) throw run.failure.httpError
  return toTurnJson(run, filter)
}

function untilOver(run: LiveRun): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (!run.isOver) return
      stop()
      resolve()
    }
    const stop = run.follow(check)
    check()
  })
}

const NOT_MESSAGES = new Set(['ping', 'stop_reason', 'usage_statistics'])

function toTurnJson(run: LiveRun, filter: EventFilter): unknown {
  const events = run.events.map((event) => event.json)
  const ofType = (type: string) => events.find((json) => json['message_type'] === type)
  return {
    messages: events
      .filter((json) => !NOT_MESSAGES.has(String(json['message_type'])))
      .filter((json) => passesFilter(json, filter)),
    stop_reason: ofType('stop_reason'),
    usage: ofType('usage_statistics'),
    logprobs: null,
    turns: null,
  }
}
