import type { LiveRun, RunEvent } from '../runs/live-run.ts'

const PING_INTERVAL_MS = 20_000

const EVENT_STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
}

/** Which events a client asked for. */
export interface EventFilter {
  /** Message types; all when null. */
  readonly types: readonly string[] | null
  readonly pings: boolean
}

const ALL_EVENTS: EventFilter = { types: null, pings: true }

interface RunStreamOptions {
  /** Streams the events after this number. */
  readonly after: number
  readonly filter?: EventFilter
  /** The signal of the request: in one process only this shows that the reader has left. */
  readonly signal: AbortSignal
  /** Called when the reader leaves before the end. */
  onDisconnect?(): void
}

/** Streams a run as server-sent events: past events first, then each new one, then `[DONE]`. */
export function streamRun(
  run: LiveRun,
  { after, filter = ALL_EVENTS, signal, onDisconnect }: RunStreamOptions,
): Response {
  const encoder = new TextEncoder()
  let sent = after
  let stop = (): void => {}
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const write = (text: string): void => controller.enqueue(encoder.encode(text))
      const ping = (): void => {
        if (filter.pings) write(formatData(createPing(run, sent)))
      }
      const pings = setInterval(ping, PING_INTERVAL_MS).unref()
      const advance = (): void => {
        while (sent < run.events.length) {
          const event = run.events[sent]
          sent++
          if (event !== undefined && passesFilter(event.json, filter)) write(formatEvent(event))
        }
        if (!run.isOver) return
        stop()
        write('data: [DONE]\n\n')
        controller.close()
      }
      const leave = (): void => {
        stop()
        controller.error(signal.reason)
        onDisconnect?.()
      }
      const unfollow = run.follow(advance)
      stop = () => {
        clearInterval(pings)
        unfollow()
        signal.removeEventListener('abort', leave)
      }
      if (signal.aborted) return leave()
      signal.addEventListener('abort', leave, { once: true })
      advance()
    },
    cancel() {
      stop()
      onDisconnect?.()
    },
  })
  return new Response(body, { headers: EVENT_STREAM_HEADERS })
}

/** Streams the stored events of a run that has ended, and then `end`. */
export function replayRun(
  events: readonly RunEvent[],
  after: number,
  end: readonly RunEvent[] = [],
): Response {
  const text = [...events.slice(after), ...end].map(formatEvent).join('')
  return new Response(`${text}data: [DONE]\n\n`, { headers: EVENT_STREAM_HEADERS })
}

/** Sent to every client, because they describe the end of the run. */
const ALWAYS_SENT = new Set<unknown>(['stop_reason', 'usage_statistics', 'error_message'])

export function passesFilter(
  { message_type: type }: RunEvent['json'],
  filter: EventFilter,
): boolean {
  if (type === 'ping') return filter.pings
  return filter.types === null || ALWAYS_SENT.has(type) || filter.types.includes(String(type))
}

function formatEvent({ name, json }: RunEvent): string {
  return name === null ? formatData(json) : `event: ${name}\n${formatData(json)}`
}

function formatData(json: unknown): string {
  return `data: ${JSON.stringify(json)}\n\n`
}

/** A ping between events repeats the number of the last event. */
function createPing({ events, record }: LiveRun, sent: number): Readonly<Record<string, unknown>> {
  const first = events[0]?.json ?? {}
  return { ...first, message_type: 'ping', seq_id: record.background ? sent : null }
}
