import type { PolicyContext } from '../decide-path.ts'
import type { FsView } from '../facts/facts.ts'
import { isInside } from '../paths/path-predicates.ts'
import { createDenyMatcher } from '../rules/path-rule.ts'
import type { ParsedRule } from '../rules/rule.ts'

/** The files whose content a git command shows: the tracked ones at or below `paths`; all of them when that is null. */
export interface ShownFiles {
  readonly directory: string
  readonly paths: readonly string[] | null
  /** Whether it shows commits: they can contain any file. */
  readonly isHistory: boolean
}

/** Whether no deny or ask rule protects a shown file from being read. */
export function mayReadShown({ rules, view }: PolicyContext, shown: ShownFiles): boolean {
  return findRule(shown, [...rules.deny, ...rules.ask], view) === null
}

/** The rule that denies reading a shown file. */
export function denyRuleForShown(
  { rules, view }: PolicyContext,
  shown: ShownFiles,
): ParsedRule | null {
  return findRule(shown, rules.deny, view)
}

/** The first rule that matches a shown file, or could, because the tracked files are not known. */
function findRule(
  { directory, paths, isHistory }: ShownFiles,
  rules: readonly ParsedRule[],
  view: FsView,
): ParsedRule | null {
  const readRules = rules.filter(({ tool, payload }) => tool === 'Read' && payload !== null)
  const [first] = readRules
  if (first === undefined || paths?.length === 0) return null
  const tracked = view.listTrackedFiles(directory)
  if (tracked.type === 'noRepository') return null
  if (tracked.type === 'unknown' || isHistory) return first
  const files = tracked.paths.filter(
    (file) => paths === null || paths.some((one) => isInside(file, one)),
  )
  const matches = ({ payload }: ParsedRule): boolean => {
    const match = createDenyMatcher(payload ?? '', view)
    return files.some((file) => match({ requested: file, resolved: file }) !== 'none')
  }
  return readRules.find(matches) ?? null
}
