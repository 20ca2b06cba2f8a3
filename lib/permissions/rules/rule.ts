import type { PermissionRule, PermissionRules, RuleSource } from '../types.ts'

/** A rule split into tool and payload. A null payload matches every call of the tool. */
export interface ParsedRule {
  readonly tool: string
  readonly payload: string | null
  /** As written, for verdicts. */
  readonly text: string
  readonly source: RuleSource
}

export interface ParsedRules {
  readonly allow: readonly ParsedRule[]
  readonly deny: readonly ParsedRule[]
  readonly ask: readonly ParsedRule[]
}

/** Parses each rule once for a decision. Texts that are not valid rules match nothing. */
export function parseRules(rules: PermissionRules): ParsedRules {
  const granting = rules.allow.filter(({ text }) => !isUnscoped(text))
  return { allow: parse(granting), deny: parse(rules.deny), ask: parse(rules.ask) }
}

/** `Bash (npm test)`: close enough to a rule to deny, not to allow. */
export function isUnscoped(text: string): boolean {
  return /^[^(]*\S\s+\(/.test(String(text))
}

function parse(rules: readonly PermissionRule[]): readonly ParsedRule[] {
  return rules.flatMap(({ text, source }) => {
    const parts = parseRule(text)
    return parts === null ? [] : [{ ...parts, text, source }]
  })
}

/** `Tool` or `Tool(payload)`; null when the text is neither. */
export function parseRule(text: string): Pick<ParsedRule, 'tool' | 'payload'> | null {
  if (typeof text !== 'string' || text.length > MAX_RULE_CHARACTERS) return null
  const trimmed = text.trim()
  const open = trimmed.indexOf('(')
  const name = open < 0 ? trimmed : trimmed.slice(0, open).trimEnd()
  if (!/^(\*|[A-Za-z_][\w.-]*)$/.test(name)) return null
  const tool = toolFamily(name)
  if (open < 0) return { tool, payload: null }
  if (!trimmed.endsWith(')')) return null
  const payload = trimmed.slice(open + 1, -1)
  if (tool === 'Bash') return isBalanced(payload) ? { tool, payload: payload.trim() } : null
  return { tool, payload: normalizePath(tool, payload.trim()) }
}

const MAX_RULE_CHARACTERS = 10_000

/** The canonical spelling of a rule, which is compared and saved. */
export function normalizeRule(text: string): string {
  const rule = parseRule(text)
  if (rule === null) return text
  if (rule.payload === null) return rule.tool
  const payload = rule.tool === 'Bash' ? unwrapShell(rule.payload) : rule.payload
  return `${rule.tool}(${payload})`
}

/** `bash -lc 'npm test'` runs `npm test` and nothing else. */
function unwrapShell(command: string): string {
  return /^(?:ba|da)?sh -l?c (["'])([^"'$`\\]+)\1$/.exec(command)?.[2] ?? command
}

/** The name in rules for the tools by which an agent changes its memory blocks: `Memory`, `Memory(human)`. */
export const MEMORY_TOOL = 'Memory'

/** These tools, which run on the server. */
export const MEMORY_TOOLS: readonly string[] = [
  'memory',
  'memory_insert',
  'memory_replace',
  'memory_rethink',
  'memory_apply_patch',
  'archival_memory_insert',
  'core_memory_append',
  'core_memory_replace',
  'rethink_memory',
]

/** Tools that do the same thing share one family and its rules, whatever a model family calls them. */
export function toolFamily(tool: string): string {
  return FAMILIES.get(tool) ?? tool
}

const FAMILIES = new Map([
  ...['MultiEdit', 'NotebookEdit', 'Replace', 'replace', 'ApplyPatch', 'apply_patch'].map(
    toFamily('Edit'),
  ),
  ...['shell', 'Shell', 'ShellCommand', 'shell_command', 'run_shell_command', 'RunShellCommand']
    .concat(['exec_command'])
    .map(toFamily('Bash')),
  ...['read_file', 'ReadFile', 'NotebookRead'].map(toFamily('Read')),
  ...['write_file', 'WriteFile'].map(toFamily('Write')),
  ...['ListDir', 'list_dir', 'list_directory', 'ListDirectory'].map(toFamily('LS')),
  ...['GlobGemini', 'glob'].map(toFamily('Glob')),
  ...['search_file_content', 'SearchFileContent', 'grep_files', 'GrepFiles'].map(toFamily('Grep')),
  ...MEMORY_TOOLS.map(toFamily(MEMORY_TOOL)),
])

function toFamily(family: string): (name: string) => readonly [string, string] {
  return (name) => [name, family]
}

const FILE_TOOLS = new Set(['Read', 'Write', 'Edit', 'LS', 'Glob', 'Grep'])

export function isFileTool(tool: string): boolean {
  return FILE_TOOLS.has(tool)
}

/**
 * The families whose deny rules also bind a tool: a file that must not be read must not be searched or edited either
 * (both show its content), and a file that must not be written must not be edited, nor one replaced that must not be edited.
 */
export function denyingFamilies(tool: string): readonly string[] {
  return DENYING_FAMILIES.get(tool) ?? [tool]
}

const DENYING_FAMILIES = new Map([
  ['Grep', ['Grep', 'Read']],
  ['Glob', ['Glob', 'Read']],
  ['LS', ['LS', 'Read']],
  ['Edit', ['Edit', 'Write', 'Read']],
  ['Write', ['Write', 'Edit']],
])

/** `src\a` is `src/a`, `c:\x` is `C:/x`; a backslash before a wildcard escapes it. */
function normalizePath(tool: string, payload: string): string {
  if (!FILE_TOOLS.has(tool)) return payload
  return payload
    .replace(/\\(?![*?[\]{}!\\])/g, '/')
    .replace(
      /^(\/{0,2})([a-z]):(?=\/)/,
      (_, root: string, drive: string) => `${root}${drive.toUpperCase()}:`,
    )
}

/** A rule with stray parentheses, such as `npm test)`, allows and denies nothing. */
function isBalanced(payload: string): boolean {
  let depth = 0
  for (const character of payload) {
    if (character === '(') depth++
    if (character === ')' && --depth < 0) return false
  }
  return depth === 0
}
