import { isInside, isProtected } from './paths.ts'
import type { Ground, Policy, Request, Rule, Verdict } from './request.ts'
import { matchesCommand, matchesPath, parseRule, toolFamily } from './rule.ts'

/** deny, then ask, then allow: a rule that forbids wins over every mode and every other rule. */
export function decide(policy: Policy, request: Request): Verdict {
  const { rules, mode } = policy
  const denied = rules.deny.find((rule) => speaksOf(rule, request, policy.ground, 'any'))
  if (denied !== undefined) return byRule('deny', denied, 'A deny rule forbids it.')
  if (request.access === 'consent') return ask('It always wants your consent.')
  if (mode === 'bypassPermissions') return allow('Mode: everything is allowed.')
  if (mode === 'plan' && request.access !== 'read') return deny('Mode: plan only reads.')
  const asked = rules.ask.find((rule) => speaksOf(rule, request, policy.ground, 'any'))
  if (asked !== undefined) return byRule('ask', asked, 'A rule wants you to be asked.')
  const touched = protectedPath(request, policy.ground)
  if (touched !== null) return { ...ask('It would change a protected file.'), part: touched }
  const allowed = rules.allow.find((rule) => speaksOf(rule, request, policy.ground, 'all'))
  if (allowed !== undefined) return byRule('allow', allowed, 'A rule allows it.')
  return byDefault(policy, request)
}

function byDefault({ mode, ground }: Policy, request: Request): Verdict {
  const { access, subject } = request
  if (subject.kind === 'command') return ask('It runs a command.')
  if (subject.kind === 'nothing') {
    return access === 'read' ? allow('It changes nothing.') : ask('It does more than read.')
  }
  const outside = subject.paths.map(ground.resolve).find((file) => !isAllowedGround(file, ground))
  if (outside !== undefined) return { ...ask('It reaches outside the project.'), part: outside }
  if (access === 'read') return allow('It reads inside the project.')
  if (access === 'write' && mode === 'acceptEdits') return allow('Mode: edits are accepted.')
  return ask(access === 'write' ? 'It changes a file.' : 'It runs a program.')
}

function isAllowedGround(file: string, { directory, readable }: Ground): boolean {
  return isInside(file, directory) || readable.some((folder) => isInside(file, folder))
}

function protectedPath({ access, subject }: Request, ground: Ground): string | null {
  if (access === 'read' || subject.kind !== 'paths') return null
  return subject.paths.map(ground.resolve).find((file) => isProtected(file, ground)) ?? null
}

/** Forbidding speaks when any path is meant, allowing only when all are. */
function speaksOf(rule: Rule, request: Request, ground: Ground, how: 'any' | 'all'): boolean {
  const parsed = parseRule(rule.text)
  if (parsed === null) return false
  if (parsed.tool !== '*' && parsed.tool !== toolFamily(request.tool)) return false
  const { payload } = parsed
  if (payload === null) return true
  const { subject } = request
  if (subject.kind === 'command') return speaksOfCommand(payload, subject.command, how)
  if (subject.kind === 'nothing') return how === 'any'
  const matches = (file: string): boolean => matchesPath(payload, file, ground)
  return how === 'any' ? subject.paths.some(matches) : subject.paths.every(matches)
}

/** A line with shell syntax in it is more than one command: nothing allows it, and any word of it may be forbidden. */
function speaksOfCommand(payload: string, command: string, how: 'any' | 'all'): boolean {
  const isPlain = !/[;&|<>`$(){}\n\\"'*?[\]#~!]/.test(command)
  if (how === 'all') return isPlain && matchesCommand(payload, command.trim())
  return command.split(/[;&|<>`$(){}\n]+/).some((part) => matchesCommand(payload, part.trim()))
}

function byRule(decision: Verdict['decision'], rule: Rule, because: string): Verdict {
  return { decision, rule: rule.text, source: rule.source, because, part: null }
}

const allow = (because: string): Verdict => verdict('allow', because)
const ask = (because: string): Verdict => verdict('ask', because)
const deny = (because: string): Verdict => verdict('deny', because)

function verdict(decision: Verdict['decision'], because: string): Verdict {
  return { decision, rule: null, source: null, because, part: null }
}
