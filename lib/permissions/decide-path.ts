import path from 'node:path'
import { isInside, isProtected, isReadable } from './paths/path-predicates.ts'
import { containsMatch } from './paths/scan-directory.ts'
import { allowsPath, forbidsPath, namesPath, type ResolvedPath } from './rules/path-rule.ts'
import { deniedWith, type ParsedRule, type ParsedRules } from './rules/rule.ts'
import type { Access, FsView, PermissionMode, Verdict } from './types.ts'
import { allow, ask, byRule, deny, isOfThisRun } from './verdicts.ts'

export interface PolicyContext {
  readonly mode: PermissionMode
  readonly rules: ParsedRules
  readonly ground: FsView
}

/** A call that touches files: the strictest verdict of its paths. `tool` is a family's name. */
export function decidePaths(
  place: PolicyContext,
  { tool, access, paths }: { tool: string; access: Access; paths: readonly string[] },
): Verdict {
  const verdicts = paths.map((file) => decidePath(place, { tool, access, file }))
  const strictest = (['deny', 'ask', 'allow'] as const)
    .map((decision) => verdicts.find((verdict) => verdict.decision === decision))
    .find((verdict) => verdict !== undefined)
  return strictest ?? ask('It names no file.')
}

interface Touch {
  readonly tool: string
  readonly access: Access
  readonly file: string
}

function decidePath(place: PolicyContext, { tool, access, file }: Touch): Verdict {
  const { mode, rules, ground } = place
  const spot = spotOf(file, ground)
  const denied = forbidding(rules.deny, deniedWith(tool), spot, ground)
  if (denied?.fit === 'yes') return byRule('deny', denied.rule, 'A rule forbids it.', spot.resolved)
  if (mode === 'bypassPermissions' && denied === null)
    return allow('Everything is allowed in this mode.')
  if (mode === 'plan' && access !== 'read') return deny('Plan mode changes nothing.')
  if (denied !== null) {
    return byRule('ask', denied.rule, 'Its name is nearly one that a rule forbids.', spot.resolved)
  }
  const allowing = rules.allow.filter((rule) => ruleMatches(rule, tool, spot, ground))
  const asked = forbidding(rules.ask, [tool], spot, ground)
  if (asked !== null && !allowing.some(isOfThisRun)) {
    return byRule('ask', asked.rule, 'A rule wants you to be asked.', spot.resolved)
  }
  return decideFreely(place, access, spot, allowing)
}

function decideFreely(
  { mode, ground }: PolicyContext,
  access: Access,
  spot: ResolvedPath,
  allowing: readonly ParsedRule[],
): Verdict {
  const { resolved } = spot
  if (access !== 'read' && isProtected(resolved, ground)) {
    const named = allowing.find(
      ({ payload }) => payload !== null && namesPath(payload, spot, ground),
    )
    if (named !== undefined) return byRule('allow', named, 'A rule names this very file.', resolved)
    return ask('The file can let programs run or grant permissions.', resolved)
  }
  const [rule] = allowing
  if (rule !== undefined) return byRule('allow', rule, 'A rule allows it.', resolved)
  if (access === 'read') {
    if (isReadable(resolved, ground)) return allow('It reads inside the project.', resolved)
    return ask('It reads outside the project.', resolved)
  }
  if (!isInside(resolved, ground.resolve(ground.directory))) {
    return ask('It writes outside the project.', resolved)
  }
  if (access === 'write' && mode === 'acceptEdits') {
    return allow('Edits inside the project are accepted.', resolved)
  }
  return ask('It changes a file.', resolved)
}

/** A rule that forbids reading this file, whoever reads it. */
export function forbiddenRead(
  place: PolicyContext,
  file: string,
  how: 'read' | 'write',
): ParsedRule | null {
  const spot = spotOf(file, place.ground)
  const tools = how === 'read' ? ['Read'] : deniedWith('Write')
  return forbidding(place.rules.deny, tools, spot, place.ground)?.rule ?? null
}

/** Whether rules or the project's bounds let a program read the file unasked. */
export function mayRead(place: PolicyContext, file: string): boolean {
  return (
    decidePath({ ...place, mode: 'default' }, { tool: 'Read', access: 'read', file }).decision ===
    'allow'
  )
}

/** Whether no rule forbids reading something that lies below the folder. */
export function mayReadBelow({ rules, ground }: PolicyContext, folder: string): boolean {
  const payloads = [...rules.deny, ...rules.ask].flatMap(({ tool, payload }) =>
    tool === 'Read' && payload !== null ? [payload] : [],
  )
  return !containsMatch(payloads, ground.resolve(folder), { ground, ifMissing: true })
}

/** A rule that forbids reading something that lies below the folder. */
export function forbiddenBelow(
  { rules, ground }: PolicyContext,
  folder: string,
): ParsedRule | null {
  const resolved = ground.resolve(folder)
  const holds = ({ tool, payload }: ParsedRule): boolean =>
    tool === 'Read' &&
    payload !== null &&
    containsMatch([payload], resolved, { ground, ifMissing: false })
  return rules.deny.find(holds) ?? null
}

function spotOf(file: string, ground: FsView): ResolvedPath {
  return { asked: path.normalize(file), resolved: ground.resolve(file) }
}

function ruleMatches(
  { tool, payload }: ParsedRule,
  family: string,
  spot: ResolvedPath,
  ground: FsView,
): boolean {
  if (tool !== family) return false
  return payload === null || (payload !== '' && allowsPath(payload, spot, ground))
}

function forbidding(
  rules: readonly ParsedRule[],
  tools: readonly string[],
  spot: ResolvedPath,
  ground: FsView,
): { readonly rule: ParsedRule; readonly fit: 'yes' | 'nearly' } | null {
  let nearly: ParsedRule | null = null
  for (const rule of rules) {
    if (!tools.includes(rule.tool) && rule.tool !== '*') continue
    const fit =
      rule.payload === null
        ? 'yes'
        : rule.payload === ''
          ? 'no'
          : forbidsPath(rule.payload, spot, ground)
    if (fit === 'yes') return { rule, fit }
    if (fit === 'nearly') nearly ??= rule
  }
  return nearly === null ? null : { rule: nearly, fit: 'nearly' }
}
