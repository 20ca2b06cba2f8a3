import { closestMatch } from '../../util/did-you-mean.ts'
import { ruleErrors } from '../messages.ts'
import { hasInvisibleCharacters } from '../shell/parse/suspicious-text.ts'
import { checkRule } from './check-rule.ts'
import { MEMORY_TOOL, parseRule } from './rule.ts'

/** What is wrong with a rule in a settings file. */
export interface RuleProblem {
  readonly reason: string
  /** The rule that was probably meant. */
  readonly meant: string | null
  /** Whether the rule certainly matches nothing that was meant. Another unknown name may be a tool of the server. */
  readonly isUnusable: boolean
}

/**
 * The names of the local tools, which rules can name. A test compares them with the tools.
 * @internal
 */
export const TOOL_NAMES: readonly string[] = [
  'AskUserQuestion',
  'Bash',
  'BashOutput',
  'Edit',
  'ExitPlanMode',
  'Glob',
  'Grep',
  'KillBash',
  'LS',
  'MultiEdit',
  'NotebookEdit',
  'Read',
  'TodoWrite',
  'Write',
]

/** Null when the rule can do what it says. */
export function examineRule(text: string, list: 'allow' | 'deny' | 'ask'): RuleProblem | null {
  const reason = list === 'allow' ? checkRule(text) : checkDenial(text)
  if (reason !== null) return { reason, meant: repaired(text), isUnusable: true }
  const { tool = '*', payload = null } = parseRule(text) ?? {}
  if (tool === '*' || tool === MEMORY_TOOL || TOOL_NAMES.includes(tool)) return null
  const near = nearTool(tool)
  if (near === null && SERVER_TOOL.test(tool)) {
    return { reason: ruleErrors.serverTool(tool), meant: null, isUnusable: false }
  }
  return {
    reason: ruleErrors.unknownTool(tool),
    meant: near === null ? null : withPayload(near, payload),
    isUnusable: near !== null,
  }
}

/** What keeps a rule from denying anything, or from requiring approval for it; null when nothing does. */
export function checkDenial(text: string): string | null {
  return checkRule(text) ?? checkRestriction(text)
}

/** Whether a rule is for a tool that neither letta nor a server has. */
export function isForUnknownTool(text: string): boolean {
  const { tool = '*' } = parseRule(text) ?? {}
  const isKnown = tool === '*' || tool === MEMORY_TOOL || TOOL_NAMES.includes(tool)
  return !isKnown && !SERVER_TOOL.test(tool)
}

/** Tools that a server runs itself have names such as memory_insert. */
const SERVER_TOOL = /^[a-z]|__/

/** What is compared as text, so that as a denial it forbids nothing that anybody runs. */
function checkRestriction(text: string): string | null {
  const { tool, payload } = parseRule(text) ?? {}
  if (tool !== 'Bash' || payload === null || payload === undefined) return null
  if (hasInvisibleCharacters(payload)) return ruleErrors.invisibleCharacters
  const [program = ''] = payload.split(/\s/)
  const isInside =
    /(?:^|\s)\*\s+\S|:\*\s*\S/.test(payload) || /^\*+[^*]|^[^*:]+\*+[^*]/.test(program)
  if (isInside) return ruleErrors.starNotLast
  return PROGRAM_PATTERN.test(program) ? ruleErrors.programPattern : null
}

/** No program has such a name, other than `:` and `[`. */
const PROGRAM_PATTERN = /^[^:]{2,}:(?!\**$)|^[^:]+:$|^\{.*,|^\[.|^\/.*\/:?\**$/

/** Only names that differ in a third of their letters at most. */
function nearTool(name: string): string | null {
  return name.length < 3 ? null : closestMatch(name, [...TOOL_NAMES, MEMORY_TOOL])
}

/** The text with the usual slips corrected: parentheses, spaces, the case of the tool's name. */
function repaired(text: string): string | null {
  const trimmed = text.trim()
  const open = trimmed.indexOf('(')
  const name = (open < 0 ? trimmed : trimmed.slice(0, open)).trim()
  const tool = [...TOOL_NAMES, MEMORY_TOOL].includes(name) ? name : nearTool(name)
  if (tool === null) return null
  const close = trimmed.lastIndexOf(')')
  const payload =
    open < 0 ? null : close < open ? trimmed.slice(open + 1) : trimmed.slice(open + 1, close)
  const star = payload?.search(/\s*:?\*/) ?? -1
  const candidates = [payload, ...(star < 1 ? [] : [`${payload?.slice(0, star)}:*`])]
  return (
    candidates
      .map((one) => withPayload(tool, one))
      .find((one) => one !== trimmed && checkDenial(one) === null) ?? null
  )
}

function withPayload(tool: string, payload: string | null): string {
  return payload === null ? tool : `${tool}(${payload})`
}
