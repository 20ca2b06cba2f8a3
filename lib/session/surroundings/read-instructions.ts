import path from 'node:path'
import { isErrno } from '../../fs/errno.ts'
import { readBounded, UnreadableFile } from '../../fs/read-bounded.ts'
import { resolvePath } from '../../fs/resolve-path.ts'
import { isInside } from '../../permissions/paths/path-predicates.ts'

const MAX_FILE_BYTES = 64 * 1024
const MAX_IMPORT_DEPTH = 4
/** Characters of one instruction file with its imports. */
const MAX_CHARACTERS = 40_000

interface ReadOptions {
  /** Imports must be inside of this directory. */
  readonly within: string
  /** Leaves out the files that a rule denies to read; absolute paths. */
  readable(files: readonly string[]): Promise<readonly string[]>
}

/**
 * The text of an instruction file. A line `@path` is replaced by the text of that file, which is relative to the one that names
 * it, within the project and readable by the rules; otherwise the line stays. Null when the file does not exist.
 */
export async function readInstructions(file: string, options: ReadOptions): Promise<string | null> {
  const text = await readWithImports(file, options, [])
  if (text === null || text.length <= MAX_CHARACTERS) return text
  return `${text.slice(0, MAX_CHARACTERS)}\n[cut after ${MAX_CHARACTERS} characters]`
}

async function readWithImports(
  file: string,
  options: ReadOptions,
  parents: readonly string[],
): Promise<string | null> {
  const real = await resolvePath(file)
  const isAllowed = isInside(real, options.within) && (await options.readable([real])).length > 0
  if (!isAllowed || parents.includes(real) || parents.length > MAX_IMPORT_DEPTH) return null
  const text = await readFileText(real)
  if (text === null) return null
  const lines: string[] = []
  let isCode = false
  for (const line of text.split('\n')) {
    if (/^\s*(```|~~~)/.test(line)) isCode = !isCode
    const named = isCode ? undefined : IMPORT.exec(line)?.[1]
    const imported =
      named === undefined
        ? null
        : await readWithImports(path.resolve(path.dirname(real), named), options, [
            ...parents,
            real,
          ])
    lines.push(imported?.trimEnd() ?? line)
  }
  return lines.join('\n')
}

/** Only files of text for people: others, such as `.env`, contain what no provider should get. */
const IMPORT = /^@(\S+\.(?:md|mdc|txt|rst))\s*$/i

async function readFileText(file: string): Promise<string | null> {
  try {
    const { bytes } = await readBounded(file, { maxBytes: MAX_FILE_BYTES })
    return bytes.toString('utf8').replace(/^\uFEFF/, '')
  } catch (thrown) {
    if (isErrno(thrown) || thrown instanceof UnreadableFile) return null
    throw thrown
  }
}
