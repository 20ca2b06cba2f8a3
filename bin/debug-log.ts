import { constants, fchmodSync, openSync, writeSync } from 'node:fs'
import { type RequestLogEntry, requestChannel } from '../lib/client/request-log.ts'
import { createRecorder } from '../lib/recording/record.ts'
import { type SkippedEvent, skippedEvents } from '../lib/server/providers/skipped-events.ts'
import { createRedactor, findSecrets } from '../lib/util/redact.ts'
import { messageOf, UserError } from '../lib/util/user-error.ts'
import type { EnvironmentVariables } from './io/cli-environment.ts'
import { debugLogFailed, debugLogFull, skippedText } from './messages.ts'

/** Per run. A log that is full has one line that says so, and ends. */
const MAX_DEBUG_LOG_BYTES = 16 * 1024 * 1024
/** Lines are written together, away from what draws the screen. */
const FLUSH_MS = 50

interface DebugLogOptions {
  /** The keys in it are redacted; `LETTA_DEBUG_TEXT=1` adds the text of events. */
  readonly env: EnvironmentVariables
  readonly maxBytes?: number
}

interface DebugLog {
  /** Takes the events of the session. */
  readonly record: (event: { readonly type: string }) => void
  /** A key that becomes known later. */
  hide(secret: string): void
  flush(): void
}

/**
 * `LETTA_DEBUG=FILE`: appends a line for each request to a Letta server and for each event of the session. Without
 * `LETTA_DEBUG_TEXT=1` it contains only types, paths, times and sizes. The file is readable by the user only.
 */
export function openDebugLog(path: string, { env, maxBytes }: DebugLogOptions): DebugLog {
  const file = openFile(path)
  const limit = maxBytes ?? MAX_DEBUG_LOG_BYTES
  let secrets = findSecrets(env)
  let redact = createRedactor(secrets)
  let pending = ''
  let written = 0
  let timer: NodeJS.Timeout | null = null
  const flush = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const text = pending
    pending = ''
    try {
      if (text !== '') writeSync(file, text)
    } catch {
      // The log must not end the program: a full disk loses lines.
    }
  }
  const write = (line: string): void => {
    if (written > limit) return
    const text = `${new Date().toISOString()} ${line}\n`
    written += Buffer.byteLength(text)
    pending += written > limit ? `${debugLogFull(limit)}\n` : text
    timer ??= setTimeout(flush, FLUSH_MS).unref()
  }
  requestChannel.subscribe((message) => write(formatRequest(message as RequestLogEntry)))
  const hasText = env['LETTA_DEBUG_TEXT'] === '1'
  skippedEvents.subscribe((message) => {
    const { title, text } = message as SkippedEvent
    write(skippedText(title, text.length, hasText ? String(redact(text)) : null))
  })
  process.once('exit', flush)
  // Text that arrives in pieces is joined before it is redacted: a key can be cut in two.
  const record = hasText
    ? createRecorder({
        directory: '',
        at: Date.now(),
        redact: (value) => redact(value),
        write: (line) => write(`event ${line.trimEnd()}`),
      })
    : (event: { readonly type: string }) => write(`event ${event.type}`)
  return {
    record,
    hide(secret) {
      secrets = [...secrets, ...findSecrets({ KEY: secret })]
      redact = createRedactor(secrets)
    },
    flush,
  }
}

function formatRequest(entry: RequestLogEntry): string {
  const { method, path, status, milliseconds, sentBytes, receivedBytes, error } = entry
  const result = error === null ? `${status}` : `${status ?? '-'} ${error}`
  return `request ${method} ${path} ${result} ${milliseconds} ms, ${sentBytes} B sent, ${receivedBytes} B received`
}

function openFile(path: string): number {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants
  try {
    const file = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600)
    fchmodSync(file, 0o600)
    return file
  } catch (thrown) {
    throw new UserError(debugLogFailed(path, messageOf(thrown)), { cause: thrown })
  }
}
