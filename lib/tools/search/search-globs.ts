/**
 * The globs of ripgrep for the glob of a call. An agent may write several in one: `*.ts, *.tsx`. A name that contains a space or
 * brackets is also taken as it is written.
 */
export function searchGlobs(glob: string): string[] {
  const parts = splitOutsideBraces(glob)
  const all = [...new Set(parts.length > 1 && /\s/.test(glob) ? [...parts, glob.trim()] : parts)]
  return all.flatMap((one) => [relativeTo(one), ...bracketsAsWritten(relativeTo(one))])
}

/** `app/[id]/*.ts` also means the directory that is really called `[id]`. */
export function bracketsAsWritten(glob: string): string[] {
  if (!/(?<!\\)\[[^\]]*\]/.test(glob)) return []
  return [glob.replaceAll(/(?<!\\)[[\]]/g, '\\$&')]
}

/** Commas and spaces separate, except within braces and brackets. */
function splitOutsideBraces(glob: string): string[] {
  const parts = ['']
  let depth = 0
  for (const letter of glob) {
    if (letter === '{' || letter === '[') depth++
    if (letter === '}' || letter === ']') depth--
    if (depth <= 0 && (letter === ',' || /\s/.test(letter))) parts.push('')
    else parts.push(`${parts.pop() ?? ''}${letter}`)
  }
  return parts.filter((part) => part !== '')
}

/** `./src/*.ts` is `/src/*.ts` for ripgrep. */
function relativeTo(glob: string): string {
  return glob.replace(/^(!?)\.\/+/, '$1/')
}
