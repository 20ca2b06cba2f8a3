import type { PolicyContext } from './decide-path.ts'
import { type InBackground, placesFiles, placesRepositories } from './shell/effects/placed-files.ts'
import { parseLine } from './shell/parse/parse-line.ts'

/** Whether a line in the background may replace names at any time: also between the check of a path and its use. */
export function mayBeReplaced(context: PolicyContext): boolean {
  return doneInBackground(context).placesFiles
}

export function doneInBackground({ running = [], view }: PolicyContext): InBackground {
  const lines = running.map((line) => parseLine(line, view))
  const commands = lines.flatMap((line) => line.commands)
  const isUnknown = lines.some(({ isParsed }) => !isParsed)
  return {
    placesFiles: isUnknown || commands.some(placesFiles),
    placesRepositories: isUnknown || commands.some(placesRepositories),
  }
}
