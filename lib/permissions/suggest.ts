import path from 'node:path'
import { decide } from './decide.ts'
import { isInside } from './paths.ts'
import { NO_RULES, type Policy, type Request, type Suggestion } from './request.ts'
import { parseRule, toolFamily } from './rule.ts'

/** What is wrong with a rule's text; null when it is a rule. */
export function checkRule(text: string): string | null {
  const rule = parseRule(text)
  if (rule === null) return 'write it like Bash(npm test:*) or Edit(src/**)'
  if (rule.payload?.trim() === '') return 'nothing stands between the parentheses'
  return null
}

/** An "always allow" rule for this call; null when none is safe. */
export function suggest(policy: Policy, request: Request): Suggestion | null {
  const rule = ruleFor(policy, request)
  if (rule === null) return null
  const rules = { ...NO_RULES, allow: [{ text: rule, source: 'session' as const }] }
  return decide({ ...policy, mode: 'default', rules }, request).decision === 'allow'
    ? { rule, scope: 'local' }
    : null
}

function ruleFor({ ground }: Policy, { tool, access, subject }: Request): string | null {
  if (access === 'consent') return null
  const family = toolFamily(tool)
  if (subject.kind === 'nothing') return family
  if (subject.kind === 'command') return `${family}(${subject.command.trim()})`
  const [file] = subject.paths
  if (file === undefined || subject.paths.length > 1) return null
  const folder = path.dirname(ground.resolve(file))
  if (!isInside(folder, ground.directory)) return `${family}(/${folder}/**)`
  const relative = path.relative(ground.directory, folder)
  return relative === '' ? `${family}(**)` : `${family}(${relative}/**)`
}
