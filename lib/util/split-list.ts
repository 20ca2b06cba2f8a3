/** Splits a list at its commas: `Bash(a,b), Read` has two parts, since commas within parentheses belong to the part. */
export function splitList(value: string): readonly string[] {
  const parts: string[] = []
  let depth = 0
  let part = ''
  for (const char of value) {
    if (char === '(') depth += 1
    if (char === ')') depth = Math.max(0, depth - 1)
    if (char === ',' && depth === 0) {
      parts.push(part)
      part = ''
    } else part += char
  }
  return [...parts, part].map((text) => text.trim()).filter((text) => text !== '')
}
