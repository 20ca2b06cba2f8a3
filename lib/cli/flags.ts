import { PERMISSION_MODES } from '../permissions/types.ts'

/** What follows a flag. */
export interface FlagValue {
  /** As help shows it: `ID`. */
  readonly name: string
  readonly choices?: readonly string[]
  /** `--tools ""` means "none"; elsewhere an empty value is a slip. */
  readonly mayBeEmpty?: boolean
  /** The value may only be glued on (`--prompt=…`), and need not be there. */
  readonly optional?: boolean
}

export const SECTIONS = [
  'Agent',
  'Model and server',
  'Permissions',
  'Headless',
  'Serve',
  'Subcommands',
  'Program',
] as const
export type Section = (typeof SECTIONS)[number]

export interface Flag {
  /** Without the dashes. */
  readonly name: string
  readonly short?: string
  readonly value?: FlagValue
  readonly doc: string
  readonly section: Section
  /** Another flag that must be there too. */
  readonly needs?: string
  readonly excludes?: string
  /** Subcommands that take it beside the plain `letta`; `all` for every one. */
  readonly subcommands?: readonly string[] | 'all'
  /** Means nothing to the plain `letta`. */
  readonly subcommandsOnly?: true
  /** Said to the user when it is used. */
  readonly deprecated?: string
}

export const OUTPUT_FORMATS = ['text', 'json', 'stream-json'] as const
export type OutputFormat = (typeof OUTPUT_FORMATS)[number]

/** Subcommands that judge calls by the rules in force. */
const JUDGING = ['tools call', 'permissions list']

/** Subcommands that speak to a server about one agent. */
const ABOUT_AN_AGENT = [
  'memory list',
  'memory show',
  'memory edit',
  'memory export',
  'memory import',
  'messages list',
  'messages search',
]

