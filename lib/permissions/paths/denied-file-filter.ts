import { diskFacts } from '../facts/disk-facts.ts'
import { withFacts } from '../facts/fact-cache.ts'
import type { FactSource } from '../facts/facts.ts'
import { createDenyMatcher, type DenyMatch } from '../rules/path-rule.ts'
import { denyingFamilies, parseRules, toolFamily } from '../rules/rule.ts'
import type { Policy } from '../types.ts'

/** Leaves out the files that a rule denies to read; the paths are absolute. */
export type DeniedFileFilter = (files: readonly string[]) => Promise<readonly string[]>

/**
 * For searches, which show files that no call names; null when no rule protects a file from being read, or from the tool that
 * searches. A file for which a rule requires approval is left out as well: the agent can name it, and is then asked about.
 */
export function createDeniedFileFilter(
  { mode, rules, bounds }: Policy,
  tool = 'Read',
  source: FactSource = diskFacts,
): DeniedFileFilter | null {
  const parsed = parseRules(rules)
  const binding = mode === 'bypassPermissions' ? parsed.deny : [...parsed.deny, ...parsed.ask]
  const families = denyingFamilies(toolFamily(tool))
  const aboutFiles = binding.filter((rule) => families.includes(rule.tool))
  if (aboutFiles.length === 0) return null
  const aboutAll = binding.filter((rule) => rule.tool === '*')
  const payloads = [...aboutFiles, ...aboutAll].flatMap(({ payload }) =>
    payload === '' ? [] : [payload],
  )
  return async (files) => {
    const matchers = await withFacts(bounds, source, (view) =>
      payloads.map((payload) =>
        payload === null ? (): DenyMatch => 'exact' : createDenyMatcher(payload, view),
      ),
    )
    const visible: string[] = []
    // A search can find tens of thousands of files: other work gets its turn between the batches.
    for (let at = 0; at < files.length; at += BATCH_SIZE) {
      const batch = files.slice(at, at + BATCH_SIZE)
      const targets = await Promise.all(batch.map(source.resolve))
      batch.forEach((file, index) => {
        const target = { requested: file, resolved: targets[index] ?? file }
        if (matchers.every((match) => match(target) === 'none')) visible.push(file)
      })
    }
    return visible
  }
}

const BATCH_SIZE = 256
