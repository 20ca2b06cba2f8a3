import path from 'node:path'
import type { PolicyContext } from '../decide-path.ts'
import { isInside } from '../paths/path-predicates.ts'
import { createDenyMatcher } from '../rules/path-rule.ts'
import type { ParsedRule } from '../rules/rule.ts'
import { readTrackedFiles } from './git-index.ts'
import { findRepository } from './git-repository.ts'

/** Lines of files that git shows: of what the repository of a folder tracks, at or below the places; null is everywhere. */
export interface ShownFiles {
  readonly directory: string
  readonly paths: readonly string[] | null
}

/** Whether no rule keeps a file from being read of which lines are shown. */
export function mayReadShown({ rules, view }: PolicyContext, shown: ShownFiles): boolean {
  return ruleOn(shown, [...rules.deny, ...rules.ask], view) === null
}

/** A rule that forbids to read a file of which lines are shown. */
export function denyRuleForShown(
  { rules, view }: PolicyContext,
  shown: ShownFiles,
): ParsedRule | null {
  return ruleOn(shown, rules.deny, view)
}

/** The first that speaks of a tracked file, or may: not every index can be read. */
function ruleOn(
  { directory, paths }: ShownFiles,
  rules: readonly ParsedRule[],
  view: PolicyContext['view'],
): ParsedRule | null {
  const [first, ...others] = rules.filter(
    ({ tool, payload }) => tool === 'Read' && payload !== null,
  )
  if (first === undefined || paths?.length === 0) return null
  const repository = findRepository(directory)
  if (repository === null) return null
  const { gitDirectory, worktree } = repository
  const names = readTrackedFiles(gitDirectory)
  if (worktree === null || names === null || names.length > MOST) return first
  const files = names
    .map((name) => path.join(worktree, name))
    .filter((file) => paths === null || paths.some((path) => isInside(file, path)))
  const speaks = ({ payload }: ParsedRule): boolean => {
    const forbids = createDenyMatcher(payload ?? '', view)
    return files.some((file) => forbids({ asked: file, resolved: file }) !== 'none')
  }
  return [first, ...others].find(speaks) ?? null
}

/** More files than can be held against the rules while a person waits. */
const MOST = 50_000
