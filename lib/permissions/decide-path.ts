import path from 'node:path'
import { foldPath } from '../fs/fold-path.ts'
import { isInside } from '../fs/is-inside.ts'
import type { FsView } from './facts/facts.ts'
import { reasons } from './messages.ts'
import { isSearched } from './paths/hidden-files.ts'
import { isProtected, isReadable, mayContainPrivate } from './paths/path-predicates.ts'
import { containsMatch } from './paths/scan-directory.ts'
import {
  allowsPath,
  type DenyMatch,
  matchDenyPath,
  namesExactPath,
  type ResolvedPath,
} from './rules/path-rule.ts'
import { denyingFamilies, type ParsedRule, type ParsedRules } from './rules/rule.ts'
import type { NameEndings } from './shell/effects/name-endings.ts'
import type { Access, PermissionMode, Verdict } from './types.ts'
import { allow, ask, byRule, deny, isFromThisRun } from './verdicts.ts'

/** A policy with its rules parsed, for one decision. */
export interface PolicyContext {
  readonly mode: PermissionMode
  readonly rules: ParsedRules
  readonly view: FsView
  readonly reviewsMemory?: boolean
  /** The command lines that run in the background. */
  readonly running?: readonly string[]
  /** Whether the line that is judged will run in the background. */
  readonly isInBackground?: boolean
}

/** A call that reads or writes files gets the strictest verdict of its paths. `tool` is the name of a tool family. */
export function decidePaths(
  context: PolicyContext,
  { tool, access, paths }: { tool: string; access: Access; paths: readonly string[] },
): Verdict {
  const verdicts = paths.map((file) => decidePath(context, { tool, access, file }))
  const strictest = (['deny', 'ask', 'allow'] as const)
    .map((decision) => verdicts.find((verdict) => verdict.decision === decision))
    .find((verdict) => verdict !== undefined)
  return strictest ?? ask(reasons.noFile)
}

interface PathAccess {
  readonly tool: string
  readonly access: Access
  readonly file: string
}

function decidePath(context: PolicyContext, { tool, access, file }: PathAccess): Verdict {
  const { mode, rules, view } = context
  const target = resolveAliases(file, view)
  const { resolved } = target
  const denied = findMatchingRule(rules.deny, denyingFamilies(tool), target, view)
  if (denied?.match === 'exact') return byRule('deny', denied.rule, reasons.deniedByRule, resolved)
  if (mode === 'bypassPermissions' && denied === null) return allow(reasons.allowedByBypassMode)
  if (mode === 'plan' && access !== 'read') return deny(reasons.deniedByPlanMode)
  if (denied !== null) return byRule('ask', denied.rule, reasons.resemblesDeniedPath, resolved)
  const allowRules = rules.allow.filter((rule) => ruleMatches(rule, tool, target, view))
  const asked = findMatchingRule(rules.ask, denyingFamilies(tool), target, view)
  if (asked !== null && !allowRules.some(isFromThisRun)) {
    return byRule('ask', asked.rule, reasons.requiredByRule, resolved)
  }
  return decideByBounds(context, { tool, access, file }, target, allowRules)
}

/** No rule denies or asks: allow rules, the project's bounds and the mode decide. */
function decideByBounds(
  { mode, view }: PolicyContext,
  { tool, access }: PathAccess,
  target: ResolvedPath,
  allowRules: readonly ParsedRule[],
): Verdict {
  const { resolved } = target
  if (access !== 'read' && isProtected(resolved, view)) {
    const exact = allowRules.find(
      ({ payload }) => payload !== null && namesExactPath(payload, target, view),
    )
    if (exact !== undefined) return byRule('allow', exact, reasons.allowedByExactRule, resolved)
    return ask(reasons.protectedFile, resolved)
  }
  const [rule] = allowRules
  if (rule !== undefined) return byRule('allow', rule, reasons.allowedByRule, resolved)
  if (access === 'read') {
    const searchesPrivate = tool === 'Grep' && mayContainPrivate(resolved, view)
    if (!searchesPrivate && isReadable(resolved, view))
      return allow(reasons.readOnlyInProject, resolved)
    return ask(reasons.readsOutside, resolved)
  }
  if (!isInside(resolved, view.resolve(view.directory))) return ask(reasons.writesOutside, resolved)
  if (access === 'write' && mode === 'acceptEdits') {
    return allow(reasons.allowedByAcceptEditsMode, resolved)
  }
  return ask(reasons.modifiesFile, resolved)
}

