import type { LiveRun, RunEvent } from '../runs/live-run.ts'

const PING_MS = 20_000

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
}

/** Which events a client wants to hear of. */
export interface Wanted {
  /** Kinds of messages; all when null. */
  readonly types: readonly string[] | null
  readonly pings: boolean
}

const EVERYTHING: Wanted = { types: null, pings: true }

export interface StreamedRun {
  /** Events after this number. */
  readonly after: number
  readonly wanted?: Wanted
  /** The request's: in one process nothing else tells that the reader has gone. */
  readonly signal: AbortSignal
  /** Called when the reader goes away before the end. */
  onLeft?(): void
}

/** A run's events as server-sent events: those there are, then each as it happens, then `[DONE]`. */
export function streamRun(
  run: LiveRun,
  { after, wanted = EVERYTHING, signal, onLeft }: StreamedRun,
): Response {
  const encoder = new TextEncoder()
  let sent = after
  let stop = (): void => {}
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const write = (text: string): void => controller.enqueue(encoder.encode(text))
      const ping = (): void => {
        if (wanted.pings) write(dataLine(pingAgain(run, sent)))
      }
      const pings = setInterval(ping, PING_MS).unref()
      const advance = (): void => {
        while (sent < run.events.length) {
          const event = run.events[sent]
          sent++
          if (event !== undefined && isWanted(event.json, wanted)) write(eventText(event))
        }
        if (!run.isOver) return
        stop()
        write('data: [DONE]\n\n')
        controller.close()
      }
      const leave = (): void => {
        stop()
        controller.error(signal.reason)
        onLeft?.()
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
      onLeft?.()
    },
  })
  return new Response(body, { headers: HEADERS })
}

/** The stored events of a run that is over. */
export function replayRun(events: readonly RunEvent[], after: number): Response {
  const text = events.slice(after).map(eventText).join('')
  return new Response(`${text}data: [DONE]\n\n`, { headers: HEADERS })
}

/** How a run ends is told to all. */
const TOLD_ALWAYS = new Set<unknown>(['stop_reason', 'usage_statistics', 'error_message'])

export function isWanted({ message_type: type }: RunEvent['json'], wanted: Wanted): boolean {
  if (type === 'ping') return wanted.pings
  return wanted.types === null || TOLD_ALWAYS.has(type) || wanted.types.includes(String(type))
}

function eventText({ name, json }: RunEvent): string {
  return name === null ? dataLine(json) : `event: ${name}\n${dataLine(json)}`
}

function dataLine(json: unknown): string {
  return `data: ${JSON.stringify(json)}\n\n`
}

/** A ping between events repeats the last number. */
function pingAgain({ events, record }: LiveRun, sent: number): Readonly<Record<string, unknown>> {
  const first = events[0]?.json ?? {}
  return { ...first, message_type: 'ping', seq_id: record.background ? sent : null }
}
