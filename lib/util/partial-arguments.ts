/** A member of the object whose value is a string. `isComplete` is false for the one that is still arriving. */
export interface PartialMember {
  readonly name: string
  readonly text: string
  readonly isComplete: boolean
}

/** The members at the top of a JSON object that are strings, from the part of its text that has arrived. */
export function partialArguments(json: string): readonly PartialMember[] {
  const members: PartialMember[] = []
  let name: string | null = null
  let depth = 0
  for (let at = 0; at < json.length; at++) {
    const character = json[at]
    if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') depth--
    else if (character === ',' && depth === 1) name = null
    else if (character === '"') {
      const end = stringEnd(json, at)
      const isComplete = end < json.length
      if (depth === 1) {
        const text = decodeString(json.slice(at + 1, end))
        if (name !== null) members.push({ name, text, isComplete })
        else if (isComplete) name = text
      }
      at = end
    }
  }
  return members
}

/** The position of the quote that ends the string; the length of the text when it has not arrived. */
function stringEnd(json: string, start: number): number {
  for (let at = json.indexOf('"', start + 1); at >= 0; at = json.indexOf('"', at + 1)) {
    if (backslashesBefore(json, at) % 2 === 0) return at
  }
  return json.length
}

function backslashesBefore(text: string, at: number): number {
  let count = 0
  while (text[at - 1 - count] === '\\') count++
  return count
}

/** The text of a JSON string without its quotes. An escape that is cut off is left out. */
function decodeString(raw: string): string {
  const cut = raw.replace(/\\u[0-9a-fA-F]{0,3}$/, '')
  const isCut = backslashesBefore(cut, cut.length) % 2 === 1
  try {
    return String(JSON.parse(`"${isCut ? cut.slice(0, -1) : cut}"`))
  } catch {
    // A line feed that a small model has not escaped.
    return raw
  }
}
