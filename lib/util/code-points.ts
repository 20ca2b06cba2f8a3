/** The number of Unicode characters: servers of Letta count them so, in Python, while the `length` of a string counts UTF-16 units. */
export function countCodePoints(text: string): number {
  let count = text.length
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    const next = text.charCodeAt(index + 1)
    if (code >= 0xd800 && code < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
      count--
      index++
    }
  }
  return count
}

export const CHARACTERS_PER_TOKEN = 4

/** A rough figure: models count differently. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN)
}
