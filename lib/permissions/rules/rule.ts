import type { PermissionRule, PermissionRules, RuleSource } from '../types.ts'

/** A rule taken apart. A null payload speaks of every call of the tool. */
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

/** Each rule taken apart once for a whole decision. Texts that are no rules speak of nothing. */
export function parseRules(rules: PermissionRules): ParsedRules {
  const granting = rules.allow.filter(({ text }) => !isUnscoped(text))
  return { allow: parse(granting), deny: parse(rules.deny), ask: parse(rules.ask) }
}

/** `Bash (npm test)`: near enough to forbid, not to grant. */
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
  if (typeof text !== 'string' || text.length > LONGEST) return null
  const trimmed = text.trim()
  const open = trimmed.indexOf('(')
  const name = open < 0 ? trimmed : trimmed.slice(0, open).trimEnd()
  if (!/^(\*|[A-Za-z_][\w.-]*)$/.test(name)) return null
  const tool = toolFamily(name)
  if (open < 0) return { tool, payload: null }
  if (!trimmed.endsWith(')')) return null
  const payload = trimmed.slice(open + 1, -1)
  if (tool === 'Bash') return isBalanced(payload) ? { tool, payload: payload.trim() } : null
  return { tool, payload: normalPath(tool, payload.trim()) }
}

const LONGEST = 10_000

/** One way to write each rule: what is compared, and what is saved. */
export function normalizeRule(text: string): string {
  const rule = parseRule(text)
  if (rule === null) return text
  if (rule.payload === null) return rule.tool
  const payload = rule.tool === 'Bash' ? withoutShell(rule.payload) : rule.payload
  return `${rule.tool}(${payload})`
}

/** `bash -lc 'npm test'` runs `npm test` and nothing else. */
function withoutShell(command: string): string {
  return /^(?:ba|da)?sh -l?c (["'])([^"'$`\\]+)\1$/.exec(command)?.[2] ?? command
}

/** Tools that do the same thing to the same subject are bound by one rule, whatever a model family calls them. */
export function toolFamily(tool: string): string {
  return FAMILIES.get(tool) ?? tool
}

const FAMILIES = new Map([
  ...['MultiEdit', 'NotebookEdit', 'Replace', 'replace', 'ApplyPatch', 'apply_patch'].map(
    of('Edit'),
  ),
  ...['shell', 'Shell', 'ShellCommand', 'shell_command', 'run_shell_command', 'RunShellCommand']
    .concat(['exec_command'])
    .map(of('Bash')),
  ...['read_file', 'ReadFile', 'NotebookRead'].map(of('Read')),
  ...['write_file', 'WriteFile'].map(of('Write')),
  ...['ListDir', 'list_dir', 'list_directory', 'ListDirectory'].map(of('LS')),
  ...['GlobGemini', 'glob'].map(of('Glob')),
  ...['search_file_content', 'SearchFileContent', 'grep_files', 'GrepFiles'].map(of('Grep')),
])

function of(family: string): (name: string) => readonly [string, string] {
  return (name) => [name, family]
}

const FILE_TOOLS = new Set(['Read', 'Write', 'Edit', 'LS', 'Glob', 'Grep'])

export function isFileTool(tool: string): boolean {
  return FILE_TOOLS.has(tool)
}

/**
 * Rules of these tools speak of a call, too: who may not read a file may not search or edit it (both show what is in
 * it), who may not edit it may not replace it.
 */
export function deniedWith(tool: string): readonly string[] {
  return DENIED_WITH.get(tool) ?? [tool]
}

const DENIED_WITH = new Map([
  ['Grep', ['Grep', 'Read']],
  ['Glob', ['Glob', 'Read']],
  ['LS', ['LS', 'Read']],
  ['Edit', ['Edit', 'Read']],
  ['Write', ['Write', 'Edit']],
])

/** `src\a` is `src/a`, `c:\x` is `C:/x`; a backslash before a wildcard quotes it. */
function normalPath(tool: string, payload: string): string {
  if (!FILE_TOOLS.has(tool)) return payload
  return payload
    .replace(/\\(?![*?[\]{}!\\])/g, '/')
    .replace(
      /^(\/{0,2})([a-z]):(?=\/)/,
      (_, root: string, drive: string) => `${root}${drive.toUpperCase()}:`,
    )
}

/** `npm test)` was meant otherwise: a rule with stray parentheses grants and forbids nothing. */
function isBalanced(payload: string): boolean {
  let depth = 0
  for (const character of payload) {
    if (character === '(') depth++
    if (character === ')' && --depth < 0) return false
  }
  return depth === 0
}