/** Of the deny or ask rules, the one for reading or writing a file, whichever program or tool does it. */
export function findFileRule(
  rules: readonly ParsedRule[],
  view: FsView,
  file: string,
  access: 'read' | 'write',
): ParsedRule | null {
  const families = access === 'read' ? ['Read'] : denyingFamilies('Write')
  return findMatchingRule(rules, families, resolveAliases(file, view), view)?.rule ?? null
}

/** Whether writing the file requires a rule with exactly its path, and there is none. */
export function needsExactRule({ rules, view }: PolicyContext, file: string): boolean {
  const target = resolveAliases(file, view)
  if (!isProtected(target.resolved, view)) return false
  return !rules.allow.some(
    ({ tool, payload }) =>
      (tool === 'Edit' || tool === 'Write') &&
      payload !== null &&
      namesExactPath(payload, target, view),
  )
}

/** Whether a program may read the file without approval: by a rule, or because it is in the project. */
export function mayRead(context: PolicyContext, file: string): boolean {
  const asDefault = { ...context, mode: 'default' as const }
  return decidePath(asDefault, { tool: 'Read', access: 'read', file }).decision === 'allow'
}

/** Whether no deny or ask rule protects a file inside the directory, or one with such an ending, from being read. */
export function mayReadBelow(
  { rules, view }: PolicyContext,
  directory: string,
  endings: NameEndings,
): boolean {
  const payloads = [...rules.deny, ...rules.ask].flatMap(({ tool, payload }) =>
    tool === 'Read' && payload !== null ? [payload] : [],
  )
  const resolved = view.resolve(directory)
  // The home directory can be the project; the keys in it are not.
  if (mayContainPrivate(resolved, view)) return false
  if (endings?.length === 0) return true
  // A directory that a rule names can contain any file.
  const isRead = (file: string): boolean =>
    endings === null ||
    endings.some((ending) => foldPath(file).endsWith(ending)) ||
    view.exists(`${file}/.`)
  return !containsMatch(payloads, resolved, { view, ifMissing: true, isSearched: isRead })
}

/**
 * Of the deny or ask rules, the one for reading, or changing, a file inside the directory. `patterns` are those by which a search
 * that leaves out hidden files finds some of them.
 */
export function findFileRuleInside(
  rules: readonly ParsedRule[],
  view: FsView,
  directory: string,
  access: 'read' | 'write' | 'readVisible' = 'read',
  patterns: readonly string[] = [],
): ParsedRule | null {
  const resolved = view.resolve(directory)
  const families = access === 'write' ? denyingFamilies('Write') : ['Read']
  const isVisible = (file: string): boolean => isSearched(file, resolved, { view, patterns })
  const limits = access === 'readVisible' ? { isSearched: isVisible } : {}
  const matches = ({ tool, payload }: ParsedRule): boolean =>
    families.includes(tool) &&
    payload !== null &&
    containsMatch([payload], resolved, { view, ifMissing: false, ...limits })
  return rules.find(matches) ?? null
}

function resolveAliases(file: string, view: FsView): ResolvedPath {
  return { requested: path.normalize(file), resolved: view.resolve(file) }
}

function ruleMatches(
  { tool, payload }: ParsedRule,
  family: string,
  target: ResolvedPath,
  view: FsView,
): boolean {
  if (tool !== family) return false
  return payload === null || (payload !== '' && allowsPath(payload, target, view))
}

/** The first deny or ask rule of these tool families that matches the file; one that only resembles it comes last. */
function findMatchingRule(
  rules: readonly ParsedRule[],
  families: readonly string[],
  target: ResolvedPath,
  view: FsView,
): { readonly rule: ParsedRule; readonly match: Exclude<DenyMatch, 'none'> } | null {
  let similar: ParsedRule | null = null
  for (const rule of rules) {
    if (!families.includes(rule.tool) && rule.tool !== '*') continue
    const match = rule.payload === null ? 'exact' : matchPayload(rule.payload, target, view)
    if (match === 'exact') return { rule, match }
    if (match === 'similar') similar ??= rule
  }
  return similar === null ? null : { rule: similar, match: 'similar' }
}

function matchPayload(payload: string, target: ResolvedPath, view: FsView): DenyMatch {
  return payload === '' ? 'none' : matchDenyPath(payload, target, view)
}
