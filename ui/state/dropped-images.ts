import { mentionOf } from '../../lib/util/mentions.ts'

const IMAGE_NAME = /\.(png|jpe?g|gif|webp)$/i
/** A word of a shell: quoted, or with escaped blanks. */
const WORD = /'([^'\n]*)'|"([^"\n]*)"|((?:\\.|[^\s'"\\])+)/g

/** The paths of images that a terminal inserts when files are dropped on it, as files of the message; null for other texts. */
export function droppedImages(text: string): string | null {
  if (text.length < 5 || text.trim().includes('\n')) return null
  const words = [...text.trim().matchAll(WORD)].map(([, single, double, plain]) =>
    toPath(single ?? double ?? plain?.replace(/\\(.)/g, '$1') ?? ''),
  )
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
