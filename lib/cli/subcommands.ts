import { commandReference } from '../util/references.ts'
import { COMPLETION_LISTS, type CompletionList } from './flags.ts'

export interface Subcommand {
  /** One or two words: `trust`, `tools list`. */
  readonly name: string
  readonly operands: readonly string[]
  /** The only words that the operand may be. */
  readonly choices?: readonly string[]
  /** The list that has the possible operands. */
  readonly list?: CompletionList
  readonly help: string
  /** Asks for a key. An unexpected argument may be one, so that it is not repeated in the error. */
  readonly asksForKey?: true
}

const SHELLS = ['bash', 'zsh', 'fish']

/** Words at the start of a command line that name a subcommand, and are not a prompt. */
export const SUBCOMMANDS: readonly Subcommand[] = [
  {
    name: 'trust',
    operands: ['[DIR]'],
    help: 'Trust a directory (enable its permission rules)',
  },
  {
    name: 'permissions check',
    operands: [],
    help: 'Evaluate tool calls read from stdin (JSON lines)',
  },
  { name: 'permissions list', operands: [], help: 'List effective rules and their sources' },
  {
    name: 'tools call',
    operands: ['NAME', '[JSON]'],
    help: 'Run a tool with the permissions of the agent',
  },
  { name: 'tools list', operands: [], help: 'List the local tools' },
  {
    name: 'changes',
    operands: ['[SESSION]'],
    help: 'List what changed in files in the last session',
  },
  {
    name: 'doctor',
    operands: [],
    help: 'Check machine, settings, server and models, with what to do',
  },
  { name: 'skills list', operands: [], help: 'List the skills of this directory' },
  { name: 'serve', operands: [], help: 'Start the embedded Letta server' },
  { name: 'memory list', operands: [], help: 'List memory blocks' },
  {
    name: 'memory show',
    operands: ['LABEL[@N]'],
    list: 'blocks',
    help: 'Print a memory block, or an earlier version of it',
  },
  {
    name: 'memory log',
    operands: ['LABEL'],
    list: 'blocks',
    help: 'List the versions of a memory block',
  },
  {
    name: 'memory blame',
    operands: ['LABEL'],
    list: 'blocks',
    help: 'Show who wrote each line of a block, and when',
  },
  {
    name: 'memory diff',
    operands: ['[LABEL[@N]]'],
    list: 'blocks',
    help: 'Show what changed in memory (default: in the last session here)',
  },
  {
    name: 'memory restore',
    operands: ['LABEL@N'],
    list: 'blocks',
    help: 'Restore a version of a block (previews the diff)',
  },
  {
    name: 'memory doctor',
    operands: [],
    help: 'Find full blocks, duplicates, past dates, missing paths',
  },
  {
    name: 'memory edit',
    operands: ['LABEL'],
    list: 'blocks',
    help: 'Edit a memory block in $EDITOR, or replace it from stdin',
  },
  { name: 'memory export', operands: ['DIR'], help: 'Export memory to Markdown files' },
  {
    name: 'memory import',
    operands: ['DIR'],
    help: 'Import memory from Markdown files (previews the diff)',
  },
  {
    name: 'memory sync',
    operands: ['DIR'],
    help: 'Merge memory with Markdown files, both ways, and commit them',
  },
  {
    name: 'memory test',
    operands: ['[FILE]'],
    help: 'Ask copies of the agent the questions of .letta/memory-tests',
  },
  {
    name: 'memory ask',
    operands: ['QUESTION'],
    help: 'Ask with and without a block or line: does this memory matter?',
  },
  {
    name: 'backup list',
    operands: [],
    help: 'List the backups of the database: age, size, contents',
  },
  {
    name: 'backup restore',
    operands: ['ID'],
    help: 'Restore a backup (with confirmation); the replaced database is retained',
  },
  { name: 'agents list', operands: [], help: 'List agents' },
  {
    name: 'agents export',
    operands: ['ID', '[FILE]'],
    list: 'agents',
    help: 'Export an agent with memory, tools and messages (.af)',
  },
  { name: 'agents import', operands: ['FILE'], help: 'Create the agents of an agent file (.af)' },
  {
    name: 'agents copy',
    operands: ['ID'],
    list: 'agents',
    help: 'Copy an agent to the server of --to',
  },
  {
    name: 'agents delete',
    operands: ['ID'],
    list: 'agents',
    help: 'Delete an agent (with confirmation)',
  },
  { name: 'messages list', operands: [], help: 'List the newest messages' },
  { name: 'messages search', operands: ['TEXT'], help: 'Search messages' },
  { name: 'conversations list', operands: [], help: 'List the conversations of the agent' },
  {
    name: 'conversations show',
    operands: ['ID'],
    list: 'conversations',
    help: 'Print a conversation ("default": the first one)',
  },
  {
    name: 'conversations search',
    operands: ['TEXT'],
    help: 'Search titles and messages of all conversations of the agent',
  },
  {
    name: 'conversations export',
    operands: ['ID', '[FILE]'],
    list: 'conversations',
    help: 'Export a conversation as Markdown, HTML or JSON lines',
  },
  {
    name: 'conversations delete',
    operands: ['ID'],
    list: 'conversations',
    help: 'Delete a conversation (with confirmation)',
  },
  {
    name: 'import',
    operands: ['FILE'],
    help: 'Create an agent that continues a recorded or exported conversation',
  },
  {
    name: 'connect',
    operands: ['[PROVIDER|ADDRESS]'],
    asksForKey: true,
    help: 'Verify and save a provider API key or endpoint',
  },
  {
    name: 'login',
    operands: [],
    asksForKey: true,
    help: 'Sign in to Letta Cloud, or with --backend to another server',
  },
  { name: 'accounts list', operands: [], help: 'List the servers that you have signed in to' },
  {
    name: 'accounts use',
    operands: ['NAME'],
    list: 'accounts',
    help: 'Use this account from now on; "embedded" for none',
  },
  {
    name: 'accounts remove',
    operands: ['NAME'],
    list: 'accounts',
    help: 'Sign out of this account, and delete its key',
  },
  { name: 'logout', operands: [], help: 'Sign out and delete stored credentials' },
  {
    name: 'replay',
    operands: ['FILE'],
    help: 'Step through a recorded session, or print its screen',
  },
  {
    name: 'completion',
    operands: ['SHELL|LIST'],
    choices: [...SHELLS, ...COMPLETION_LISTS],
    help: 'Print a completion script: eval "$(letta completion bash)"',
  },
]

/** `letta memory show LABEL` */
export function subcommandUsage({ name, operands }: Subcommand): string {
  return ['letta', name, ...operands].join(' ')
}

/** What does it instead of a subcommand, by the word that other programs have for it. */
export const OTHER_WORDS: ReadonlyMap<string, string> = new Map([
  ['config', 'letta --info'],
  ['demo', 'letta --demo'],
  ['info', 'letta --info'],
  ['model', commandReference('model.choose')],
  ['models', commandReference('model.choose')],
  ['new', `${commandReference('conversation.new')}, or letta --new for another agent`],
  ['resume', 'letta --resume'],
  ['settings', 'letta --info'],
  ['update', 'npm install -g letta-workbench'],
  ['upgrade', 'npm install -g letta-workbench'],
  ['usage', commandReference('usage.show')],
  ['version', 'letta --version'],
])
