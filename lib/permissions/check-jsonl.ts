import { isRecord } from '../util/is-record.ts'
import { decide } from './decide.ts'
import { foldCall, foldPath, foldRule, isWindowsPath } from './paths/windows-paths.ts'
import { toolFamily } from './rules/rule.ts'
import { joinRules } from './rules/rule-list.ts'
import {
  PERMISSION_MODES,
  type PermissionMode,
  type PermissionRequest,
  type PermissionRule,
  type PermissionRules,
  type Policy,
  type RuleSource,
} from './types.ts'

/** A call by name and arguments to what is judged; null when there is no such tool, or the arguments are not its. */
export type ToRequest = (
  tool: string,
  args: unknown,
  cwd: string,
  home: string,
) => CheckedRequest | null

export interface CheckedRequest extends PermissionRequest {
  /** Whether no tool takes such arguments: what they seem to say can be denied, but not allowed. */
  readonly isGuess?: boolean
}

/**
 * One line of `letta permissions check`: `{tool, args, rules, mode, cwd, home}` as JSON in, `{decision, rule, because}`
 * out. What can't be read is asked about, with the reason as `error`. Rules that are not from a file may stand beside:
 * `session` like `rules`, `cliAllow` and `cliDeny` as on the command line.
 */
export function checkLine(
  line: string,
  toRequest: ToRequest,
  resolve: (path: string) => string,
): string {
  const call = readCall(line)
  if (typeof call === 'string') {
    const because = 'The line is not understood.'
    return JSON.stringify({ decision: 'ask', rule: null, because, error: call })
  }
  const { tool, args, rules, mode, cwd, home } = call
  const policy: Policy = {
    mode,
    rules,
    ground: { directory: cwd, home, readable: call.readable, resolve },
  }
  const nameless: PermissionRequest = { tool, access: 'execute', subject: { type: 'nothing' } }
  // Other models' names for our tools are bound by the same rules.
  const known = toRequest(tool, args, cwd, home) ?? toRequest(toolFamily(tool), args, cwd, home)
  const first = decide(policy, known ?? nameless)
  const isUnfit = known?.isGuess === true && first.decision !== 'deny'
  const { decision, rule, because, part } = isUnfit ? decide(policy, nameless) : first
  return JSON.stringify({
    decision,
    rule: rule === null ? null : (call.written.get(rule) ?? rule),
    because: part === null ? because : `${because.replace(/\.$/, '')}: ${part}`,
  })
}

interface Call {
  readonly tool: string
  readonly args: unknown
  readonly rules: PermissionRules
  readonly mode: PermissionMode
  readonly cwd: string
  readonly home: string
  readonly readable: readonly string[]
  /** Rules as they were written, by what has been made of them for Windows. */
  readonly written: ReadonlyMap<string, string>
}

function readCall(line: string): Call | string {
  const parsed = parseJson(line)
  if (!isRecord(parsed)) return 'a JSON object {tool, args, rules, mode, cwd, home} is expected'
  const { tool, cwd, home } = parsed
  if (typeof tool !== 'string') return '"tool" must be a text'
  if (!isAbsolute(cwd)) return '"cwd" must be an absolute path'
  if (!isAbsolute(home)) return '"home" must be an absolute path'
  const mode = PERMISSION_MODES.find((known) => known === (parsed['mode'] ?? 'default'))
  if (mode === undefined) return `"mode" must be one of ${PERMISSION_MODES.join(', ')}`
  const given = parsed['rules'] ?? {}
  if (!isRecord(given)) return '"rules" must be an object {allow, deny, ask}'
  const [lists, session] = [rulesOf(given, 'user'), rulesOf(parsed['session'], 'session')]
  const rules = joinRules(
    {
      allow: [...lists.allow, ...session.allow],
      deny: [...lists.deny, ...session.deny],
      ask: [...lists.ask, ...session.ask],
    },
    textsOf([parsed['cliAllow']]),
    textsOf([parsed['cliDeny']]),
  )
  const readable = textsOf(given['additionalDirectories'])
  const call = { tool, args: parsed['args'] ?? {}, rules, mode, cwd, home, readable }
  return isWindowsPath(cwd) ? onWindows(call) : { ...call, written: new Map() }
}

function isAbsolute(path: unknown): path is string {
  return typeof path === 'string' && (path.startsWith('/') || isWindowsPath(path))
}

/** The same call as if all drives lay below one root. */
function onWindows(call: Omit<Call, 'written'>): Call {
  const written = new Map<string, string>()
  const folded = (list: readonly PermissionRule[]): readonly PermissionRule[] =>
    list.map(({ text, source }) => {
      const own = foldRule(text)
      written.set(own, text)
      return { text: own, source }
    })
  const { allow, deny, ask } = call.rules
  const rules = { allow: folded(allow), deny: folded(deny), ask: folded(ask) }
  return { ...foldCall(call), rules, readable: call.readable.map(foldPath), written }
}

function rulesOf(lists: unknown, source: RuleSource): PermissionRules {
  const given = isRecord(lists) ? lists : {}
  const list = (name: keyof PermissionRules): readonly PermissionRule[] =>
    textsOf(given[name]).map((text) => ({ text, source }))
  return { allow: list('allow'), deny: list('deny'), ask: list('ask') }
}

/** What is no text is no rule: it grants nothing, and nothing can be told from it. */
function textsOf(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : []
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return null
    throw thrown
  }
}
