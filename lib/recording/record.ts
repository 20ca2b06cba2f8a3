import type { SessionEvent } from '../session/events.ts'
import { MAX_JOB_OUTPUT_CHARACTERS } from '../session/reduce/jobs.ts'
import { type Beginning, isSessionEvent, RECORDING_VERSION } from './format.ts'

interface RecorderOptions {
  readonly directory: string
  readonly at: number
  redact(value: unknown): unknown
  /** Writes a line synchronously: a recording must be complete when the program crashes. */
  write(line: string): void
}

/** Creates a listener for every event of a store, which writes those of the session. */
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
  // Deltas of one text are joined before they are written: redaction could not find a key that is split between two.
  let pieces = new Map<string, SessionEvent>()
  return (event) => {
    if (!isSessionEvent(event)) return
    const key = pieceKey(event)
    if (key !== null) {
      pieces.set(key, joined(pieces.get(key), event))
      return
    }
    for (const complete of pieces.values()) line(complete)
    pieces = new Map()
    line(event)
  }
}

/** The same for all deltas of one text; null for an event that is complete. */
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
    // At most what the state retains: a job can print for days without another event.
    const text = (before.text + event.text).slice(-MAX_JOB_OUTPUT_CHARACTERS)
    return { ...event, text }
  }
  if (before?.type === 'tool.delta' && event.type === 'tool.delta') {
    return { ...event, tool: before.tool + event.tool, args: before.args + event.args }
  }
  return event
}
