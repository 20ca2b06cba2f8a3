import { mentionOf } from '../../lib/util/mentions.ts'
import { shellWords } from '../../lib/util/shell-words.ts'

const IMAGE_NAME = /\.(png|jpe?g|gif|webp)$/i
/**
 * One path with blanks that the terminal has not quoted, as file managers copy it: no other path begins in it, and its first word is
 * more than the name of a command.
 */
const UNQUOTED_PATH = /^(?!.* ~?\/)(?:~|\/[^\s/]+)\/[^'"\\]* [^'"\\]*$/

/** The paths of images that a terminal inserts when files are dropped on it, as files of the message; null for other texts. */
export function droppedImages(text: string): string | null {
  if (text.length < 5 || text.trim().includes('\n')) return null
  const words = (UNQUOTED_PATH.test(text.trim()) ? [text.trim()] : shellWords(text)).map(toPath)
  const areImages = words.every((word) => /^(\/|~\/)/.test(word) && IMAGE_NAME.test(word))
  if (words.length === 0 || !areImages) return null
  return words.map((word) => mentionOf(word, false)).join('')
}

function toPath(word: string): string {
  if (!word.startsWith('file:///')) return word
  try {
    return decodeURIComponent(word.slice('file://'.length))
  } catch {
    return word
  }
}
