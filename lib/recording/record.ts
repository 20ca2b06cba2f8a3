import type { SessionEvent } from '../session/events.ts'
import { MAX_JOB_OUTPUT_CHARACTERS } from '../session/reduce/jobs.ts'
import { type Beginning, isSessionEvent, RECORDING_VERSION } from './format.ts'

interface RecorderOptions {
  readonly directory: string
  readonly at: number
  redact(value: unknown): unknown
  /** Writes a line, at once: a recording of a crash is the one that is wanted. */
  write(line: string): void
}

/** Hears every event of a store and writes those of the session; gives what hears. */
export function createRecorder(options: RecorderOptions): (event: { type: string }) => void {
  const { directory, at, redact, write } = options
  const line = (value: object): void => write(`${JSON.stringify(redact(value))}\n`)
  const beginning: Beginning = {
    type: 'recording.started',
    version: RECORDING_VERSION,
    directory,
    at,
  }
  line(beginning)
  // What comes in pieces is written whole: a key could be cut in two, and then nobody would know it.
  let pieces = new Map<string, SessionEvent>()
  return (event) => {
    if (!isSessionEvent(event)) return
    const key = pieceKey(event)
    if (key !== null) {
      pieces.set(key, joined(pieces.get(key), event))
      return
    }
    for (const whole of pieces.values()) line(whole)
    pieces = new Map()
    line(event)
  }
}

/** The same for the pieces of one text; null for an event that is whole. */
function pieceKey(event: SessionEvent): string | null {
  switch (event.type) {
    case 'message.delta':
      return `${event.role} ${event.id}`
    case 'tool.delta':
    case 'tool.output':
      return `${event.type} ${event.callId}`
    case 'job.output':
      return `${event.type} ${event.jobId}`
    default:
      return null
  }
}

function joined(before: SessionEvent | undefined, event: SessionEvent): SessionEvent {
  if (before?.type === 'message.delta' && event.type === 'message.delta') {
    return { ...event, text: before.text + event.text }
  }
  if (before?.type === 'tool.output' && event.type === 'tool.output') {
    return { ...event, text: before.text + event.text }
  }
  if (before?.type === 'job.output' && event.type === 'job.output') {
    // No more than the state retains: a job can print for days while nothing else happens.
    const text = (before.text + event.text).slice(-MAX_JOB_OUTPUT_CHARACTERS)
    return { ...event, text }
  }
  if (before?.type === 'tool.delta' && event.type === 'tool.delta') {
    return { ...event, tool: before.tool + event.tool, args: before.args + event.args }
  }
  return event
}
