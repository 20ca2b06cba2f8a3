import path from 'node:path'
import { decideCommand } from './decide-command.ts'
import { decidePaths, type PolicyContext } from './decide-path.ts'
import { reasons } from './messages.ts'
import { isFileTool, type ParsedRule, parseRules, toolFamily } from './rules/rule.ts'
import type { FsView, PermissionRequest, Policy, Verdict } from './types.ts'
import { allow, ask, byRule, deny, isFromThisRun } from './verdicts.ts'

/** Deny, then ask, then allow: a deny rule overrules every mode and every other rule. Never throws. */
export function decide({ mode, rules, view }: Policy, request: PermissionRequest): Verdict {
  const cache = new PathCache(view)
  const context: PolicyContext = { mode, rules: parseRules(rules), view: cache.view }
  const verdict = judge(context, request)
  if (verdict.decision !== 'allow' || !cache.isFull) return verdict
  return ask(reasons.tooManyFiles)
}

function judge(context: PolicyContext, request: PermissionRequest): Verdict {
  const { subject, access } = request
  const tool = toolFamily(request.tool)
  if (access === 'consent') return decideTool(context, tool, request)
  // Arguments that no tool accepts can contain anything where a string is expected.
  const isCommand = subject.type === 'command' && typeof subject.command === 'string'
  if (isCommand) return decideCommand(context, subject.command)
  if (subject.type === 'paths') return decidePaths(context, { tool, access, paths: subject.paths })
  return decideTool(context, tool, request)
}

/**
 * Resolves each path once for a decision. After too many paths, further ones are compared as written, which is enough
 * to deny and never enough to allow.
 */
class PathCache {
  readonly view: FsView
  private readonly resolved = new Map<string, string>()

  constructor(view: FsView) {
    const resolve = (file: string): string => {
      const known = this.resolved.get(file)
      if (known !== undefined) return known
      if (this.isFull) return path.normalize(file)
      const found = view.resolve(file)
      this.resolved.set(file, found)
      return found
    }
    const { directory, home, readable } = view
    this.view = { directory, home, readable, resolve }
  }

  get isFull(): boolean {
    return this.resolved.size >= MAX_RESOLVED_PATHS
  }
}

const MAX_RESOLVED_PATHS = 5_000

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
