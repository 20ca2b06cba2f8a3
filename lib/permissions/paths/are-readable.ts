import { diskFacts } from '../facts/disk-facts.ts'
import { withFacts } from '../facts/fact-cache.ts'
import type { FactSource } from '../facts/facts.ts'
import type { ProjectBounds } from '../types.ts'
import { isReadable } from './path-predicates.ts'

/** Whether all files can be read without approval because of where they are, whatever the rules say. */
export function areReadable(
  files: readonly string[],
  bounds: ProjectBounds,
  source: FactSource = diskFacts,
): Promise<boolean> {
  return withFacts(bounds, source, (view) =>
    files.every((file) => isReadable(view.resolve(file), view)),
  )
}
