import path from 'node:path'
import { isErrno } from '../../fs/errno.ts'
import { isInside } from '../../fs/is-inside.ts'
import { pathExists } from '../../fs/path-exists.ts'
import { readBounded } from '../../fs/read-bounded.ts'
import { atRealPath } from '../../fs/real-place.ts'
import { resolvePath } from '../../fs/resolve-path.ts'
import { UserError } from '../../util/user-error.ts'

const MAX_FILE_BYTES = 64 * 1024
const MAX_IMPORT_DEPTH = 4
/** Files that one instruction file may name, directly or by its imports, whether they exist or not. */
const MAX_IMPORTS = 20
/** Characters of one instruction file with its imports. */
const MAX_CHARACTERS = 40_000

interface ReadOptions {
  /** Imports must be inside of this directory. */
  readonly within: string
  /** Leaves out the files that a rule denies to read; absolute paths. */
  readable(files: readonly string[]): Promise<readonly string[]>
  /** Whether a file is by those whom the user trusts, by its absolute name. */
  isOwn(file: string): Promise<boolean>
}

/**
 * The text of an instruction file. A line `@path` is replaced by the text of that file, which is relative to the one that names
 * it, a part of the project and readable by the rules, the first time; otherwise the line stays. Null when the file does not exist.
 */
export async function readInstructions(file: string, options: ReadOptions): Promise<string | null> {
  const text = await readWithImports(file, options, { seen: new Set(), characters: 0 }, 0)
  if (text === null || text.length <= MAX_CHARACTERS) return text
  return `${text.slice(0, MAX_CHARACTERS)}\n[cut after ${MAX_CHARACTERS} characters]`
}

/** What one instruction file with its imports has used so far. */
interface Spent {
  /** Paths as named, and real paths: each file is read once. */
  readonly seen: Set<string>
  characters: number
}

async function readWithImports(
  file: string,
  options: ReadOptions,
  spent: Spent,
  depth: number,
): Promise<string | null> {
  const isOver = spent.characters > MAX_CHARACTERS || spent.seen.size > MAX_IMPORTS
  if (isOver || depth > MAX_IMPORT_DEPTH || spent.seen.has(file)) return null
  spent.seen.add(file)
  const real = await resolvePath(file)
  if (real !== file && spent.seen.has(real)) return null
  spent.seen.add(real)
  if (!isInside(real, options.within)) return null
  // Most names are of no file: it does not matter whose those are.
  if (!(await pathExists(real))) return null
  // A rule may deny the link or the file that it leads to, and others may have written that, or put the link there.
  const names = [...new Set([file, real])]
  const readable = await options.readable(names)
  const areOwn = await Promise.all(names.map(options.isOwn))
  if (readable.length < names.length || areOwn.includes(false)) return null
  const text = await readFileText(real)
  if (text === null) return null
  spent.characters += text.length
  const lines: string[] = []
  let fence: string | null = null
  for (const line of text.split('\n')) {
    const mark = FENCE.exec(line)?.[1]
    // Only one as long as the first ends the code.
    if (mark !== undefined && (fence === null || mark.startsWith(fence)))
      fence = fence === null ? mark : null
    const named = fence !== null ? undefined : IMPORT.exec(line)?.[1]
    const imported =
      named === undefined
        ? null
        : await readWithImports(path.resolve(path.dirname(real), named), options, spent, depth + 1)
    lines.push(imported?.trimEnd() ?? line)
  }
  return lines.join('\n')
}

const FENCE = /^\s*(`{3,}|~{3,})/

/** Only files of text for people: others, such as `.env`, contain what no provider should get. */
const IMPORT = /^@(\S+\.(?:md|mdc|txt|rst))\s*$/i

/** The file with this real path, not one that a link leads to which is put in its place meanwhile. */
async function readFileText(file: string): Promise<string | null> {
  try {
    const { bytes } = await atRealPath(file, (pinned) =>
      readBounded(pinned, { maxBytes: MAX_FILE_BYTES, followSymlinks: false }),
    )
    return bytes.toString('utf8').replace(/^\uFEFF/, '')
  } catch (thrown) {
    // It cannot be read, or has been moved.
    if (isErrno(thrown) || thrown instanceof UserError) return null
    throw thrown
  }
}
