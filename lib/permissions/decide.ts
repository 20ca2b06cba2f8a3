import path from 'node:path'
import { decideLine } from './decide-command.ts'
import { decidePaths, type PolicyContext } from './decide-path.ts'
import { isFileTool, type ParsedRule, parseRules, toolFamily } from './rules/rule.ts'
import type { FsView, PermissionRequest, Policy, Verdict } from './types.ts'
import { allow, ask, byRule, deny, isOfThisRun } from './verdicts.ts'

/** deny, then ask, then allow: a rule that forbids wins over every mode and every other rule. Never throws. */
export function decide({ mode, rules, ground }: Policy, request: PermissionRequest): Verdict {
  const looks = new PathCache(ground)
  const place: PolicyContext = { mode, rules: parseRules(rules), ground: looks.ground }
  const verdict = judge(place, request)
  if (verdict.decision !== 'allow' || !looks.areSpent) return verdict
  return ask('It names more files than can be looked at.')
}

function judge(place: PolicyContext, request: PermissionRequest): Verdict {
  const { subject, access } = request
  const tool = toolFamily(request.tool)
  if (access === 'consent') return decideNamed(place, tool, request)
  // Arguments that no tool would take may hold anything where a text is expected.
  const isLine = subject.type === 'command' && typeof subject.command === 'string'
  if (isLine) return decideLine(place, subject.command)
  if (subject.type === 'paths') return decidePaths(place, { tool, access, paths: subject.paths })
  return decideNamed(place, tool, request)
}

/**
 * A line may name one file many times; within one decision it leads to one place. After too many files they are only
 * compared as they are written, which is enough to deny and not to allow.
 */
class PathCache {
  readonly ground: FsView
  private readonly known = new Map<string, string>()

  constructor(ground: FsView) {
    const look = (file: string): string => {
      const before = this.known.get(file)
      if (before !== undefined) return before
      if (this.areSpent) return path.normalize(file)
      const found = ground.resolve(file)
      this.known.set(file, found)
      return found
    }
    const { directory, home, readable } = ground
    this.ground = { directory, home, readable, resolve: look }
  }

  get areSpent(): boolean {
    return this.known.size >= MOST_LOOKS
  }
}

const MOST_LOOKS = 5_000

/** Calls without a command or a file: only the tool's name can be matched. */
function decideNamed(
  { mode, rules }: PolicyContext,
  tool: string,
  { access }: PermissionRequest,
): Verdict {
  const speaks = (rule: ParsedRule): boolean => rule.tool === tool || rule.tool === '*'
  const denied = rules.deny.find((rule) => speaks(rule) && isWhole(rule))
  if (denied !== undefined) return byRule('deny', denied, 'A rule forbids it.', null)
  if (access === 'consent') return ask('It always needs your consent.')
  if (mode === 'bypassPermissions') return allow('Everything is allowed in this mode.')
  if (mode === 'plan' && access !== 'read') return deny('Plan mode changes nothing.')
  const allowing = rules.allow.filter((rule) => speaks(rule) && isWhole(rule))
  const asked = rules.ask.find(speaks)
  if (asked !== undefined && !allowing.some(isOfThisRun)) {
    return byRule('ask', asked, 'A rule wants you to be asked.', null)
  }
  const [allowed] = allowing
  if (allowed !== undefined) return byRule('allow', allowed, 'A rule allows it.', null)
  return access === 'read' ? allow('It changes nothing.') : ask('It may do more than read.')
}

/** What stands between the parentheses matters only to tools whose calls name a file or a command. */
function isWhole({ tool, payload }: ParsedRule): boolean {
  return payload === null || !(isFileTool(tool) || tool === 'Bash') || /^:?\*+$/.test(payload)
}
