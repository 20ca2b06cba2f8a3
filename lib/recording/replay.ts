import type { SessionEvent } from '../session/events.ts'
import { UserError } from '../util/user-error.ts'
import { isSessionEvent, RECORDING_VERSION } from './format.ts'

export interface Recording {
  readonly directory: string
  readonly startedAt: number
  readonly events: readonly SessionEvent[]
}

/** A recording's text as its events; a last line that was cut off is left out. */
export function readRecording(text: string, path: string): Recording {
  const lines = text.split('\n')
  const whole = lines.slice(0, -1)
  const beginning = Object(parse(whole[0] ?? ''))
  if (beginning.type !== 'recording.started' || typeof beginning.at !== 'number') {
    throw new UserError(`${path} is no recording of letta.`, {
      hint: 'One is made with: letta --record FILE',
    })
  }
  if (beginning.version !== RECORDING_VERSION) {
    throw new UserError(
      `${path} was recorded by another version of letta: its format is ${beginning.version}, not ${RECORDING_VERSION}.`,
    )
  }
  const events = whole.slice(1).map((line, index) => {
    const event = parse(line)
    if (isSessionEvent(event)) return event
    throw new UserError(`${path}:${index + 2}: this line is no event.`)
  })
  return { directory: String(beginning.directory), startedAt: beginning.at, events }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    // The caller says which line it was.
    return null
  }
}
