import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { createRecorder } from '../lib/recording/record.ts'
import { createRedactor, findSecrets } from '../lib/util/redact.ts'
import { messageOf, UserError } from '../lib/util/user-error.ts'

interface Recorded {
  readonly directory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly now: number
}

/**
 * `--record FILE`: what hears the events of the session, and the keys that it learns later. Only a recording is written over,
 * and only we may read it.
 */
export function recordTo(path: string, { directory, environment, now }: Recorded) {
  const file = openRecording(path)
  let secrets = findSecrets(environment)
  let redact = createRedactor(secrets)
  const record = createRecorder({
    directory,
    at: now,
    redact: (value) => redact(value),
    write: (line) => void writeSync(file, line),
  })
  const hide = (secret: string): void => {
    secrets = [...secrets, ...findSecrets({ KEY: secret })]
    redact = createRedactor(secrets)
  }
  return { record, hide }
}

const BEGINS = '{"type":"recording.started"'

function openRecording(path: string): number {
  const { O_RDWR, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_TRUNC, O_WRONLY } = constants
  try {
    const found = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600)
    const isOurs = isRecordingOrEmpty(found)
    closeSync(found)
    if (!isOurs) throw new UserError('it is there already, and is no recording')
    return openSync(path, O_WRONLY | O_TRUNC | O_NOFOLLOW)
  } catch (thrown) {
    throw new UserError(`--record ${path}: ${messageOf(thrown)}`, { cause: thrown })
  }
}

function isRecordingOrEmpty(file: number): boolean {
  const stats = fstatSync(file)
  if (!stats.isFile()) return false
  const bytes = Buffer.alloc(BEGINS.length)
  const length = readSync(file, bytes, 0, bytes.length, 0)
  return length === 0 || bytes.subarray(0, length).toString() === BEGINS
}