/** Every flag there is: parsing, help and the README's table are made from this. */
export const flags: readonly Flag[] = [
  {
    name: 'new',
    section: 'Agent',
    doc: 'Make a new agent with new memory blocks',
  },
  {
    name: 'agent',
    short: 'a',
    value: { name: 'ID' },
    section: 'Agent',
    subcommands: ABOUT_AN_AGENT,
    doc: 'Open this agent',
  },
  {
    name: 'name',
    short: 'n',
    value: { name: 'NAME' },
    section: 'Agent',
    doc: 'Name for a new agent',
  },
  {
    name: 'continue',
    short: 'c',
    section: 'Agent',
    doc: 'Fall back to the agent used last anywhere (deprecated)',
    deprecated: '--continue is deprecated: letta opens this folder’s agent by itself.',
  },
  {
    name: 'link',
    section: 'Agent',
    needs: 'agent',
    excludes: 'unlink',
    doc: 'Attach the local tools to the agent of --agent, then start',
  },
  {
    name: 'unlink',
    section: 'Agent',
    needs: 'agent',
    excludes: 'link',
    doc: 'Take the local tools from the agent of --agent, then start',
  },
  {
    name: 'tools',
    value: { name: 'LIST', mayBeEmpty: true },
    section: 'Agent',
    doc: 'Attach only these local tools: "Bash,Read"; "" for none',
  },
  {
    name: 'skills',
    value: { name: 'DIR' },
    section: 'Agent',
    subcommands: ['skills list'],
    doc: 'Read skills from here instead of .skills',
  },
  {
    name: 'model',
    short: 'm',
    value: { name: 'MODEL' },
    section: 'Model and server',
    doc: 'Model of the agent: sonnet, gpt-5, provider/model …',
  },
  {
    name: 'backend',
    value: { name: 'SERVER' },
    section: 'Model and server',
    subcommands: [...ABOUT_AN_AGENT, 'agents list', 'agents delete', 'login'],
    doc: 'Letta server: embedded, cloud, or an address',
  },
  {
    name: 'demo',
    section: 'Model and server',
    subcommands: ['serve'],
    doc: 'Play a scripted model (no AI) on a scratch copy',
  },
  {
    name: 'allowedTools',
    value: { name: 'RULES' },
    section: 'Permissions',
    subcommands: JUDGING,
    doc: 'Run these without asking: "Read,Bash(npm test:*)"',
  },
  {
    name: 'disallowedTools',
    value: { name: 'RULES' },
    section: 'Permissions',
    subcommands: JUDGING,
    doc: 'Never run these: "Bash(curl:*)"',
  },
  {
    name: 'permission-mode',
    value: { name: 'MODE', choices: PERMISSION_MODES },
    section: 'Permissions',
    subcommands: JUDGING,
    doc: `One of ${PERMISSION_MODES.join(', ')}`,
  },
  {
    name: 'yolo',
    section: 'Permissions',
    subcommands: JUDGING,
    doc: 'Run everything unasked: --permission-mode bypassPermissions',
  },
  {
    name: 'trust',
    section: 'Permissions',
    subcommands: JUDGING,
    doc: 'Trust this folder’s settings for this run',
  },
  {
    name: 'prompt',
    short: 'p',
    value: { name: 'TEXT', optional: true },
    section: 'Headless',
    doc: 'One turn without a screen; words and piped text are the prompt',
  },
  {
    name: 'output-format',
    value: { name: 'FORMAT', choices: OUTPUT_FORMATS },
    section: 'Headless',
    doc: 'text, json (one object at the end) or stream-json (one event a line)',
  },
  {
    name: 'max-turns',
    value: { name: 'N' },
    section: 'Headless',
    doc: 'Stop a turn after so many model calls',
  },
  {
    name: 'host',
    value: { name: 'ADDRESS' },
    section: 'Serve',
    subcommands: ['serve'],
    subcommandsOnly: true,
    doc: 'Address to listen on (127.0.0.1: this machine alone)',
  },
  {
    name: 'port',
    value: { name: 'N' },
    section: 'Serve',
    subcommands: ['serve'],
    subcommandsOnly: true,
    doc: 'Port to listen on (8283; 0 takes a free one)',
  },
  {
    name: 'database',
    value: { name: 'FILE' },
    section: 'Serve',
    subcommands: ['serve'],
    subcommandsOnly: true,
    doc: 'Serve this file (the workbench’s own)',
  },
  {
    name: 'print-token',
    section: 'Serve',
    subcommands: ['serve'],
    subcommandsOnly: true,
    doc: 'Print the token; without an address to listen on, only that',
  },
  {
    name: 'json',
    section: 'Subcommands',
    subcommands: [
      'tools list',
      'skills list',
      'permissions list',
      'agents list',
      'agents delete',
      ...ABOUT_AN_AGENT,
    ],
    subcommandsOnly: true,
    doc: 'Print JSON',
  },
  {
    name: 'yes',
    section: 'Subcommands',
    subcommands: ['memory import', 'agents delete'],
    subcommandsOnly: true,
    doc: 'Do it without asking',
  },
  {
    name: 'limit',
    value: { name: 'N' },
    section: 'Subcommands',
    subcommands: ['messages list', 'messages search'],
    subcommandsOnly: true,
    doc: 'The newest N alone (20)',
  },
  {
    name: 'at',
    value: { name: 'N' },
    section: 'Subcommands',
    subcommands: ['replay'],
    subcommandsOnly: true,
    doc: 'Begin behind so many events (all)',
  },
  {
    name: 'directory',
    short: 'C',
    value: { name: 'DIR' },
    section: 'Program',
    subcommands: 'all',
    doc: 'Work in this folder',
  },
  {
    name: 'record',
    value: { name: 'FILE' },
    section: 'Program',
    doc: 'Write all that happens to a file, one event a line, without keys',
  },
  {
    name: 'info',
    section: 'Program',
    doc: 'Tell what letta would use here, then stop',
  },
  {
    name: 'help',
    short: 'h',
    section: 'Program',
    subcommands: 'all',
    doc: 'Print this help',
  },
  {
    name: 'version',
    short: 'v',
    section: 'Program',
    subcommands: 'all',
    doc: 'Print the version',
  },
]

/** Does the flag mean something to this subcommand, or (null) to the plain `letta`? */
export function acceptsFlag(flag: Flag, subcommand: string | null): boolean {
  const { subcommands = [], subcommandsOnly } = flag
  if (subcommand === null) return subcommandsOnly !== true
  return subcommands === 'all' || subcommands.includes(subcommand)
}
