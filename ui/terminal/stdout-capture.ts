import { stripVTControlCharacters } from 'node:util'
import { stripControlCharacters } from '../../lib/util/sanitize.ts'

/** Captures output of other code (console.*, warnings), so that it does not damage the screen. */
interface StdoutCapture {
  capture(): void
  release(): void
  /** Returns the captured text and empties the buffer. */
  take(): string
}

export function captureStdout(onText: (text: string) => void): StdoutCapture {
  let captured = ''
  let restore: (() => void)[] = []

  const record = (text: string): void => {
    const plain = stripControlCharacters(stripVTControlCharacters(text))
    captured = (captured + plain).slice(-MAX_CAPTURED_CHARACTERS)
    onText(plain)
  }

  return {
    capture() {
      if (restore.length > 0) return
      restore = [
        ...[process.stdout, process.stderr].filter(({ isTTY }) => isTTY).map(divert(record)),
        divertWarnings(record),
      ]
    },
    release() {
      for (const undo of restore) undo()
      restore = []
    },
    take() {
      const text = captured
      captured = ''
      return text
    },
  }
}

const MAX_CAPTURED_CHARACTERS = 64 * 1024

function divert(record: (text: string) => void): (stream: NodeJS.WriteStream) => () => void {
  return (stream) => {
    const write = stream.write
    stream.write = (
      chunk: Uint8Array | string,
      encoding?: BufferEncoding | ((error?: Error | null) => void),
      done?: (error?: Error | null) => void,
    ): boolean => {
      record(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())
      const callback = typeof encoding === 'function' ? encoding : done
      if (callback !== undefined) process.nextTick(callback)
      return true
    }
    return () => {
      stream.write = write
    }
  }
}

// Node prints warnings by an internal listener that bypasses process.stderr.write.
function divertWarnings(record: (text: string) => void): () => void {
  const listeners = process.listeners('warning')
  const onWarning = (warning: Error): void => record(`${warning.name}: ${warning.message}\n`)
  process.removeAllListeners('warning')
  process.on('warning', onWarning)
  return () => {
    process.removeListener('warning', onWarning)
    for (const listener of listeners) process.on('warning', listener)
  }
}
