import path from 'node:path'
import type { PolicyContext } from '../decide-path.ts'
import { isInside } from '../paths/path-predicates.ts'
import { forbidding } from '../rules/path-rule.ts'
import type { ParsedRule } from '../rules/rule.ts'
import { trackedBy } from './git-index.ts'
import { repositoryOf } from './git-repository.ts'

/** Lines of files that git shows: of what the repository of a folder tracks, at or below the places; null is everywhere. */
export interface Shown {
  readonly folder: string
  readonly places: readonly string[] | null
}

/** Whether no rule keeps a file from being read of which lines are shown. */
export function mayReadShown({ rules, ground }: PolicyContext, shown: Shown): boolean {
  return ruleOn(shown, [...rules.deny, ...rules.ask], ground) === null
}

/** A rule that forbids to read a file of which lines are shown. */
export function denyRuleForShown(
  { rules, ground }: PolicyContext,
  shown: Shown,
): ParsedRule | null {
  return ruleOn(shown, rules.deny, ground)
}

/** The first that speaks of a tracked file, or may: not every index can be read. */
function ruleOn(
  { folder, places }: Shown,
  rules: readonly ParsedRule[],
  ground: PolicyContext['ground'],
): ParsedRule | null {
  const [first, ...others] = rules.filter(
    ({ tool, payload }) => tool === 'Read' && payload !== null,
  )
  if (first === undefined || places?.length === 0) return null
  const repository = repositoryOf(folder)
  if (repository === null) return null
  const { gitFolder, worktree } = repository
  const names = trackedBy(gitFolder)
  if (worktree === null || names === null || names.length > MOST) return first
  const files = names
    .map((name) => path.join(worktree, name))
    .filter((file) => places === null || places.some((place) => isInside(file, place)))
  const speaks = ({ payload }: ParsedRule): boolean => {
    const forbids = forbidding(payload ?? '', ground)
    return files.some((file) => forbids({ asked: file, resolved: file }) !== 'no')
  }
  return [first, ...others].find(speaks) ?? null
}

/** More files than can be held against the rules while a person waits. */
const MOST = 50_000
