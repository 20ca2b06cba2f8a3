import { spellOut } from '../../lib/util/invisible-characters.ts'
import { plural } from '../../lib/util/quantities.ts'

/** The texts of `letta doctor`: what was found, and what to do about it. */

export const CHECK_NAMES = {
  node: 'Node',
  home: 'files',
  settings: 'settings',
  terminal: 'terminal',
  clipboard: 'clipboard',
  git: 'git',
  ripgrep: 'ripgrep',
  database: 'database',
  server: 'server',
  models: 'models',
  proxy: 'proxy',
} as const

export const nodeFound = (version: string, program: string): string =>
  `${version}, letta ${program}`

export const diskFree = (path: string, gibibytes: string): string =>
  `${spellOut(path)}, ${gibibytes} GiB free`
export const diskFull = (path: string): string =>
  `Free some space on the disk of ${spellOut(path)}: messages and memory are saved there.`
export const notWritable = (path: string, reason: string): string => `${spellOut(path)}: ${reason}`
export const noDirectory = (path: string): string => `${spellOut(path)} is not a directory`
export const notAFile = (path: string): string => `${spellOut(path)} is not a file`
export const renameIt = (path: string): string =>
  `Move or rename ${spellOut(path)}; letta then creates what it needs there.`
export const makeWritable = (path: string): string =>
  `Make ${spellOut(path)} writable for your user.`

export const SETTINGS_VALID = 'valid'
export const settingsWithErrors = (count: number): string => plural(count, 'error')

export const NOT_A_TERMINAL = 'standard input or output is not a terminal'
export const RUN_IN_TERMINAL = 'Run letta doctor in the terminal in which you use letta.'
export const terminalFound = (parts: readonly string[]): string => parts.join(', ')
export const terminalSize = (columns: number, rows: number): string => `${columns}×${rows}`
export const colorsFound = (colors: string): string =>
  colors === 'truecolor' ? 'true color' : colors === 'none' ? 'no color' : `${colors} colors`
export const SET_COLORTERM =
  'If this terminal supports true color, set COLORTERM=truecolor (in tmux: set -ga terminal-features ",*:RGB").'
export const NO_REPLY = 'does not answer questions'
export const NO_REPLY_ADVICE =
  'Without answers, letta waits before it treats Escape as a separate key, and uses the dark theme. Choose a theme with /theme.'
export const EXTENDED_KEYS = 'extended keys'
export const backgroundFound = (background: string): string => `${background} background`
export const IN_TMUX = 'in tmux'

export const ONLY_OSC_52 = 'escape sequence (OSC 52) only'
export const INSTALL_CLIPBOARD =
  'If the terminal ignores it, install wl-clipboard (Wayland) or xclip (X11).'

export const NOT_INSTALLED = 'not installed'
export const INSTALL_GIT =
  'Install git: without it letta shows no branch and no changes of shell commands.'
export const REINSTALL =
  'Install letta again with optional dependencies: npm install -g letta-workbench --include=optional'

export const databaseFound = (path: string, mebibytes: string): string =>
  `${spellOut(path)}, ${mebibytes} MiB`
export const databaseDamaged = (path: string): string => `${spellOut(path)} is damaged`
export const RESTORE_BACKUP =
  'List the copies with letta backup list, and restore one with letta backup restore. The next start renames the damaged file.'
export const databaseMissing = (path: string): string =>
  `${spellOut(path)}, created at the first start`

export const EMBEDDED_SERVER = 'embedded'
export const serverAnswers = (name: string): string => `${spellOut(name)} answers`
export const serverFails = (name: string, reason: string): string => `${spellOut(name)}: ${reason}`
export const SERVER_ADVICE =
  'Check the address and the network, or sign in with letta login. For the embedded server: letta --backend embedded'

export const modelsFound = (providers: readonly string[]): string => providers.join(', ')
export const modelCount = (title: string, count: number): string =>
  `${spellOut(title)} (${plural(count, 'model')})`
export const providerFails = (title: string, reason: string): string =>
  `${spellOut(title)}: ${reason}`
export const SERVER_WITHOUT_MODELS = 'Connect a model where this server runs.'
export const NO_MODELS = 'none connected'
export const CONNECT_MODEL =
  'Save an API key with letta connect, or start Ollama, LM Studio, llama.cpp or vLLM on this machine.'
export const CHECK_NETWORK =
  'Check the network, and the proxy if you use one. A model on this machine needs neither.'
export const CHECK_KEY = 'Check the key or the address: letta connect verifies and saves it.'

export const NO_PROXY_SET = 'none'
export const CORRECT_PROXY = 'Correct or unset the variable: until then letta does not start.'
export const proxiesFound = (variables: readonly string[]): string => variables.join(', ')
