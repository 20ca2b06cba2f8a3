import path from 'node:path'
import { isInside } from '../fs/is-inside.ts'
import { judge } from './decide.ts'
import { diskFacts } from './facts/disk-facts.ts'
import { withFacts } from './facts/fact-cache.ts'
import type { FactSource, FsView } from './facts/facts.ts'
import { checkRule } from './rules/check-rule.ts'
import { isFileTool, MEMORY_TOOL, parseRules, toolFamily } from './rules/rule.ts'
import { parseLine } from './shell/parse/parse-line.ts'
import { plainValue, type ShellWord } from './shell/parse/word.ts'
import { skipGitOptions } from './shell/tables/git-options.ts'
import type { SimpleCommand } from './shell/types.ts'
import { programName } from './shell/unwrap/wrapper-layer.ts'
import {
  NO_RULES,
  type PermissionRequest,
  type PermissionRules,
  type Policy,
  type RuleSuggestion,
} from './types.ts'

/** An "always allow" rule that covers this call and nothing that could be appended to it; null when none is safe. */
export function suggest(
  { rules, bounds }: Policy,
  request: PermissionRequest,
  source: FactSource = diskFacts,
): Promise<RuleSuggestion | null> {
  return withFacts(bounds, source, (view) => findSuggestion({ rules, view }, request))
}

/** Every such rule, the preferred one first. */
export function suggestAll(
  { rules, bounds }: Policy,
  request: PermissionRequest,
  source: FactSource = diskFacts,
): Promise<readonly RuleSuggestion[]> {
  return withFacts(bounds, source, (view) => [...safeRules({ rules, view }, request)])
}

/** The mode is left out: a rule must hold in every mode. */
interface SuggestionContext {
  readonly rules: PermissionRules
  readonly view: FsView
}

function findSuggestion(
  context: SuggestionContext,
  request: PermissionRequest,
): RuleSuggestion | null {
  return safeRules(context, request).next().value ?? null
}

function* safeRules(
  context: SuggestionContext,
  request: PermissionRequest,
): Generator<RuleSuggestion, undefined> {
  if (request.access === 'consent') return
  for (const { rule, scope } of findCandidates(context.view, request)) {
    // A rule of a file does not overrule an ask rule; one of the session does.
    for (const target of new Set([scope, 'session' as const])) {
      if (!isSafe(context, request, { rule, scope: target })) continue
      yield { rule, scope: target }
      break
    }
  }
}

/** Verified by deciding again: with the rule the call is allowed, and with only this rule nothing longer is. */
function isSafe(
  { rules, view }: SuggestionContext,
  request: PermissionRequest,
  { rule, scope }: RuleSuggestion,
): boolean {
  if (checkRule(rule) !== null) return false
  const allows = (given: PermissionRules, judged: PermissionRequest): boolean =>
    judge({ mode: 'default', rules: parseRules(given), view }, judged).decision === 'allow'
  const added = { text: rule, source: scope }
  if (!allows({ ...rules, allow: [...rules.allow, added] }, request)) return false
  const { subject } = request
  if (subject.type !== 'command') return true
  const command = `${subject.command} && rm -rf /`
  return !allows({ ...NO_RULES, allow: [added] }, { ...request, subject: { ...subject, command } })
}

function findCandidates(view: FsView, request: PermissionRequest): readonly RuleSuggestion[] {
  const { subject } = request
  const family = toolFamily(request.tool)
  if (subject.type === 'command') return commandRules(view, subject.command)
  if (subject.type === 'memory') return memoryRules(subject.labels)
  if (subject.type === 'paths') return pathRules(view, family, request.access, subject.paths)
  return isFileTool(family) || family === 'Bash' ? [] : [{ rule: family, scope: 'session' }]
}

/** A rule for the block: its agents belong to the user, so it is saved for all directories. */
function memoryRules(labels: readonly string[]): readonly RuleSuggestion[] {
  const [label, ...others] = new Set(labels)
  if (label === undefined || others.length > 0) return [{ rule: MEMORY_TOOL, scope: 'session' }]
  const isPlain = /^[\w./-]+$/.test(label)
  return [
    {
      rule: isPlain ? `${MEMORY_TOOL}(${label})` : MEMORY_TOOL,
      scope: isPlain ? 'user' : 'session',
    },
  ]
}

function commandRules(view: FsView, line: string): readonly RuleSuggestion[] {
  const { commands } = parseLine(line, view)
  if (commands.length === 0 || commands.some(isDangerous)) return []
  const prefixes = commands.flatMap((command) => prefixOf(command))
  // A single command is suggested with the complete line, `&` included; of several commands, each alone.
  const parts = commands.length === 1 ? [] : commands.map(({ text }) => text)
  // At the end, a wildcard of the line would be one of the rule: everything that begins like this line.
  const exact = [...parts, line.trim()].filter((text) => !text.endsWith('*'))
  return [...new Set([...prefixes, ...exact])]
    .slice(0, MAX_CANDIDATES)
    .map((payload) => ({ rule: `Bash(${payload})`, scope: 'project' }))
}

/** Each candidate is verified by parsing the line again. */
const MAX_CANDIDATES = 12

/** What a person should approve each time: lost files, other users' rights, forced overwriting. */
function isDangerous({ words, inner }: SimpleCommand): boolean {
  const args = words.slice(1).map((word) => word.values.at(0) ?? '')
  if (DANGEROUS.test(programName(words[0]) ?? '')) return true
  if (args.some((arg) => /^-f$|^--(force|hard)/.test(arg))) return true
  return inner?.commands.some(isDangerous) ?? false
}

