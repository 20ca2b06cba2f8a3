import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs'
import { createRecorder } from '../lib/recording/record.ts'
import { createRedactor, findSecrets } from '../lib/util/redact.ts'
import { messageOf, UserError } from '../lib/util/user-error.ts'
import type { EnvironmentVariables } from './io/cli-environment.ts'
import { RECORDING_EXISTS, recordingFailed } from './messages.ts'

type FileRecorder = ReturnType<typeof createRecorder>

interface RecordingOptions {
  readonly directory: string
  /** The values of keys are removed from what is recorded. */
  readonly environment: EnvironmentVariables
  /** Milliseconds since the epoch. */
  readonly now: number
}

/**
 * `--record FILE`. `record` takes the events of the session, `hide` a key that becomes known later. The file is readable by the
 * user only; an existing file is overwritten only when it is a recording, and by the first event.
 */
export function openRecording(
  path: string,
  { directory, environment, now }: RecordingOptions,
): { readonly record: FileRecorder; hide(secret: string): void } {
  const file = openFile(path)
  let secrets = findSecrets(environment)
  let redact = createRedactor(secrets)
  let recorder: FileRecorder | null = null
  const start = (): FileRecorder => {
    ftruncateSync(file)
    return createRecorder({
      directory,
      at: now,
      redact: (value) => redact(value),
      write: (text) => void writeSync(file, text),
    })
  }
  const record: FileRecorder = (event) => {
    recorder ??= start()
    recorder(event)
  }
  const hide = (secret: string): void => {
    secrets = [...secrets, ...findSecrets({ KEY: secret })]
    redact = createRedactor(secrets)
  }
  return { record, hide }
}

const FIRST_BYTES = '{"type":"recording.started"'

function openFile(path: string): number {
  const { O_RDWR, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants
  try {
    const file = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600)
    if (isRecordingOrEmpty(file)) return file
    closeSync(file)
    throw new UserError(RECORDING_EXISTS)
  } catch (thrown) {
    throw new UserError(recordingFailed(path, messageOf(thrown)), { cause: thrown })
  }
}

function isRecordingOrEmpty(file: number): boolean {
  const stats = fstatSync(file)
  if (!stats.isFile()) return false
  const bytes = Buffer.alloc(FIRST_BYTES.length)
  const length = readSync(file, bytes, 0, bytes.length, 0)
  return length === 0 || bytes.subarray(0, length).toString() === FIRST_BYTES
}
