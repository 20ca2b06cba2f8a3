export class NotPrintable extends Error {
  override readonly name = 'NotPrintable'
}

export function fail(): never {
  throw new NotPrintable()
}

/** A word as the shell reads it exactly: bare when nothing in it has a meaning to the shell. */
export function quote(value: string): string {
  if (value.includes('\0')) fail()
  if (BARE.test(value) && !RESERVED_WORDS.has(value)) return value
  return `'${value.replaceAll("'", "'\\''")}'`
}

/** Plain characters, options with a value, revisions like `HEAD~1`, and the words of `find` and `[`. */
const BARE = /^([\w./:,@%+-]+|-[\w-]+=[\w./:,@%+-]*|[\w./@%+-]+[~^]\d*|\{\}|\[|\])$/

const RESERVED_WORDS = new Set(
  'if then elif else fi for while until do done case esac select function in time coproc'.split(
    ' ',
  ),
)

export function printName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : fail()
}
