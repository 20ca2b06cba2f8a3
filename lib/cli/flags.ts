import { PERMISSION_MODES } from '../permissions/types.ts'
import { EFFORTS } from '../util/effort.ts'

/** What `letta completion LIST` prints for the shells: ids, handles or labels, with a name. */
export const COMPLETION_LISTS = [
  'agents',
  'conversations',
  'models',
  'blocks',
  'accounts',
  'themes',
] as const
export type CompletionList = (typeof COMPLETION_LISTS)[number]

/** What follows a flag. */
export interface FlagValue {
  /** As help shows it: `ID`. */
  readonly name: string
  readonly choices?: readonly string[]
  /** The list that has the possible values. */
  readonly list?: CompletionList
  /** `--tools ""` means "none"; for other flags an empty value is an error. */
  readonly allowEmpty?: boolean
  /** The value may be left out, and is only read when it is attached: `--prompt=…`. */
  readonly optional?: boolean
}

export const SECTIONS = [
  'Agent',
  'Model and server',
  'Permissions',
  'Headless mode',
  'Embedded server',
  'Subcommands',
  'General',
] as const
export type Section = (typeof SECTIONS)[number]

export interface Flag {
  /** Without the dashes. */
  readonly name: string
  readonly short?: string
  readonly value?: FlagValue
  readonly help: string
  readonly section: Section
  /** Another flag that must be given too. */
  readonly requires?: string
  readonly conflictsWith?: string
  /** Subcommands that accept it in addition to `letta` without one; `all` for every one. */
  readonly subcommands?: readonly string[] | 'all'
  /** Not accepted by `letta` without a subcommand. */
  readonly subcommandOnly?: true
  /** May be given several times with different values. Of another one of subcommands that is an error; of others the last one counts. */
  readonly isList?: true
  /** Shown to the user when the flag is used. */
  readonly deprecated?: string
}

/** The formats of `lib/export`. */
const EXPORT_FORMATS = ['markdown', 'html', 'jsonl']

/** The layouts of memory files. */
const MEMORY_LAYOUTS = ['markdown', 'memfs']

export const OUTPUT_FORMATS = ['text', 'json', 'stream-json'] as const
export type OutputFormat = (typeof OUTPUT_FORMATS)[number]

/** Subcommands that evaluate calls by the effective rules. */
const RULE_SUBCOMMANDS = ['tools call', 'permissions list']

/** Subcommands that work on one agent of a server. */
const AGENT_SUBCOMMANDS = [
  'memory list',
  'memory show',
  'memory log',
  'memory blame',
  'memory diff',
  'memory restore',
  'memory doctor',
  'memory edit',
  'memory export',
  'memory import',
  'memory sync',
  'memory test',
  'memory ask',
  'messages list',
  'messages search',
  'conversations list',
  'conversations show',
  'conversations search',
  'conversations export',
]

/** Subcommands that talk to a Letta server. */
const SERVER_SUBCOMMANDS = [
  ...AGENT_SUBCOMMANDS,
  'agents list',
  'agents export',
  'agents import',
  'agents copy',
  'agents delete',
  'conversations delete',
  'import',
  'doctor',
  'login',
]

