import { createHash } from 'node:crypto'
import { deflateSync } from 'node:zlib'

/** By which hash a repository names its objects. */
export type ObjectFormat = 'sha1' | 'sha256'

/** Git accepts a binary patch only with the complete names of both blobs. */
export function blobNames(
  [before, after]: readonly [Buffer | null, Buffer | null],
  format: ObjectFormat,
): string {
  return `${blobName(before, format)}..${blobName(after, format)}`
}

function blobName(content: Buffer | null, format: ObjectFormat): string {
  if (content === null) return '0'.repeat(format === 'sha1' ? 40 : 64)
  return createHash(format).update(`blob ${content.length}\0`).update(content).digest('hex')
}

/** Both contents in full, as `git diff --binary` writes what is no text: forwards, then backwards. */
export function binaryParts(before: Buffer | null, after: Buffer | null): readonly string[] {
  return ['GIT binary patch', ...literal(after), '', ...literal(before), '']
}

function literal(content: Buffer | null): readonly string[] {
  const bytes = content ?? Buffer.alloc(0)
  const packed = deflateSync(bytes)
  const lines: string[] = []
  for (let at = 0; at < packed.length; at += LINE_BYTES) {
    const part = packed.subarray(at, at + LINE_BYTES)
    lines.push(lengthSign(part.length) + toBase85(part))
  }
  return [`literal ${bytes.length}`, ...lines]
}

const LINE_BYTES = 52

/** `A` to `Z` for 1 to 26 bytes, `a` to `z` for 27 to 52. */
function lengthSign(length: number): string {
  return String.fromCharCode(length <= 26 ? 64 + length : 96 + length - 26)
}

const DIGITS =
  '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~'

/** Five digits for each four bytes; the last ones are filled with zeros. */
function toBase85(bytes: Buffer): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 4) {
    const group = Buffer.alloc(4)
    bytes.copy(group, 0, at, at + 4)
    let rest = group.readUInt32BE()
    let digits = ''
    for (let digit = 0; digit < 5; digit++) {
      digits = DIGITS.charAt(rest % 85) + digits
      rest = Math.floor(rest / 85)
    }
    text += digits
  }
  return text
}
