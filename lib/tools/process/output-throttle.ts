import { StringDecoder } from 'node:string_decoder'
import { bytesNotShown } from '../messages/shell.ts'
import { completeCharacters } from './head-tail-buffer.ts'

/** Combines fast output into a few texts per second for the screen. */
interface OutputThrottle {
  push(chunk: Buffer): void
  /** Passes on the remaining output. */
  end(): void
}

const GATHER_MS = 50
const GATHER_BYTES = 16_384

export function createOutputThrottle(give: (text: string) => void): OutputThrottle {
  let pending: Buffer[] = []
  let bytes = 0
  let skipped = 0
  let timer: NodeJS.Timeout | null = null
  let decoder = new StringDecoder('utf8')
  const flush = (): void => {
    timer = null
    const chunk = Buffer.concat(pending)
    const note = skipped > 0 ? bytesNotShown(skipped) : ''
    // After omitted bytes the first ones may be the end of a character.
    if (skipped > 0) decoder = new StringDecoder('utf8')
    const text = note + decoder.write(skipped > 0 ? trimStart(chunk) : chunk)
    pending = []
    bytes = 0
    skipped = 0
    if (text !== '') give(text)
  }
  return {
    push(chunk) {
      const part = chunk.length > GATHER_BYTES ? chunk.subarray(-GATHER_BYTES) : chunk
      skipped += chunk.length - part.length
      pending.push(part)
      bytes += part.length
      while (bytes - (pending[0]?.length ?? 0) >= GATHER_BYTES) {
        const dropped = pending.shift()?.length ?? 0
        bytes -= dropped
        skipped += dropped
      }
      timer ??= setTimeout(flush, GATHER_MS)
    },
    end() {
      if (timer !== null) clearTimeout(timer)
      flush()
    },
  }
}

function trimStart(chunk: Buffer): Buffer {
  return chunk.subarray(completeCharacters(chunk).byteOffset - chunk.byteOffset)
}