/** Every flag. Parsing, help, shell completion and the reference page are made from this table. */
export const FLAGS: readonly Flag[] = [
  {
    name: 'new',
    section: 'Agent',
    help: 'Create a new agent with new memory blocks',
  },
  {
    name: 'agent',
    short: 'a',
    value: { name: 'ID', list: 'agents' },
    section: 'Agent',
    subcommands: AGENT_SUBCOMMANDS,
    help: 'Use this agent',
  },
  {
    name: 'conversation',
    value: { name: 'ID', list: 'conversations' },
    section: 'Agent',
    conflictsWith: 'new',
    help: 'Continue this conversation ("default": the first one of the agent)',
  },
  {
    name: 'resume',
    short: 'r',
    section: 'Agent',
    conflictsWith: 'conversation',
    help: 'Choose the conversation to continue',
  },
  {
    name: 'name',
    short: 'n',
    value: { name: 'NAME' },
    section: 'Agent',
    help: 'Name of the new agent',
  },
  {
    name: 'continue',
    short: 'c',
    section: 'Agent',
    help: 'Fall back to the last used agent (deprecated)',
    deprecated:
      '--continue is deprecated: letta reopens the agent of this directory automatically.',
  },
  {
    name: 'link',
    section: 'Agent',
    requires: 'agent',
    conflictsWith: 'unlink',
    help: 'Attach the local tools to the agent of --agent',
  },
  {
    name: 'unlink',
    section: 'Agent',
    requires: 'agent',
    conflictsWith: 'link',
    help: 'Detach the local tools from the agent of --agent',
  },
  {
    name: 'tools',
    value: { name: 'LIST', allowEmpty: true },
    isList: true,
    section: 'Agent',
    help: 'Attach only these local tools: "Bash,Read"; "" for none',
  },
  {
    name: 'skills',
    value: { name: 'DIR' },
    section: 'Agent',
    subcommands: ['skills list'],
    help: 'Read skills from DIR instead of .skills',
  },
  {
    name: 'update-skills-block',
    section: 'Agent',
    help: 'Replace a skills block that letta did not create',
  },
  {
    name: 'model',
    short: 'm',
    value: { name: 'MODEL', list: 'models' },
    section: 'Model and server',
    help: 'Model of the agent: sonnet, gpt-5, provider/model …',
  },
  {
    name: 'fallback-model',
    value: { name: 'MODEL', list: 'models' },
    section: 'Model and server',
    help: 'Model that continues a turn when the provider fails',
  },
  {
    name: 'effort',
    value: { name: 'LEVEL', choices: EFFORTS },
    section: 'Model and server',
    help: 'How long the agent reasons: none, low, medium or high',
  },
  {
    name: 'backend',
    value: { name: 'SERVER' },
    section: 'Model and server',
    subcommands: SERVER_SUBCOMMANDS,
    help: 'Letta server: embedded, cloud or a URL',
  },
  {
    name: 'account',
    value: { name: 'NAME', list: 'accounts' },
    section: 'Model and server',
    subcommands: SERVER_SUBCOMMANDS,
    conflictsWith: 'demo',
    help: 'Server that you have signed in to; with login, its name',
  },
  {
    name: 'with-key',
    section: 'Model and server',
    subcommands: ['login'],
    subcommandOnly: true,
    help: 'Ask for an API key instead of opening a browser',
  },
  {
    name: 'demo',
    section: 'Model and server',
    subcommands: ['serve'],
    help: 'Use a scripted model (no AI) on a scratch copy',
  },
  {
    name: 'allowedTools',
    value: { name: 'RULES' },
    isList: true,
    section: 'Permissions',
    subcommands: RULE_SUBCOMMANDS,
    help: 'Run these without approval: "Read,Bash(npm test:*)"',
  },
  {
    name: 'disallowedTools',
    value: { name: 'RULES' },
    isList: true,
    section: 'Permissions',
    subcommands: RULE_SUBCOMMANDS,
    help: 'Never run these: "Bash(curl:*)"',
  },
  {
    name: 'permission-mode',
    value: { name: 'MODE', choices: PERMISSION_MODES },
    section: 'Permissions',
    subcommands: RULE_SUBCOMMANDS,
    help: `One of ${PERMISSION_MODES.join(', ')}`,
  },
  {
    name: 'yolo',
    section: 'Permissions',
    subcommands: RULE_SUBCOMMANDS,
    help: 'Allow what no rule denies: --permission-mode bypassPermissions',
  },
  {
    name: 'trust',
    section: 'Permissions',
    subcommands: RULE_SUBCOMMANDS,
    help: 'Trust the settings of this directory for this run',
  },
  {
    name: 'ignore-broken-settings',
    section: 'Permissions',
    subcommands: RULE_SUBCOMMANDS,
    help: 'Run although denials in the settings cannot be read',
  },
  {
    name: 'prompt',
    short: 'p',
    value: { name: 'TEXT', optional: true },
    section: 'Headless mode',
    help: 'Run one turn non-interactively; prompt from arguments and stdin',
  },
  {
    name: 'output-format',
    value: { name: 'FORMAT', choices: OUTPUT_FORMATS },
    section: 'Headless mode',
    help: 'text, json (one object) or stream-json (newline-delimited events)',
  },
  {
    name: 'max-turns',
    value: { name: 'N' },
    section: 'Headless mode',
    help: 'Maximum model calls per turn',
  },
  {
    name: 'max-cost',
    value: { name: 'DOLLARS' },
    section: 'Headless mode',
    help: 'Stop when the session has cost this much (list prices)',
  },
  {
    name: 'host',
    value: { name: 'ADDRESS' },
    section: 'Embedded server',
    subcommands: ['serve'],
    subcommandOnly: true,
    help: 'Address to listen on (default 127.0.0.1)',
  },
  {
    name: 'port',
    value: { name: 'N' },
    section: 'Embedded server',
    subcommands: ['serve'],
    subcommandOnly: true,
    help: 'Port to listen on (default 8283; 0 = random)',
  },
  {
    name: 'database',
    value: { name: 'FILE' },
    section: 'Embedded server',
    subcommands: ['serve', 'backup list', 'backup restore'],
    subcommandOnly: true,
    help: 'Database file (default: the one of the workbench)',
  },
  {
    name: 'print-token',
    section: 'Embedded server',
    subcommands: ['serve'],
    subcommandOnly: true,
    help: 'Print the token, and exit unless another serve flag is given',
  },
  {
    name: 'json',
    section: 'Subcommands',
    subcommands: [
      'doctor',
      'tools list',
      'skills list',
      'permissions list',
      'agents list',
      'agents import',
      'agents copy',
      'agents delete',
      'conversations delete',
      'import',
      'accounts list',
      'backup list',
      'backup restore',
      'changes',
      ...AGENT_SUBCOMMANDS,
    ],
    subcommandOnly: true,
    help: 'Print JSON',
  },
  {
    name: 'format',
    value: { name: 'FORMAT', choices: EXPORT_FORMATS },
    section: 'Subcommands',
    subcommands: ['conversations export'],
    subcommandOnly: true,
    help: 'Format of the export (default: as the file ends, or markdown)',
  },
  {
    name: 'patch',
    section: 'Subcommands',
    conflictsWith: 'json',
    subcommands: ['changes'],
    subcommandOnly: true,
    help: 'Print the changes for git: letta changes --patch | git apply --cached',
  },
  {
    name: 'yes',
    section: 'Subcommands',
    subcommands: [
      'memory edit',
      'memory import',
      'memory sync',
      'memory restore',
      'agents delete',
      'agents export',
      'conversations delete',
      'conversations export',
      'backup restore',
    ],
    subcommandOnly: true,
    help: 'Skip the confirmation prompt',
  },
  {
    name: 'to',
    value: { name: 'SERVER' },
    section: 'Model and server',
    subcommands: ['agents copy'],
    subcommandOnly: true,
    help: 'Server that gets the copy: embedded, cloud, a URL or an account',
  },
  {
    name: 'limit',
    value: { name: 'N' },
    section: 'Subcommands',
    subcommands: ['messages list', 'messages search', 'conversations search', 'memory log'],
    subcommandOnly: true,
    help: 'Show at most N messages or versions (default 20)',
  },
  {
    name: 'since',
    value: { name: 'TIME' },
    section: 'Subcommands',
    conflictsWith: 'session',
    subcommands: ['memory diff', 'changes'],
    subcommandOnly: true,
    help: 'Since a time (yesterday, 2h, 2026-11-28) or a version of LABEL; for changes a time or message N',
  },
  {
    name: 'layout',
    value: { name: 'LAYOUT', choices: MEMORY_LAYOUTS },
    section: 'Subcommands',
    subcommands: ['memory export', 'memory sync'],
    subcommandOnly: true,
    help: 'markdown (flat) or memfs (directories, as Letta Code has them)',
  },
  {
    name: 'without',
    value: { name: 'LABEL' },
    isList: true,
    section: 'Subcommands',
    subcommands: ['memory ask'],
    subcommandOnly: true,
    help: 'The block or line (LABEL:3, LABEL:3-5) that the second copy lacks; repeatable',
  },
  {
    name: 'session',
    section: 'Subcommands',
    value: { name: 'ID', optional: true },
    subcommands: ['memory diff', 'changes'],
    subcommandOnly: true,
    help: 'Since the last session here began; for changes also an earlier one',
  },
  {
    name: 'at',
    value: { name: 'N' },
    section: 'Subcommands',
    subcommands: ['replay'],
    subcommandOnly: true,
    help: 'Start after event N (default: the last)',
  },
  {
    name: 'directory',
    short: 'C',
    value: { name: 'DIR' },
    section: 'General',
    subcommands: 'all',
    help: 'Work in DIR',
  },
  {
    name: 'theme',
    value: { name: 'THEME', list: 'themes' },
    section: 'General',
    help: 'Theme of the screen for this run',
  },
  {
    name: 'record',
    value: { name: 'FILE' },
    section: 'General',
    help: 'Record the session to FILE as JSON lines (keys redacted)',
  },
  {
    name: 'info',
    section: 'General',
    help: 'Print the resolved configuration and exit',
  },
  {
    name: 'help',
    short: 'h',
    section: 'General',
    subcommands: 'all',
    help: 'Show help',
  },
  {
    name: 'version',
    short: 'v',
    section: 'General',
    subcommands: 'all',
    help: 'Print the version',
  },
]

/** Whether the flag may be given to this subcommand, or (null) to `letta` without one. */
export function acceptsFlag(flag: Flag, subcommand: string | null): boolean {
  const { subcommands = [], subcommandOnly } = flag
  if (subcommand === null) return subcommandOnly !== true
  return subcommands === 'all' || subcommands.includes(subcommand)
}
