import { toPlainTitle } from '../util/sanitize.ts'

/** Characters of a title. */
const MAX_TITLE_CHARACTERS = 60

/** The title of a conversation, from its first message: the first line, cut after a word. Null when it has no text. */
export function conversationTitle(message: string): string | null {
  const line = message
    .split('\n')
    .map(toPlainTitle)
    .find((one) => /[\p{L}\p{N}]/u.test(one))
  if (line === undefined) return null
  const characters = [...line]
  if (characters.length <= MAX_TITLE_CHARACTERS) return line
  const cut = characters.slice(0, MAX_TITLE_CHARACTERS).join('')
  const words = /^(.{20,})\s\S*$/su.exec(cut)?.[1] ?? cut
  return `${words.trimEnd()} …`
}
