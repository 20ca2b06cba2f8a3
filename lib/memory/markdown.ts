import { createHash } from 'node:crypto'
import type { MemoryBlock } from '../session/state/memory.ts'
import { readFrontMatter, writeFrontMatter } from '../util/front-matter.ts'
import { UserError } from '../util/user-error.ts'
import { LABEL_NOT_STRING } from './messages.ts'

/** A memory block as a Markdown file contains it. */
export interface WrittenBlock {
  readonly label: string
  readonly value: string
  readonly description: string | null
  readonly limit: number | null
}

/** A block as Markdown: its properties as front matter between `---` lines, then its value, ended by one line feed. */
export function blockMarkdown(block: MemoryBlock): Promise<string> {
  const { label, description, limit, readOnly, value } = block
  const fields = {
    label,
    ...(description === null ? {} : { description }),
    limit,
    ...(readOnly ? { read_only: true } : {}),
  }
  return writeFrontMatter(fields, `${value}\n`)
}

/** The inverse of `blockMarkdown`. Without a label in the front matter, the name of the file is the label. */
export async function readBlock(text: string, name: string): Promise<WrittenBlock> {
  const { fields, body } = await readFrontMatter(text)
  const { label = name, description, limit } = fields
  if (typeof label !== 'string' || label.trim() === '') throw new UserError(LABEL_NOT_STRING)
  return {
    label,
    value: body.replace(/\n$/, ''),
    description: typeof description === 'string' ? description : null,
    limit: limitOf(limit),
  }
}

function limitOf(written: unknown): number | null {
  const limit = Number(written)
  return Number.isInteger(limit) && limit > 0 ? limit : null
}

const MAX_STEM_LENGTH = 100

/**
 * A file name for each label, in the same order. Agents choose labels freely, so a label may look like a path: letters, digits
 * and `_ - .` are unchanged, other characters are percent-encoded (`%2F`). No two names differ only in case.
 */
export function fileNames(labels: readonly string[]): readonly string[] {
  const taken = new Set<string>()
  return labels.map((label) => {
    const stem = stemOf(label)
    let name = `${stem}.md`
    for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${stem}~${count}.md`
    taken.add(name.toLowerCase())
    return name
  })
}

/** The text as part of a path: never a hidden file, `..`, or more than one part. `decodeURIComponent` is the inverse. */
export function encodePathPart(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\p{L}\p{N}_.-]|^\./gu, (char) =>
      [...Buffer.from(char)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
    )
}

function stemOf(label: string): string {
  const stem = encodePathPart(label)
  if (stem === '') return '%'
  if (stem.length <= MAX_STEM_LENGTH) return stem
  const digest = createHash('sha256').update(label).digest('hex').slice(0, 8)
  return `${stem.slice(0, MAX_STEM_LENGTH)}~${digest}`
}
