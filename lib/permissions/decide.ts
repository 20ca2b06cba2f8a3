import { mayBeReplaced } from './background-lines.ts'
import { decideCommand } from './decide-command.ts'
import { decideMemory } from './decide-memory.ts'
import { decidePaths, type PolicyContext } from './decide-path.ts'
import { diskFacts } from './facts/disk-facts.ts'
import { withFacts } from './facts/fact-cache.ts'
import type { FactSource } from './facts/facts.ts'
import { reasons } from './messages.ts'
import { isFileTool, type ParsedRule, parseRules, toolFamily } from './rules/rule.ts'
import type { PermissionRequest, Policy, Verdict } from './types.ts'
import { allow, ask, byRule, deny, isFromThisRun } from './verdicts.ts'

/** Reads the facts that the decision needs, then decides. Never rejects. */
export async function decide(
  policy: Policy,
  request: PermissionRequest,
  source: FactSource = diskFacts,
): Promise<Verdict> {
  return (await decideCall(policy, request, source)).verdict
}

/** A decision with the resolved paths that it is about, in the order of the request; none for a command. */
export interface CallDecision {
  readonly verdict: Verdict
  readonly resolved: readonly string[]
}

/** The same, for a call that runs afterwards: it must then still lead to the same paths. */
export function decideCall(
  { mode, rules, bounds, reviewsMemory = false, running = [] }: Policy,
  request: PermissionRequest,
  source: FactSource = diskFacts,
): Promise<CallDecision> {
  const parsed = parseRules(rules)
  const { subject } = request
  return withFacts(bounds, source, (view) => ({
    verdict: judge({ mode, rules: parsed, view, reviewsMemory, running }, request),
    resolved: subject.type === 'paths' ? subject.paths.map((file) => view.resolve(file)) : [],
  }))
}

/** The pure decision. Deny, then ask, then allow: a deny rule overrules every mode and every other rule. */
export function judge(context: PolicyContext, request: PermissionRequest): Verdict {
  const verdict = judgeSubject(context, request)
  const isGuess = verdict.decision === 'allow' && context.view.isExhausted
  return isGuess ? ask(reasons.tooManyFiles) : verdict
}

function judgeSubject(context: PolicyContext, request: PermissionRequest): Verdict {
  const { subject, access } = request
  const tool = toolFamily(request.tool)
  if (subject.type === 'memory') return decideMemory(context, subject.labels)
  if (access === 'consent') return decideTool(context, tool, request)
  // Arguments that no tool accepts can contain anything where a string is expected.
  const isCommand = subject.type === 'command' && typeof subject.command === 'string'
  if (isCommand) {
    const { command, isInBackground = false } = subject
    return decideCommand({ ...context, isInBackground }, command)
  }
  if (subject.type === 'paths') {
    const verdict = decidePaths(context, { tool, access, paths: subject.paths })
    const isAllowed = verdict.decision === 'allow' && context.mode !== 'bypassPermissions'
    if (!isAllowed || !mayBeReplaced(context)) return verdict
    return context.mode === 'plan' ? deny(reasons.namesMayChange) : ask(reasons.namesMayChange)
  }
  return decideTool(context, tool, request)
}

/** For calls without a command or a file, rules match the tool's name only. */
function decideTool(
  { mode, rules }: PolicyContext,
  tool: string,
  { access }: PermissionRequest,
): Verdict {
  const matches = (rule: ParsedRule): boolean => rule.tool === tool || rule.tool === '*'
  const denied = rules.deny.find((rule) => matches(rule) && coversTool(rule))
  if (denied !== undefined) return byRule('deny', denied, reasons.deniedByRule, null)
  if (access === 'consent') return ask(reasons.alwaysAsks)
  if (mode === 'bypassPermissions') return allow(reasons.allowedByBypassMode)
  if (mode === 'plan' && access !== 'read') return deny(reasons.deniedByPlanMode)
  const allowRules = rules.allow.filter((rule) => matches(rule) && coversTool(rule))
  const asked = rules.ask.find(matches)
  if (asked !== undefined && !allowRules.some(isFromThisRun)) {
    return byRule('ask', asked, reasons.requiredByRule, null)
  }
  const [allowed] = allowRules
  if (allowed !== undefined) return byRule('allow', allowed, reasons.allowedByRule, null)
  return access === 'read' ? allow(reasons.readOnly) : ask(reasons.noRuleNotReadOnly)
}

/** What is between the parentheses matters only for tools whose calls name a file or a command. */
function coversTool({ tool, payload }: ParsedRule): boolean {
  return payload === null || !(isFileTool(tool) || tool === 'Bash') || /^:?\*+$/.test(payload)
}
