import { cleanLine } from '../view/render/sanitize.ts'

/** A message of several lines as the title of an item. */
export function oneLine(text: string): string {
  return cleanLine(text.replaceAll(/\s*\n\s*/g, ' ⏎ '))
}
