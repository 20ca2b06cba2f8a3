import { writeSync } from 'node:fs'
import { isErrno } from '../../lib/fs/errno.ts'

/** Writes to the terminal in order without blocking: a stalled terminal must not stop the program. */
interface TtyWriter {
  /** Calls `done` when the terminal has accepted the text. */
  write(text: string, done?: () => void): void
  /** Waits until everything is written, at most `FLUSH_TIMEOUT_MS` for a stalled terminal. */
  flush(): void
  /** Between `open` and `close` writes do not block; before and after, writes to the stream behave as usual. */
  open(): void
  close(): void
}

/**
 * Neither of Node's two ways to write to a terminal fits: blocking writes stop the program when the terminal stalls, and
 * the queue of a stream cannot be flushed synchronously on exit. So this writer has a separate queue on a non-blocking
 * descriptor.
 */
export function createTtyWriter(output: NodeJS.WriteStream, onGone: () => void): TtyWriter {
  const { fd: descriptor = 1 } = output as { fd?: number }
  const queue: Pending[] = []
  let timer: NodeJS.Timeout | null = null
  let isGone = false

  /** Writes as much as the terminal accepts; true when the queue is empty. */
  const writeQueue = (): boolean => {
    for (let first = queue[0]; first !== undefined; first = queue[0]) {
      const taken = isGone ? first.bytes.length : writeSome(descriptor, first.bytes)
      if (taken === 'gone') {
        isGone = true
        onGone()
        continue
      }
      first.bytes = first.bytes.subarray(taken)
      if (first.bytes.length > 0) return false
      queue.shift()
      if (first.done !== undefined) setImmediate(first.done)
    }
    return true
  }

  const scheduleWrite = (milliseconds: number): void => {
    timer = setTimeout(() => {
      timer = null
      if (!writeQueue()) scheduleWrite(Math.min(milliseconds * 2, MAX_POLL_INTERVAL_MS))
    }, milliseconds)
  }

  return {
    write(text, done) {
      queue.push({ bytes: Buffer.from(text), done })
      if (timer === null && !writeQueue()) scheduleWrite(1)
    },
    flush() {
      for (
        let waited = 0;
        !writeQueue() && waited < FLUSH_TIMEOUT_MS;
        waited += MAX_POLL_INTERVAL_MS
      ) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, MAX_POLL_INTERVAL_MS)
      }
    },
    open: () => setBlocking(output, false),
    close() {
      if (timer !== null) clearTimeout(timer)
      timer = null
      queue.length = 0
      setBlocking(output, true)
    },
  }
}

interface Pending {
  bytes: Buffer
  readonly done: (() => void) | undefined
}

const MAX_POLL_INTERVAL_MS = 16
const FLUSH_TIMEOUT_MS = 500

function writeSome(descriptor: number, bytes: Buffer): number | 'gone' {
  try {
    return writeSync(descriptor, bytes)
  } catch (error) {
    if (isErrno(error, 'EAGAIN', 'EINTR')) return 0
    if (isErrno(error, ...GONE)) return 'gone'
    throw error
  }
}

const GONE = ['EIO', 'EPIPE', 'EBADF', 'ENXIO']

/** An undocumented method of Node. Writes to a stream without such a handle remain blocking. */
function setBlocking(output: NodeJS.WriteStream, isBlocking: boolean): void {
  const { _handle: handle } = output as { _handle?: { setBlocking?(isBlocking: boolean): void } }
  handle?.setBlocking?.(isBlocking)
}
