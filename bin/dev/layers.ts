/** What one directory, or one file, of the program may import. The most specific row is the one that counts. */
export interface Layer {
  readonly path: string
  readonly purpose: string
  /** Directories and files outside of `path`. Everything below `path` may always be imported. */
  readonly imports: readonly string[]
  readonly packages?: readonly string[]
  /** May import `node:*`. */
  readonly node?: boolean
  /** No clock, no randomness, no I/O. With 'loads', it may still load a module with `import()`. */
  readonly pure?: true | 'loads'
}

const BASE = ['lib/util', 'lib/fs'] as const
const FACTS = ['lib/session/state', 'lib/session/events.ts', 'lib/session/messages'] as const
/** Types and pure helpers that describe what tools, rules and skills are. */
const TERMS = ['lib/permissions', 'lib/skills', 'lib/tools'] as const

/** From the bottom up: a row may import rows above it, and rows below it only where it says so. */
export const LAYERS: readonly Layer[] = [
  {
    path: 'lib/util',
    purpose: 'small helpers without I/O: errors, redaction, sanitizing, suggestions',
    imports: [],
    packages: ['diff', 'gray-matter', 'yaml'],
  },
  {
    path: 'lib/fs',
    purpose: 'files: bounded reads, atomic writes, locks, error codes, path resolution',
    imports: ['lib/util'],
    node: true,
  },
  {
    path: 'lib/store.ts',
    purpose: 'the store: `dispatch`, `subscribe`, `when`',
    imports: ['lib/util'],
  },
  {
    path: 'lib/models',
    purpose: 'model names and how to set up a model',
    imports: ['lib/util'],
  },
  {
    path: 'lib/prompts',
    purpose: 'the texts that the agent gets',
    imports: BASE,
    node: true,
  },
  {
    path: 'lib/permissions',
    purpose: 'rules, shell lines and paths to one verdict',
    imports: BASE,
    packages: ['unbash'],
    node: true,
  },
  {
    path: 'lib/settings',
    purpose: 'settings files of the user and the project, trust, remembered ids',
    imports: [...BASE, 'lib/permissions'],
    packages: ['jsonc-parser', 'zod'],
    node: true,
  },
  {
    path: 'lib/skills',
    purpose: 'skills: discovery and the block that lists them',
    imports: BASE,
    packages: ['chokidar', 'fast-glob'],
    node: true,
  },
  {
    path: 'lib/tools',
    purpose: 'the local tools, the runner, processes, the undo journal',
    imports: [...BASE, 'lib/permissions'],
    packages: ['@vscode/ripgrep', 'execa', 'fast-glob', 'ignore', 'node-diff3', 'zod'],
    node: true,
  },
  {
    path: 'lib/server',
    purpose: 'the embedded Letta server: routes, storage, agent loop, model providers',
    imports: [...BASE, 'lib/models'],
    packages: [
      '@ai-sdk/anthropic',
      '@ai-sdk/google',
      '@ai-sdk/openai',
      '@ai-sdk/openai-compatible',
      '@hono/node-server',
      'hono',
      'libsql',
      'zod',
    ],
    node: true,
  },
  {
    path: 'lib/session/state',
    purpose: 'what is known of a session, and selectors',
    imports: ['lib/util', ...TERMS],
    pure: true,
  },
  {
    path: 'lib/session/events.ts',
    purpose: 'the facts that can happen in a session',
    imports: ['lib/session/state', 'lib/util', ...TERMS],
    pure: true,
  },
  {
    path: 'lib/session/messages',
    purpose: 'what a session reports to a person',
    imports: ['lib/session/state', 'lib/util'],
    pure: true,
  },
  {
    path: 'lib/session/reduce',
    purpose: 'fact by fact to the next state',
    imports: [...FACTS, 'lib/util', ...TERMS],
    pure: true,
  },
  {
    path: 'lib/recording',
    purpose: 'a session as its facts, one a line: written without keys, replayed',
    imports: [...BASE, ...FACTS, 'lib/session/reduce'],
    node: true,
  },
  {
    path: 'lib/client',
    purpose: 'the one Letta client: connection, streams, agents, messages, memory',
    imports: [...BASE, ...FACTS, 'lib/models', 'lib/server'],
    packages: ['@letta-ai/letta-client', 'undici', 'zod'],
    node: true,
  },
  {
    path: 'lib/memory',
    purpose: 'memory blocks: Markdown files, differences, updates',
    imports: [...BASE, ...FACTS, 'lib/client', 'lib/permissions'],
    packages: ['node-diff3'],
    node: true,
  },
  {
    path: 'lib/session',
    purpose: 'the session: turns, approvals, and the services that they need',
    imports: [
      ...BASE,
      ...TERMS,
      'lib/client',
      'lib/export',
      'lib/memory',
      'lib/models',
      'lib/prompts',
      'lib/settings',
      'lib/store.ts',
    ],
    packages: ['zod'],
    node: true,
  },
  {
    path: 'lib/export',
    purpose: 'a conversation as Markdown, HTML or JSON lines',
    imports: ['lib/util', 'lib/session/state'],
    packages: ['marked'],
    pure: true,
  },
  {
    path: 'lib/commands',
    purpose: 'what a user can ask of a session, with or without a screen',
    imports: ['lib/util', 'lib/permissions', 'lib/prompts', 'lib/session'],
  },
  {
    path: 'lib/cli',
    purpose: 'flags, subcommands, help, shell completion',
    imports: ['lib/util', 'lib/permissions'],
    node: true,
  },
  {
    path: 'lib/headless/messages.ts',
    purpose: 'what headless mode reports',
    imports: [],
    pure: true,
  },
  {
    path: 'lib/headless/output-lines.ts',
    purpose: 'the types of what is printed, which the package publishes',
    imports: [],
    pure: true,
  },
  {
    path: 'lib/headless/formats.ts',
    purpose: 'the output formats, as functions of the state',
    imports: [
      ...FACTS,
      'lib/util',
      'lib/cli',
      'lib/headless/messages.ts',
      'lib/headless/output-lines.ts',
      ...TERMS,
    ],
    pure: true,
  },
  {
    path: 'lib/headless',
    purpose: 'one turn without a screen',
    imports: ['lib/util', 'lib/cli', 'lib/permissions', 'lib/session'],
  },
  {
    path: 'ui/messages',
    purpose: 'the texts of the workbench',
    imports: ['lib/util', ...FACTS, ...TERMS],
    pure: true,
  },
  {
    path: 'ui/state',
    purpose: 'what is known of the screen: state, events, reducers',
    imports: [
      ...FACTS,
      ...TERMS,
      'lib/session/reduce',
      'lib/prompts/user-prompts.ts',
      'lib/util',
      'ui/messages',
      'ui/view/render',
      'ui/view/types.ts',
    ],
    pure: true,
  },
  {
    path: 'ui/theme',
    purpose: 'themes and styles, and the files they come from',
    imports: [
      ...BASE,
      'ui/messages',
      'ui/terminal/colors.ts',
      'ui/view/render',
      'ui/view/types.ts',
    ],
    packages: ['zod'],
    node: true,
  },
  {
    path: 'ui/input',
    purpose: 'keys to commands: keymap, contexts, routing',
    imports: [
      ...FACTS,
      'lib/store.ts',
      'lib/util',
      'ui/messages',
      'ui/state',
      'ui/theme',
      'ui/view/types.ts',
    ],
    packages: ['zod'],
  },
  {
    path: 'ui/view/render',
    purpose: 'text to styled rows: Markdown, diffs, code, wrapping, widths',
    imports: ['lib/util', 'lib/tools', 'ui/theme', 'ui/view/types.ts'],
    packages: ['cli-highlight', 'diff', 'get-east-asian-width', 'marked', 'marked-terminal'],
    pure: 'loads',
  },
  {
    path: 'ui/view',
    purpose: 'layout and panes: rows as functions of the state',
    imports: [
      ...FACTS,
      ...TERMS,
      'lib/util',
      'ui/input/keymap.ts',
      'ui/input/key-contexts.ts',
      'ui/input/workbench-message.ts',
      'ui/messages',
      'ui/state',
      'ui/theme',
    ],
    pure: true,
  },
  {
    path: 'ui/terminal',
    purpose: 'the terminal: blessed, painter, input decoder, lifecycle',
    imports: [...BASE, 'ui/view/render', 'ui/view/types.ts'],
    packages: ['blessed', 'neo-blessed'],
    node: true,
  },
  {
    path: 'ui/commands',
    purpose: 'commands that need a screen',
    imports: [
      'lib/client',
      'lib/commands',
      'lib/permissions',
      'lib/session',
      'lib/store.ts',
      'lib/tools',
      'lib/util',
      'ui/input/workbench-message.ts',
      'ui/messages',
      'ui/state',
      'ui/theme',
      'ui/view',
    ],
  },
  {
    path: 'ui/app',
    purpose: 'the workbench: wires store, screen, keys and session together',
    imports: [
      ...BASE,
      'lib/client',
      'lib/commands',
      'lib/prompts',
      'lib/recording',
      'lib/session',
      'lib/store.ts',
      'lib/tools',
      'ui/commands',
      'ui/input',
      'ui/messages',
      'ui/state',
      'ui/terminal',
      'ui/theme',
      'ui/view',
    ],
    node: true,
  },
  {
    path: 'bin/dev',
    purpose: 'scripts for contributors: generated pages, layer rules, banned words',
    imports: ['lib', 'ui', 'package.json'],
    packages: ['fast-glob', 'marked', 'typescript', 'zod'],
    node: true,
  },
  {
    path: 'bin',
    purpose: 'the program: arguments to workbench, headless mode or a subcommand; build and set-up',
    imports: ['lib', 'ui', 'package.json'],
    packages: ['esbuild'],
    node: true,
  },
]
