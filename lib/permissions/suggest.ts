import path from 'node:path'
import { decide } from './decide.ts'
import { isInside } from './paths/path-predicates.ts'
import { readPattern } from './rules/command-rule.ts'
import { isFileTool, isUnscoped, parseRule, toolFamily } from './rules/rule.ts'
import { readLine } from './shell/parse/parse-line.ts'
import { plainValue } from './shell/parse/word.ts'
import type { SimpleCommand } from './shell/types.ts'
import { NO_RULES, type PermissionRequest, type Policy, type RuleSuggestion } from './types.ts'

/** What is wrong with a rule's text; null when it is a rule. */
export function checkRule(text: string): string | null {
  const rule = parseRule(text)
  if (rule === null || isUnscoped(text)) return 'write it like Bash(npm test:*) or Edit(src/**)'
  const { tool, payload } = rule
  if (payload === '') return 'nothing stands between the parentheses, so it matches nothing'
  if (tool === 'Bash' && readPattern(payload).kind === 'none') return 'no command can match it'
  if (tool === '*' && payload !== null) return '* takes no parentheses'
  return null
}

/** An "always allow" rule that covers this call and nothing that could be hung on to it; null when none is safe. */
export function suggest(policy: Policy, request: PermissionRequest): RuleSuggestion | null {
  if (request.access === 'consent') return null
  for (const { rule, scope } of candidates(policy, request)) {
    for (const where of new Set([scope, 'session' as const])) {
      if (isSound(policy, request, { rule, scope: where })) return { rule, scope: where }
    }
  }
  return null
}

/** Asked of the matcher itself: with the rule the call runs, and with only the rule nothing more does. */
function isSound(
  policy: Policy,
  request: PermissionRequest,
  { rule, scope }: RuleSuggestion,
): boolean {
  if (checkRule(rule) !== null) return false
  const { rules, ground } = policy
  const added = { text: rule, source: scope }
  const asked = { mode: 'default' as const, ground }
  const withRule = { ...asked, rules: { ...rules, allow: [...rules.allow, added] } }
  if (decide(withRule, request).decision !== 'allow') return false
  const { subject } = request
  if (subject.type !== 'command') return true
  const alone = { ...asked, rules: { ...NO_RULES, allow: [added] } }
  const command = `${subject.command} && rm -rf /`
  const more = { ...request, subject: { ...subject, command } }
  return decide(alone, more).decision !== 'allow'
}

function candidates(policy: Policy, request: PermissionRequest): readonly RuleSuggestion[] {
  const { subject } = request
  const family = toolFamily(request.tool)
  if (subject.type === 'command') return lineRules(policy, subject.command)
  if (subject.type === 'paths') return pathRules(policy, family, request.access, subject.paths)
  return isFileTool(family) || family === 'Bash' ? [] : [{ rule: family, scope: 'session' }]
}

function lineRules({ ground }: Policy, line: string): readonly RuleSuggestion[] {
  const { commands } = readLine(line, ground)
  if (commands.length === 0 || commands.some(isDangerous)) return []
  const prefixes = commands.flatMap((command) => prefixOf(command))
  // A single command is offered as it stands, `&` and all; of several, the one that must be asked about.
  const exact = commands.length === 1 ? [] : commands.map(({ text }) => text)
  return [...new Set([...prefixes, ...exact, line.trim()])]
    .slice(0, MOST)
    .map((payload) => ({ rule: `Bash(${payload})`, scope: 'project' }))
}

/** Each is checked by reading the line again. */
const MOST = 12

/** What is not to be repeated unseen: lost files, other users' rights, forced overwriting. */
function isDangerous({ words, inner }: SimpleCommand): boolean {
  const [name, ...args] = words.map((word) => word.values.at(0) ?? '')
  if (DANGEROUS.test(name?.replace(/^.*\//, '') ?? '')) return true
  if (args.some((arg) => /^-f$|^--(force|hard)/.test(arg))) return true
  return inner?.commands.some(isDangerous) ?? false
}

const DANGEROUS =
  /^(rm|rmdir|mv|chmod|chown|chgrp|sudo|doas|su|dd|mkfs.*|fdisk|kill|killall|pkill|shred|truncate|reboot|shutdown)$/

/** The beginning that says what a command does: `git push:*`, `npm run build:*`. */
function prefixOf({ words, inner }: SimpleCommand): readonly string[] {
  if (inner?.isTransparent === true && inner.innerAt === null)
    return inner.commands.flatMap(prefixOf)
  if (inner !== null && !/^(npx|npm|pnpm|yarn|bun)$/.test(plainValue(words[0]) ?? '')) return []
  const values = withoutPassing(words.map((word) => plainValue(word) ?? '-')).map(skillFolder)
  const depth = DEPTHS.find(([program]) => program.test(values[0] ?? ''))?.[1](values) ?? 0
  const own = values.slice(0, depth)
  const isClear =
    own.length === depth && depth > 0 && own.every((value) => /^[\w:.@/][\w:.@/-]*$/.test(value))
  return isClear ? [`${own.join(' ')}:*`] : []
}

/** Options of git that say where it works, not what it does. */
function withoutPassing(values: readonly string[]): readonly string[] {
  if (values[0] !== 'git') return values
  let at = 1
  while (values[at] === '-C' || values[at] === '--no-pager') at += values[at] === '-C' ? 2 : 1
  return ['git', ...values.slice(at)]
}

/** Scripts of one skill belong together. */
function skillFolder(value: string): string {
  return value.replace(/(\/\.?skills\/.+?)\/scripts\/.*$/, '$1')
}

/** How many words of a program's call say what it does. */
const DEPTHS: readonly (readonly [RegExp, (values: readonly string[]) => number])[] = [
  [/^git$/, () => 2],
  // `npm exec:*` would allow everything.
  [/^(npm|bun|yarn|pnpm)$/, ([, second]) => (/^(run|exec|x|dlx)$/.test(second ?? '') ? 3 : 2)],
  [/^gh$/, ([, second]) => (second === 'api' ? 2 : 3)],
  [
    /^(npx)$/,
    ([, runner, script = '']) => (/^(tsx|ts-node)$/.test(runner ?? '') && script !== '' ? 3 : 0),
  ],
  [/^(ls|cat|pwd|echo|which|type|whoami|date|grep|rg|find|head|tail|wc)$/, () => 1],
]

function pathRules(
  { ground }: Policy,
  family: string,
  access: PermissionRequest['access'],
  paths: readonly string[],
): readonly RuleSuggestion[] {
  const [first] = paths
  if (first === undefined) return []
  const file = ground.resolve(first)
  const root = ground.resolve(ground.directory)
  const own = access === 'write' ? `${family}(${written(file, root)})` : null
  // Searching names a folder, reading and writing a file in one.
  const folder = /^(Glob|Grep|LS)$/.test(family) ? file : path.dirname(file)
  const exact: RuleSuggestion[] = own === null ? [] : [{ rule: own, scope: 'project' }]
  if (!isInside(folder, root))
    return [{ rule: `${family}(/${quote(folder)}/**)`, scope: 'project' }, ...exact]
  const scope = family === 'Edit' ? 'project' : 'session'
  const relative = quote(path.relative(root, folder))
  const isWhole = relative === '' || family === 'Write'
  return [{ rule: isWhole ? `${family}(**)` : `${family}(${relative}/**)`, scope }, ...exact]
}

function written(file: string, root: string): string {
  return isInside(file, root) ? quote(path.relative(root, file)) : `/${quote(file)}`
}

function quote(name: string): string {
  return name.replace(/[*?[\]{}()|!\\]/g, '\\$&')
}
