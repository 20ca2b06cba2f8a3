import { writeSync } from 'node:fs'
import { isErrno } from '../../lib/fs/errno.ts'

/** Writes to the terminal, in order, and never waits for it: a stalled terminal must not stop the program. */
interface Sink {
  /** Calls `done` when the terminal has taken the text. */
  write(text: string, done?: () => void): void
  /** Waits until all is written, but not for a terminal that takes nothing. */
  flush(): void
  /** Between these two nothing blocks; before and after, writes to the stream behave as usual. */
  open(): void
  close(): void
}

/**
 * Node offers two ways to write to a terminal, and neither does: a blocking one that stops the program with the
 * terminal, and one with a queue that cannot be emptied at once when the program has to leave. So this has its own
 * queue, on a descriptor that does not block.
 */
export function createSink(output: NodeJS.WriteStream, onGone: () => void): Sink {
  const { fd: descriptor = 1 } = output as { fd?: number }
  const queue: Pending[] = []
  let timer: NodeJS.Timeout | null = null
  let isGone = false

  /** Whether the terminal took all there is. */
  const pour = (): boolean => {
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

  const pourLater = (milliseconds: number): void => {
    timer = setTimeout(() => {
      timer = null
      if (!pour()) pourLater(Math.min(milliseconds * 2, LONGEST_PAUSE))
    }, milliseconds)
  }

  return {
    write(text, done) {
      queue.push({ bytes: Buffer.from(text), done })
      if (timer === null && !pour()) pourLater(1)
    },
    flush() {
      for (let waited = 0; !pour() && waited < PATIENCE; waited += LONGEST_PAUSE) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LONGEST_PAUSE)
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

const LONGEST_PAUSE = 16
const PATIENCE = 500

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

/** Node's own, but not in its documentation: a terminal whose stream has no such handle blocks, as it does without us. */
function setBlocking(output: NodeJS.WriteStream, isBlocking: boolean): void {
  const { _handle: handle } = output as { _handle?: { setBlocking?(isBlocking: boolean): void } }
  handle?.setBlocking?.(isBlocking)
}
