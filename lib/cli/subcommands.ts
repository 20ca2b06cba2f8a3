export interface Subcommand {
  /** One or two words: `trust`, `tools list`. */
  readonly name: string
  readonly operands: readonly string[]
  /** The only words that the operand may be. */
  readonly choices?: readonly string[]
  readonly doc: string
  /** Asks for a key: a word too many may be one, and is not repeated. */
  readonly asksForKey?: true
}

/** Words that are no prompt. */
export const SUBCOMMANDS: readonly Subcommand[] = [
  { name: 'trust', operands: ['[DIR]'], doc: 'Trust a folder: its settings may grant' },
  {
    name: 'permissions check',
    operands: [],
    doc: 'Judge calls from standard input, one JSON object a line',
  },
  { name: 'permissions list', operands: [], doc: 'List the rules in force, with their source' },
  {
    name: 'tools call',
    operands: ['NAME', '[JSON]'],
    doc: 'Run a tool as the agent would, by the same permissions',
  },
  { name: 'tools list', operands: [], doc: 'List the local tools' },
  { name: 'skills list', operands: [], doc: 'List the skills of this folder' },
  { name: 'serve', operands: [], doc: 'Put the embedded Letta server on a port' },
  { name: 'memory list', operands: [], doc: 'List the memory blocks' },
  { name: 'memory show', operands: ['LABEL'], doc: 'Print a memory block' },
  {
    name: 'memory edit',
    operands: ['LABEL'],
    doc: 'Edit a memory block in your editor, or give it the piped text',
  },
  { name: 'memory export', operands: ['DIR'], doc: 'Write memory as markdown files' },
  {
    name: 'memory import',
    operands: ['DIR'],
    doc: 'Read memory from markdown files; shows the difference and asks',
  },
  { name: 'agents list', operands: [], doc: 'List the agents' },
  { name: 'agents delete', operands: ['ID'], doc: 'Delete an agent; asks first' },
  { name: 'messages list', operands: [], doc: 'List the newest messages' },
  { name: 'messages search', operands: ['TEXT'], doc: 'Search the messages' },
  {
    name: 'connect',
    operands: ['[PROVIDER]'],
    asksForKey: true,
    doc: 'Keep the key of a model vendor, or an endpoint, after testing it',
  },
  {
    name: 'login',
    operands: [],
    asksForKey: true,
    doc: 'Sign in to Letta Cloud, or with --backend to your own server',
  },
  { name: 'logout', operands: [], doc: 'Sign out: forget the stored keys and addresses' },
  {
    name: 'replay',
    operands: ['FILE'],
    doc: 'Step through a recorded session, or print its screen',
  },
  {
    name: 'completion',
    operands: ['SHELL'],
    choices: ['bash', 'zsh', 'fish'],
    doc: 'Print the completion for a shell: eval "$(letta completion bash)"',
  },
]
