import { isRecord, stringsOf } from '../util/is-record.ts'
import { parseJson } from '../util/parse-json.ts'
import { stringifyForTerminal } from '../util/sanitize.ts'
import { decide } from './decide.ts'
import { diskFacts } from './facts/disk-facts.ts'
import type { FactSource } from './facts/facts.ts'
import { reasons, reasonWithPart, requestErrors } from './messages.ts'
import {
  foldWindowsCall,
  foldWindowsPath,
  foldWindowsRule,
  isWindowsPath,
} from './paths/windows-paths.ts'
import { toolFamily } from './rules/rule.ts'
import { joinRules } from './rules/rule-list.ts'
import {
  PERMISSION_MODES,
  type PermissionMode,
  type PermissionRequest,
  type PermissionRule,
  type PermissionRules,
  type Policy,
  type ProjectBounds,
  type RuleSource,
} from './types.ts'

/** Describes a call by tool name and arguments as a request; null when there is no such tool. */
export type ToRequest = (
  tool: string,
  args: unknown,
  cwd: string,
  home: string,
) => CheckedRequest | null

export interface CheckedRequest extends PermissionRequest {
  /** Whether no tool accepts such arguments: what they seem to mean can be denied, but not allowed. */
  readonly isGuess?: boolean
}

/**
 * Answers one line of `letta permissions check`: `{tool, args, rules, mode, cwd, home}` as JSON in,
 * `{decision, rule, because}` out. An invalid line is answered with `ask` and the reason as `error`. Rules that are not
 * from a file are optional fields: `session` like `rules`, `cliAllow` and `cliDeny` as on the command line.
 */
export async function checkJsonLine(
  line: string,
  toRequest: ToRequest,
  { places = {}, source = diskFacts }: CheckOptions = {},
): Promise<string> {
  const call = parseCall(line)
  if (typeof call === 'string') {
    const because = reasons.invalidRequest
    return stringifyForTerminal({ decision: 'ask', rule: null, because, error: call })
  }
  const { tool, args, rules, mode, cwd, home } = call
  const policy: Policy = {
    mode,
    rules,
    bounds: { ...places, directory: cwd, home, readable: call.readable },
  }
  const toolOnly: PermissionRequest = { tool, access: 'execute', subject: { type: 'nothing' } }
  // The names that other model families use for a tool are bound by the same rules.
  const known = toRequest(tool, args, cwd, home) ?? toRequest(toolFamily(tool), args, cwd, home)
  const first = await decide(policy, known ?? toolOnly, source)
  const isUnusable = known?.isGuess === true && first.decision !== 'deny'
  const verdict = isUnusable ? await decide(policy, toolOnly, source) : first
  const { decision, rule } = verdict
  return stringifyForTerminal({
    decision,
    rule: rule === null ? null : (call.written.get(rule) ?? rule),
    because: reasonWithPart(verdict),
  })
}

interface CheckOptions {
  /** What the environment of a session names, as `placesOf` reads it. */
  readonly places?: Pick<ProjectBounds, 'programs' | 'shims' | 'grepFollowsLinks'>
  readonly source?: FactSource
}

interface CheckCall {
  readonly tool: string
  readonly args: unknown
  readonly rules: PermissionRules
  readonly mode: PermissionMode
  readonly cwd: string
  readonly home: string
  readonly readable: readonly string[]
  /** The text of each rule as written, by the text that it has been converted to for Windows. */
  readonly written: ReadonlyMap<string, string>
}

function parseCall(line: string): CheckCall | string {
  const parsed = parseJson(line)
  if (!isRecord(parsed)) return requestErrors.notAnObject
  const { tool, cwd, home } = parsed
  if (typeof tool !== 'string') return requestErrors.toolNotAString
  if (!isAbsolute(cwd)) return requestErrors.pathNotAbsolute('cwd')
  if (!isAbsolute(home)) return requestErrors.pathNotAbsolute('home')
  const mode = PERMISSION_MODES.find((known) => known === (parsed['mode'] ?? 'default'))
  if (mode === undefined) return requestErrors.unknownMode(PERMISSION_MODES)
  const given = parsed['rules'] ?? {}
  if (!isRecord(given)) return requestErrors.rulesNotAnObject
  const [lists, session] = [rulesOf(given, 'user'), rulesOf(parsed['session'], 'session')]
  const rules = joinRules(
    {
      allow: [...lists.allow, ...session.allow],
      deny: [...lists.deny, ...session.deny],
      ask: [...lists.ask, ...session.ask],
    },
    stringsOf([parsed['cliAllow']]),
    stringsOf([parsed['cliDeny']]),
  )
  const readable = stringsOf(given['additionalDirectories'])
  const call = { tool, args: parsed['args'] ?? {}, rules, mode, cwd, home, readable }
  return isWindowsPath(cwd) ? toWindowsCall(call) : { ...call, written: new Map() }
}

function isAbsolute(path: unknown): path is string {
  return typeof path === 'string' && (path.startsWith('/') || isWindowsPath(path))
}

/** The same call with all drives below one root. */
function toWindowsCall(call: Omit<CheckCall, 'written'>): CheckCall {
  const written = new Map<string, string>()
  const folded = (list: readonly PermissionRule[]): readonly PermissionRule[] =>
    list.map(({ text, source }) => {
      const own = foldWindowsRule(text)
      written.set(own, text)
      return { text: own, source }
    })
  const { allow, deny, ask } = call.rules
  const rules = { allow: folded(allow), deny: folded(deny), ask: folded(ask) }
  return { ...foldWindowsCall(call), rules, readable: call.readable.map(foldWindowsPath), written }
}

function rulesOf(lists: unknown, source: RuleSource): PermissionRules {
  const given = isRecord(lists) ? lists : {}
  const list = (name: keyof PermissionRules): readonly PermissionRule[] =>
    stringsOf(given[name]).map((text) => ({ text, source }))
  return { allow: list('allow'), deny: list('deny'), ask: list('ask') }
}
