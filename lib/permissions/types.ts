/**
 * What a tool may do to the world.
 * `read` looks, `write` changes files, `execute` runs programs, `consent` always asks a person, in every mode.
 */
export type Access = 'read' | 'write' | 'execute' | 'consent'

/** What a rule is matched with. Paths are absolute (`~` and the working folder applied), not yet resolved. */
export type PermissionSubject =
  | { readonly type: 'command'; readonly command: string }
  | { readonly type: 'paths'; readonly paths: readonly string[] }
  | { readonly type: 'nothing' }

export interface PermissionRequest {
  readonly tool: string
  readonly access: Access
  readonly subject: PermissionSubject
}

export const PERMISSION_MODES = ['default', 'acceptEdits', 'plan', 'bypassPermissions'] as const
export type PermissionMode = (typeof PERMISSION_MODES)[number]

/** Where a rule was written. `flag` is the command line, `session` lasts until exit. */
export type RuleSource = 'flag' | 'session' | 'local' | 'project' | 'user'

export interface PermissionRule {
  /** As written: `Bash(npm run test:*)`, `Read(src/**)`, `Grep`. */
  readonly text: string
  readonly source: RuleSource
}

export interface PermissionRules {
  readonly allow: readonly PermissionRule[]
  readonly deny: readonly PermissionRule[]
  readonly ask: readonly PermissionRule[]
}

export const NO_RULES: PermissionRules = { allow: [], deny: [], ask: [] }

export interface Verdict {
  readonly decision: 'allow' | 'ask' | 'deny'
  /** The rule that spoke, as written; null when a mode or a default did. */
  readonly rule: string | null
  readonly source: RuleSource | null
  /** One sentence for a person. */
  readonly because: string
  /** The part of a shell line that it concerns (one simple command), or the resolved path; null for the whole. */
  readonly part: string | null
}

/** Where judging happens. `resolve` follows symlinks of the longest existing prefix of an absolute path. */
export interface FsView {
  readonly directory: string
  readonly home: string
  /** Folders outside the project that may be read without asking (`--skills`, `additionalDirectories`). */
  readonly readable: readonly string[]
  resolve(path: string): string
}

export interface Policy {
  readonly mode: PermissionMode
  readonly rules: PermissionRules
  readonly ground: FsView
}

/** An "always allow" rule to offer; the person may edit it. Matches the call, never the call + ` && rm -rf /`. */
export interface RuleSuggestion {
  readonly rule: string
  readonly scope: 'session' | 'local' | 'project' | 'user'
}
