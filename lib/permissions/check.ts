import { decide } from './decide.ts'
import { MODES, type Mode, type Request, type Rule, type Rules, type Verdict } from './request.ts'
import { toolFamily } from './rule.ts'

/** A call by name and arguments to what is judged; null when there is no such tool, or the arguments are not its. */
export type ToRequest = (tool: string, args: unknown, cwd: string, home: string) => Request | null

/**
 * One line of `letta permissions check`: `{tool, args, rules, mode, cwd, home}` as JSON in, `{decision, rule, because}`
 * out. What can't be read is asked about, with the reason as `error`.
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
  const ground = { directory: cwd, home, readable: call.readable, resolve }
  const nameless: Request = { tool, access: 'execute', subject: { kind: 'nothing' } }
  // Other models' names for our tools are bound by the same rules.
  const known = toRequest(tool, args, cwd, home) ?? toRequest(toolFamily(tool), args, cwd, home)
  const request = known ?? nameless
  const { decision, rule, because }: Verdict = decide({ mode, rules, ground }, request)
  return JSON.stringify({ decision, rule, because })
}

interface Call {
  readonly tool: string
  readonly args: unknown
  readonly rules: Rules
  readonly mode: Mode
  readonly cwd: string
  readonly home: string
  readonly readable: readonly string[]
}

function readCall(line: string): Call | string {
  const parsed = parseJson(line)
  if (!isObject(parsed)) return 'a JSON object {tool, args, rules, mode, cwd, home} is expected'
  const { tool, cwd, home } = parsed
  if (typeof tool !== 'string') return '"tool" must be a text'
  if (typeof cwd !== 'string' || !cwd.startsWith('/')) return '"cwd" must be an absolute path'
  if (typeof home !== 'string' || !home.startsWith('/')) return '"home" must be an absolute path'
  const mode = MODES.find((known) => known === (parsed['mode'] ?? 'default'))
  if (mode === undefined) return `"mode" must be one of ${MODES.join(', ')}`
  const given = parsed['rules'] ?? {}
  if (!isObject(given)) return '"rules" must be an object {allow, deny, ask}'
  const [allow, deny, ask] = [
    rulesOf(given['allow']),
    rulesOf(given['deny']),
    rulesOf(given['ask']),
  ]
  const readable = textsOf(given['additionalDirectories'])
  return {
    tool,
    args: parsed['args'] ?? {},
    rules: { allow, deny, ask },
    mode,
    cwd,
    home,
    readable,
  }
}

function rulesOf(list: unknown): readonly Rule[] {
  return textsOf(list).map((text) => ({ text, source: 'user' }))
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

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
