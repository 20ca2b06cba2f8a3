import { diffHunks, hunkHeader } from '../../util/unified-diff.ts'
import { binaryParts, blobNames, type ObjectFormat } from './binary-patch.ts'
import { type GitModes, isLinkMode } from './git-modes.ts'

/** A file of a patch. Null contents: it does not exist before or after. */
export interface PatchedFile {
  /** With `/`, from the top directory of the repository. */
  readonly path: string
  readonly before: Buffer | null
  readonly after: Buffer | null
  readonly modes: GitModes
}

/** The changes as `git diff --binary` prints them and `git apply` reads them, byte by byte. */
export function toGitPatch(file: PatchedFile, format: ObjectFormat = 'sha1'): Buffer {
  const { path, before, after, modes } = file
  const isOtherType = isLinkMode(modes.before) !== isLinkMode(modes.after)
  if (isOtherType && before !== null && after !== null) {
    const removed = toGitPatch({ ...file, after: null }, format)
    const added = toGitPatch({ ...file, before: null }, format)
    return Buffer.concat([removed, added])
  }
  const [from, to] = [quoteName(`a/${path}`), quoteName(`b/${path}`)]
  const lines = [`diff --git ${from} ${to}`]
  if (before === null) lines.push(`new file mode ${modes.after}`)
  else if (after === null) lines.push(`deleted file mode ${modes.before}`)
  else if (modes.before !== modes.after) {
    lines.push(`old mode ${modes.before}`, `new mode ${modes.after}`)
  }
  if (isSame(before, after)) return Buffer.from(`${lines.join('\n')}\n`, 'latin1')
  if ([before, after].some(isBinary)) {
    lines.push(`index ${blobNames([before, after], format)}`, ...binaryParts(before, after))
    return Buffer.from(`${lines.join('\n')}\n`, 'latin1')
  }
  // One character for each byte: lines of any encoding stay as they are.
  const [old = '', now = ''] = [before, after].map((bytes) => bytes?.toString('latin1'))
  const { hunks } = diffHunks(old, now)
  if (hunks.length > 0) {
    lines.push(`--- ${before === null ? '/dev/null' : endName(from)}`)
    lines.push(`+++ ${after === null ? '/dev/null' : endName(to)}`)
  }
  for (const hunk of hunks) {
    lines.push(hunkHeader(hunk))
    for (const { type, text, noNewline } of hunk.lines) {
      lines.push(SIGNS[type] + text)
      if (noNewline === true) lines.push('\\ No newline at end of file')
    }
  }
  return Buffer.from(`${lines.join('\n')}\n`, 'latin1')
}

function isSame(before: Buffer | null, after: Buffer | null): boolean {
  return before !== null && after !== null && before.equals(after)
}

function isBinary(bytes: Buffer | null): boolean {
  return bytes?.subarray(0, GIT_SAMPLE_BYTES).includes(0) ?? false
}

/** Git looks for a NUL in the beginning. */
const GIT_SAMPLE_BYTES = 8_000

const SIGNS = { context: ' ', added: '+', removed: '-' } as const

/** As git quotes names: in C syntax when they contain quotes, backslashes or control characters. */
function quoteName(name: string): string {
  const bytes = Buffer.from(name).toString('latin1')
  if (!/["\\\x00-\x1f\x7f]/.test(bytes)) return bytes
  const quoted = bytes.replaceAll(/["\\\x00-\x1f\x7f]/g, (character) => {
    if (character === '"' || character === '\\') return `\\${character}`
    return `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`
  })
  return `"${quoted}"`
}

/** A name with spaces ends with a tab, so that it is not taken for a name and a time. */
function endName(name: string): string {
  return name.includes(' ') && !name.startsWith('"') ? `${name}\t` : name
}
