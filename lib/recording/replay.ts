import type { SessionEvent } from '../session/events.ts'
import { parseJson } from '../util/parse-json.ts'
import { createUserError, UserError } from '../util/user-error.ts'
import { isSessionEvent, RECORDING_VERSION } from './format.ts'
import { invalidEvent, notARecording, otherRecordingVersion } from './messages.ts'

export interface Recording {
  readonly directory: string
  readonly startedAt: number
  readonly events: readonly SessionEvent[]
}

/**
 * Parses a recording; an incomplete last line is left out. Throws a `UserError` when the text is not a recording of this version.
 * `path` is only for the messages.
 */
export function readRecording(text: string, path: string): Recording {
  const lines = text.split('\n')
  const complete = lines.slice(0, -1)
  const beginning = Object(parseJson(complete[0] ?? ''))
  if (beginning.type !== 'recording.started' || typeof beginning.at !== 'number') {
    throw createUserError(notARecording(path))
  }
  if (beginning.version !== RECORDING_VERSION) {
    throw new UserError(otherRecordingVersion(path, beginning.version, RECORDING_VERSION))
  }
  const events = complete.slice(1).map((line, index) => {
    const event = parseJson(line)
    if (isSessionEvent(event)) return event
    throw new UserError(invalidEvent(path, index + 2))
  })
  return { directory: String(beginning.directory), startedAt: beginning.at, events }
}
