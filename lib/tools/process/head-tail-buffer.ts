/** The beginning and the end of a stream of bytes in bounded memory, with the total count. */
export interface HeadTailBuffer {
  readonly total: number
  push(chunk: Buffer): void
  /** At most `limit` bytes of text; `note` returns the text for the `omitted` bytes between head and tail. */
  text(limit: number, note: (omitted: number) => string): string
  /** The bytes from `offset` (counted from the start of the stream) on, and how many of them are no longer in memory. */
  since(offset: number): { readonly text: string; readonly lost: number; readonly next: number }
}

/** Retains `size` bytes of the head and `size` bytes of the tail. */
export function createHeadTailBuffer(size: number): HeadTailBuffer {
  let total = 0
  let head = Buffer.alloc(0)
  let tail: Buffer[] = []
  let tailBytes = 0
  const keepTail = (chunk: Buffer): void => {
    // A cut chunk is copied, since a slice would retain the complete chunk in memory.
    tail.push(chunk.length > size ? Buffer.from(chunk.subarray(-size)) : chunk)
    tailBytes += tail.at(-1)?.length ?? 0
    while (tailBytes - (tail[0]?.length ?? 0) >= size) tailBytes -= tail.shift()?.length ?? 0
  }
  const lastBytes = (count: number): Buffer => {
    tail = [Buffer.concat(tail)]
    return count === 0 ? Buffer.alloc(0) : (tail[0] ?? Buffer.alloc(0)).subarray(-count)
  }
  return {
    get total() {
      return total
    },
    push(chunk) {
      total += chunk.length
      const room = size - head.length
      if (room > 0) head = Buffer.concat([head, chunk.subarray(0, room)])
      if (chunk.length > room) keepTail(chunk.subarray(Math.max(0, room)))
    },
    text(limit, note) {
      if (total <= Math.min(limit, head.length + tailBytes)) {
        return Buffer.concat([head, ...tail]).toString()
      }
      const half = Math.min(size, Math.floor(limit / 2))
      const first = completeCharacters(head.subarray(0, half))
      const last = completeCharacters(lastBytes(Math.min(half, tailBytes)))
      return first.toString() + note(total - first.length - last.length) + last.toString()
    },
    since(offset) {
      const kept = Buffer.concat([head, ...tail])
      const gap = total - kept.length
      if (offset < head.length && gap === 0) {
        return { text: completeText(kept.subarray(offset)), lost: 0, next: total }
      }
      const wanted = Math.min(total - offset, tailBytes)
      return { text: completeText(lastBytes(wanted)), lost: total - offset - wanted, next: total }
    },
  }
}

function completeText(bytes: Buffer): string {
  return bytes.toString()
}

/** Removes the incomplete characters that the cuts have left at either end. */
export function completeCharacters(bytes: Buffer): Buffer {
  let start = 0
  while (start < Math.min(3, bytes.length) && isContinuation(bytes[start])) start++
  let lead = bytes.length - 1
  while (lead >= Math.max(start, bytes.length - 4) && isContinuation(bytes[lead])) lead--
  const first = bytes[lead] ?? 0
  const needed = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1
  const end = lead >= start && lead + needed > bytes.length ? lead : bytes.length
  return bytes.subarray(start, end)
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}
