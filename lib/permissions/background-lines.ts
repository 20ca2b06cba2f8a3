import type { PolicyContext } from './decide-path.ts'
import { placesFiles } from './shell/effects/placed-files.ts'
import { parseLine } from './shell/parse/parse-line.ts'

/** Whether a line in the background may replace names at any time: also between the check of a path and its use. */
export function mayBeReplaced({ running = [], view }: PolicyContext): boolean {
  return running.some((line) => {
    const { isParsed, commands } = parseLine(line, view)
    return !isParsed || commands.some(placesFiles)
  })
}
