/**
 * What a tool can do: `read` only reads, `write` changes files, `execute` runs programs, `consent` asks a person in
 * every mode.
 */
export type Access = 'read' | 'write' | 'execute' | 'consent'

/** What rules are matched against. Paths are absolute (`~` and the project directory applied), links not resolved. */
export type PermissionSubject =
  | {
      readonly type: 'command'
      readonly command: string
      /** Whether other calls run before it ends. */
      readonly isInBackground?: boolean
    }
  | { readonly type: 'paths'; readonly paths: readonly string[] }
  /** The labels of the memory blocks that the call changes. */
  | { readonly type: 'memory'; readonly labels: readonly string[] }
  | { readonly type: 'nothing' }

export interface PermissionRequest {
  readonly tool: string
  readonly access: Access
  readonly subject: PermissionSubject
}

export const PERMISSION_MODES = ['default', 'acceptEdits', 'plan', 'bypassPermissions'] as const
export type PermissionMode = (typeof PERMISSION_MODES)[number]

/** Where a rule is written. `flag` is the command line, `session` lasts until the program exits. */
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
  /** The rule that decided, as written; null when a mode or a default decided. */
  readonly rule: string | null
  readonly source: RuleSource | null
  /** The reason, one sentence for a person. */
  readonly because: string
  /** What it concerns: one simple command of a line, or the resolved path; null for the complete call. */
  readonly part: string | null
  /** For an allowed command line: the text that runs, printed from what was judged. Absent when the line runs as it is. */
  readonly runs?: string
}

/** Why a call must be confirmed twice. `parts`: what of it this concerns, as written: simple commands or paths. */
export interface CallDanger {
  readonly because: string
  readonly parts: readonly string[]
  /** The lines of a change that this concerns: when all of them are rejected, nothing of it is left. */
  readonly lines?: readonly string[]
}

/** A simple command of a line, for a person to review. */
export interface CommandPart {
  /** As written. */
  readonly text: string
  readonly needsApproval: boolean
  readonly because: string
  readonly isDangerous: boolean
  /** Files and hosts, as far as its words name them. */
  readonly writes: readonly string[]
  readonly connects: readonly string[]
}

/** The directories that a session works in; absolute paths. */
export interface ProjectBounds {
  readonly directory: string
  readonly home: string
  /** Resolved directory of the user's files, private and protected in addition to `~/.letta`. */
  readonly lettaDirectory?: string
  /** Resolved directories outside the project that can be read without approval (`additionalDirectories`). */
  readonly readable: readonly string[]
  /** Resolved directories whose programs are in the PATH of the user: of the active virtual environment. */
  readonly programs?: readonly string[]
  /** Directories in the PATH of the user whose programs, of a version manager, run what files of the project name. */
  readonly shims?: readonly string[]
  /** Whether a `grep` of the user opens the files to which links lead when it searches directories, as that of BusyBox does. */
  readonly grepFollowsLinks?: boolean
  /** Whether the user trusts the directory; not when absent. */
  readonly isTrusted?: boolean
}

export interface Policy {
  readonly mode: PermissionMode
  readonly rules: PermissionRules
  readonly bounds: ProjectBounds
  /** Changes of memory require approval where no rule allows them. */
  readonly reviewsMemory?: boolean
  /** The command lines that run in the background. */
  readonly running?: readonly string[]
}

/** An "always allow" rule to suggest. It matches the call, and never the call followed by ` && rm -rf /`. */
export interface RuleSuggestion {
  readonly rule: string
  readonly scope: 'session' | 'local' | 'project' | 'user'
}
