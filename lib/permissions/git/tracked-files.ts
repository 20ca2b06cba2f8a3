import { foldPath } from '../../fs/fold-path.ts'
import { isInside } from '../../fs/is-inside.ts'
import type { PolicyContext } from '../decide-path.ts'
import type { FsView } from '../facts/facts.ts'
import { isPrivate, mayContainPrivate } from '../paths/path-predicates.ts'
import { createDenyMatcher, literalBaseOf } from '../rules/path-rule.ts'
import type { ParsedRule } from '../rules/rule.ts'

/** The files whose content a git command shows: the tracked ones at or below `paths`; all of them when that is null. */
export interface ShownFiles {
  readonly directory: string
  readonly paths: readonly string[] | null
  /** Whether it shows commits: they can contain any file at or below the paths. */
  readonly isHistory: boolean
}

/** Whether no deny or ask rule protects a shown file from being read, and none is outside of the project. */
export function mayReadShown({ rules, view }: PolicyContext, shown: ShownFiles): boolean {
  // A project can be a part of its repository: named files are compared with it like all others.
  if (shown.paths === null && !isInProject(shown.directory, view)) return false
  if (mayShowPrivate(shown, view)) return false
  return findShownRule([...rules.deny, ...rules.ask], view, shown) === null
}

/** The repository can be the home directory, or contain it: no project contains its keys. */
function mayShowPrivate({ directory, paths, isHistory }: ShownFiles, view: FsView): boolean {
  const top = view.findGitTop(view.resolve(directory))
  const places = paths ?? (top === null ? [] : [top])
  if (!places.some((one) => mayContainPrivate(view.resolve(one), view))) return false
  const tracked = isHistory ? null : view.listTrackedFiles(directory)
  if (tracked?.type !== 'files') return true
  return tracked.paths.filter(isBelow(places)).some((file) => isPrivate(file, view))
}

function isInProject(directory: string, view: FsView): boolean {
  const top = view.findGitTop(view.resolve(directory))
  if (top === null) return true
  const roots = [view.resolve(view.directory), ...view.readable]
  return roots.some((root) => isInside(view.resolve(top), root))
}

/** The first rule that matches a shown file, or could, because the tracked files are not known. */
export function findShownRule(
  rules: readonly ParsedRule[],
  view: FsView,
  { directory, paths, isHistory }: ShownFiles,
): ParsedRule | null {
  const readRules = rules.filter(({ tool, payload }) => tool === 'Read' && payload !== null)
  const [first] = readRules
  if (first === undefined || paths?.length === 0) return null
  const tracked = view.listTrackedFiles(directory)
  if (tracked.type === 'noRepository') return null
  if (tracked.type === 'unknown' || (isHistory && paths === null)) return first
  if (paths === null && view.hasLinkedDirectories(directory)) return first
  if (isHistory) {
    return readRules.find((rule) => paths?.some((one) => couldMatchInside(rule, one, view))) ?? null
  }
  const files = paths === null ? tracked.paths : tracked.paths.filter(isBelow(paths))
  const matches = ({ payload }: ParsedRule): boolean => {
    const match = createDenyMatcher(payload ?? '', view)
    return files.some((file) => match({ requested: file, resolved: file }) !== 'none')
  }
  return readRules.find(matches) ?? null
}

/** Whether a rule matches a path, or could match a file below it that existed in some commit. */
function couldMatchInside({ payload }: ParsedRule, file: string, view: FsView): boolean {
  const match = createDenyMatcher(payload ?? '', view)
  const resolved = view.resolve(file)
  if (match({ requested: file, resolved }) !== 'none') return true
  const isFile = view.exists(file) && !view.exists(`${file}/.`)
  if (isFile) return false
  const base = foldPath(literalBaseOf(payload ?? '', view))
  return [file, resolved].map(foldPath).some((one) => isInside(base, one) || isInside(one, base))
}

function isBelow(places: readonly string[]): (file: string) => boolean {
  const folded = places.map(foldPath)
  return (file) => folded.some((one) => isInside(foldPath(file), one))
}