const DANGEROUS =
  /^(rm|rmdir|mv|chmod|chown|chgrp|sudo|doas|su|dd|mkfs.*|fdisk|kill|killall|pkill|shred|truncate|reboot|shutdown)$/

/** The first words, which say what a command does: `git push:*`, `npm run build:*`. */
function prefixOf({ words, inner }: SimpleCommand): readonly string[] {
  if (inner?.isTransparent === true && inner.innerIndex === null)
    return inner.commands.flatMap(prefixOf)
  if (inner !== null && !/^(npx|npm|pnpm|yarn|bun)$/.test(plainValue(words[0]) ?? '')) return []
  const values = withoutGitDirectory(words).map((word) => skillDirectory(plainValue(word) ?? '-'))
  const depth = PREFIX_DEPTHS.find(([program]) => program.test(values[0] ?? ''))?.[1](values) ?? 0
  const own = values.slice(0, depth)
  if (LOSES_OR_GRANTS.some((pattern) => pattern.test(values.join(' ')))) return []
  const isClear =
    own.length === depth && depth > 0 && own.every((value) => /^[\w:.@/][\w:.@/-]*$/.test(value))
  return isClear ? [`${own.join(' ')}:*`] : []
}

/** Without the options of git that say where it works, not what it does. */
function withoutGitDirectory(words: readonly ShellWord[]): readonly ShellWord[] {
  if (plainValue(words[0]) !== 'git') return words
  const { subcommand, others } = skipGitOptions(words)
  const isPlain = others.every((option) => option === '--no-pager')
  return isPlain ? [...words.slice(0, 1), ...words.slice(subcommand)] : words
}

/** The scripts of one skill share a rule. */
function skillDirectory(value: string): string {
  return value.replace(/(\/\.?skills\/.+?)\/scripts\/.*$/, '$1')
}

/** Subcommands that are followed by a program or a subcommand of any kind, or set what runs later. */
const RUNS_ANYTHING = /^(node|workspaces?|config|set|explore|create|init)$/

/**
 * Subcommands that lose what cannot be found again, publish, or set who may do what and what runs later. One call of them says nothing
 * about the next: only exactly this line is suggested.
 */
const LOSES_OR_GRANTS: readonly RegExp[] = [
  /^git (clean|config|reset|restore|update-ref|replace|filter-branch|gc|prune|reflog|symbolic-ref)( |$)/,
  /^git (stash (drop|clear)|worktree (remove|prune)|remote (rm|remove|prune|set-url)|lfs prune)( |$)/,
  /^git (branch|tag|push|checkout|switch) (.* )?(-[a-zA-Z]*[dDfMC]|--d\S*|--mirror|--prune|--|[:+]\S+|\.)( |$)/,
  /^gh (api|alias|auth|codespace|config|extension|gpg-key|ruleset|secret|ssh-key|variable)( |$)/,
  /^gh \S+ (archive|close|delete|delete-\S+|disable|edit|enable|lock|merge|remove|rename|sync|transfer|unarchive|upload)( |$)/,
  /^gh (workflow|run) (run|cancel|rerun)( |$)/,
  /^(npm|pnpm|yarn|bun) (access|adduser|deprecate|dist-tag|hook|login|logout|org|owner|pkg|profile|publish|star|team|token|undeprecate|unpublish|unstar|version)( |$)/,
]

/** How many of the first words of a program's call say what it does. */
const PREFIX_DEPTHS: readonly (readonly [RegExp, (values: readonly string[]) => number])[] = [
  [/^git$/, () => 2],
  // `npm exec:*` would allow everything.
  [
    /^(npm|bun|yarn|pnpm)$/,
    ([, second = '']) =>
      RUNS_ANYTHING.test(second) ? 0 : /^(run|exec|x|dlx)$/.test(second) ? 3 : 2,
  ],
  [/^gh$/, ([, second]) => (second === 'api' ? 2 : 3)],
  [
    /^(npx)$/,
    ([, runner, script = '']) => (/^(tsx|ts-node)$/.test(runner ?? '') && script !== '' ? 3 : 0),
  ],
  [/^(ls|cat|pwd|echo|which|type|whoami|date|grep|rg|find|head|tail|wc)$/, () => 1],
]

function pathRules(
  view: FsView,
  family: string,
  access: PermissionRequest['access'],
  paths: readonly string[],
): readonly RuleSuggestion[] {
  const [first] = paths
  if (first === undefined) return []
  const file = view.resolve(first)
  const root = view.resolve(view.directory)
  const own = access === 'write' ? `${family}(${toRulePath(file, root)})` : null
  // Searches name a directory; reads and writes name a file in one.
  const directory = /^(Glob|Grep|LS)$/.test(family) ? file : path.dirname(file)
  const exact: RuleSuggestion[] = own === null ? [] : [{ rule: own, scope: 'project' }]
  if (!isInside(directory, root))
    return [{ rule: `${family}(/${escapeName(directory)}/**)`, scope: 'project' }, ...exact]
  const scope = family === 'Edit' ? 'project' : 'session'
  const relative = escapeName(path.relative(root, directory))
  const near: RuleSuggestion = {
    rule: relative === '' ? `${family}(**)` : `${family}(${relative}/**)`,
    scope,
  }
  // New files are often in directories that are new, too.
  const all: RuleSuggestion = { rule: `${family}(**)`, scope }
  return relative !== '' && family === 'Write' ? [near, all, ...exact] : [near, ...exact]
}

function toRulePath(file: string, root: string): string {
  return isInside(file, root) ? escapeName(path.relative(root, file)) : `/${escapeName(file)}`
}

function escapeName(name: string): string {
  return name.replace(/[*?[\]{}()|!\\]/g, '\\$&')
}
