import { stripVTControlCharacters } from 'node:util'
import { stripControlCharacters } from '../../lib/util/sanitize.ts'

/** Keeps what others print (console.*, warnings) off the screen. */
interface Stray {
  capture(): void
  release(): void
  /** What was captured since it was last asked for. */
  take(): string
}

export function captureStdout(onText: (text: string) => void): Stray {
  let captured = ''
  let restore: (() => void)[] = []

  const keep = (text: string): void => {
    const plain = stripControlCharacters(stripVTControlCharacters(text))
    captured = (captured + plain).slice(-LONGEST)
    onText(plain)
  }

  return {
    capture() {
      if (restore.length > 0) return
      restore = [
        ...[process.stdout, process.stderr].filter(({ isTTY }) => isTTY).map(divert(keep)),
        divertWarnings(keep),
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

const LONGEST = 64 * 1024

function divert(keep: (text: string) => void): (stream: NodeJS.WriteStream) => () => void {
  return (stream) => {
    const write = stream.write
    stream.write = (
      chunk: Uint8Array | string,
      encoding?: BufferEncoding | ((error?: Error | null) => void),
      done?: (error?: Error | null) => void,
    ): boolean => {
      keep(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())
      const callback = typeof encoding === 'function' ? encoding : done
      if (callback !== undefined) process.nextTick(callback)
      return true
    }
    return () => {
      stream.write = write
    }
  }
}

// Node prints warnings past process.stderr, by a listener of its own.
function divertWarnings(keep: (text: string) => void): () => void {
  const listeners = process.listeners('warning')
  const onWarning = (warning: Error): void => keep(`${warning.name}: ${warning.message}\n`)
  process.removeAllListeners('warning')
  process.on('warning', onWarning)
  return () => {
    process.removeListener('warning', onWarning)
    for (const listener of listeners) process.on('warning', listener)
  }
}
