import path from 'node:path'
import { foldPath } from '../../fs/fold-path.ts'
import { isInside } from '../../fs/is-inside.ts'
import type { FsView } from '../facts/facts.ts'

/** Whether a resolved path can be read without approval. */
export function isReadable(file: string, view: FsView): boolean {
  if (view.readable.some((directory) => isInside(file, directory))) return true
  return isInside(file, view.resolve(view.directory)) && !isPrivate(file, view)
}

/** Keys, tokens and what the system knows of processes: not part of the project even when that is the home directory, or `/`. */
export function isPrivate(file: string, view: FsView): boolean {
  if (OF_SYSTEM.some((directory) => isInside(foldPath(file), directory))) return true
  if (isOfUser(file, view)) return true
  const below = belowHome(file, view)
  if (below === null) return false
  const isListed = PRIVATE_IN_HOME.some((one) => isInside(`/${below}`, `/${one}`))
  return isListed || HISTORY_FILE.test(below)
}

/** Whether a directory (resolved) can contain such files: it is the home directory, above it, or above one of them. */
export function mayContainPrivate(directory: string, view: FsView): boolean {
  if (isReadableRoot(directory, view)) return false
  const home = foldPath(view.resolve(view.home))
  if (directory === '/' || isInside(home, foldPath(directory))) return true
  if (isInside(foldPath(view.lettaDirectory), foldPath(directory))) return true
  const below = belowHome(directory, view)
  return below !== null && PRIVATE_IN_HOME.some((one) => isInside(`/${one}`, `/${below}`))
}

/** The path below the home directory in lower case, as some file systems ignore it; null elsewhere. */
function belowHome(file: string, view: FsView): string | null {
  const home = foldPath(view.resolve(view.home))
  const folded = foldPath(file)
  return isInside(folded, home) ? path.relative(home, folded) : null
}

/** Whether it is among the files of the user, which are where LETTA_HOME says. */
function isOfUser(file: string, { lettaDirectory }: FsView): boolean {
  return isInside(foldPath(file), foldPath(lettaDirectory))
}

/** Whether the user has made it readable with all that is in it. */
function isReadableRoot(directory: string, view: FsView): boolean {
  return view.readable.some((root) => isInside(directory, root))
}

/** Processes with their environment, and devices with their content. */
const OF_SYSTEM = ['/proc', '/sys', '/dev']

const PRIVATE_IN_HOME = [
  ...['.letta', '.ssh', '.gnupg', '.aws', '.azure', '.kube', '.docker', '.config/gcloud'],
  ...['.netrc', '.git-credentials', '.config/git/credentials', '.config/gh', '.config/hub'],
  ...['.npmrc', '.yarnrc', '.yarnrc.yml', '.pypirc', '.gem/credentials', '.m2/settings.xml'],
  ...['.cargo/credentials', '.cargo/credentials.toml', '.gradle/gradle.properties'],
  ...['.pgpass', '.my.cnf', '.mylogin.cnf', '.s3cfg', '.boto', '.vault-token', '.terraform.d'],
  ...['.password-store', '.local/share/keyrings', '.local/share/kwalletd', '.config/op'],
  ...['.mozilla', '.thunderbird', '.config/google-chrome', '.config/chromium', 'snap/firefox'],
  ...['.config/bravesoftware', '.config/microsoft-edge', 'library/keychains', 'library/cookies'],
  ...['library/application support', '.zsh_sessions', '.lesshst', '.viminfo'],
  '.local/share/fish/fish_history',
]

/** What was typed into shells and other programs, which can be a password. */
const HISTORY_FILE = /^\.[^/]*(history|histfile)[^/]*$/

/** Files whose change can execute code or grant permissions later: a person approves each such change. */
export function isProtected(file: string, view: FsView): boolean {
  const parts = file.normalize('NFKC').toLowerCase().split('/').map(toCanonicalName)
  if (parts.some((part) => PROTECTED_DIRECTORIES.has(part))) return true
  const name = parts.at(-1) ?? ''
  if (
    isGranting(file, view) ||
    isProgram(file, view) ||
    PROTECTED_FILES.has(name) ||
    /\.(code-workspace|sublime-project)$/.test(name)
  )
    return true
  const below = belowHome(file, view)
  return below !== null && PROTECTED_IN_HOME.some((start) => isInside(`/${below}`, `/${start}`))
}

/**
 * Files that instruct the agent or grant it something: texts that become part of its prompt, settings, servers of tools. A
 * slip of the finger must not write one, since what it grants lasts.
 */
export function isGranting(file: string, view: FsView): boolean {
  if (isOfUser(file, view)) return true
  const parts = file.normalize('NFKC').toLowerCase().split('/').map(toCanonicalName)
  return parts.some((part) => GRANTING_NAMES.has(part))
}

/** Programs of the project that come first in a PATH: a later line runs them by the name of another program. */
export function isProgram(file: string, { programs = [] }: FsView): boolean {
  const plain = file.normalize('NFKC').toLowerCase().split('/').map(toCanonicalName).join('/')
  return (
    PROGRAM_DIRECTORY.test(plain) || programs.some((one) => isInside(foldPath(file), foldPath(one)))
  )
}

/** The directory itself as well: a link can take its place. */
const PROGRAM_DIRECTORY = /\/(\.?venv\/(bin|scripts)|node_modules\/\.bin)(\/|$)/

const GRANTING_NAMES = new Set([
  ...['.letta', '.skills', '.mcp.json'],
  ...['agents.md', 'agents.override.md', 'claude.md', 'claude.local.md', 'gemini.md'],
])

/** Some file systems treat these names as equal: `.git.`, `.git `, `GIT~1`, and names with invisible characters. */
function toCanonicalName(part: string): string {
  const plain = part.replace(/[\p{Cf}\p{Mn}]/gu, '').replace(/[. ]+$/, '')
  return SHORT_NAMES.get(plain) ?? plain.replace(/:.*$/, '')
}

const SHORT_NAMES = new Map([
  ['git~1', '.git'],
  ['letta~1', '.letta'],
  ['ssh~1', '.ssh'],
  ['skills~1', '.skills'],
])

const PROTECTED_DIRECTORIES = new Set([
  '.git',
  '.ssh',
  '.gnupg',
  '.vscode',
  '.idea',
  '.husky',
  '.devcontainer',
  '.githooks',
  ...['.zed', '.fleet', '.cursor', '.windsurf', '.claude', '.codex', '.gemini', '.opencode'],
  ...[
    '.vim',
    '.nvim',
    '.emacs.d',
    '.direnv',
    '.mise',
    '.cargo',
    '.bundle',
    '.yarn',
    '.mvn',
    '.gradle',
  ],
  ...['.aws', '.docker', '.kube', '.hg'],
])

const PROTECTED_FILES = new Set([
  ...['.bashrc', '.bash_profile', '.bash_login', '.bash_logout', '.bash_aliases', '.profile'],
  ...['.zshrc', '.zshenv', '.zprofile', '.zlogin', '.zlogout', '.kshrc', '.cshrc', '.tcshrc'],
  ...['.inputrc', '.xinitrc', '.xprofile', '.xsession', '.pam_environment', '.hushlogin'],
  ...['.vimrc', '.gvimrc', '.exrc', '.nvimrc', '.emacs', '.nanorc', '.tmux.conf', '.screenrc'],
  ...['.gitconfig', '.gitmodules', '.npmrc', '.yarnrc', '.yarnrc.yml', '.pypirc'],
  ...[
    '.netrc',
    '.curlrc',
    '.wgetrc',
    '.envrc',
    '.mise.toml',
    '.nvim.lua',
    '.dir-locals.el',
    '.pre-commit-config.yaml',
    'lefthook.yml',
    'lefthook.yaml',
    '.lefthook.yml',
    '.pnpmfile.cjs',
    '.pnp.cjs',
    '.pnp.loader.mjs',
    '.ripgreprc',
    '.pdbrc',
    '.gdbinit',
  ],
  ...[
    '.lldbinit',
    '.psqlrc',
    '.sqliterc',
    '.irbrc',
    '.pythonrc',
    '.rprofile',
    '.login',
    '.forward',
    ...['.lesskey', '.less', '.hgrc', '.ghci', '.pryrc', '.ackrc', '.tigrc', '.ocamlinit'],
    ...['.tool-versions', 'mise.toml', 'mise.local.toml', '.mise.local.toml', '.asdfrc'],
  ],
])

/** Below the home directory: what runs at login, on a schedule, or in place of another program. */
const PROTECTED_IN_HOME = [
  '.config',
  '.local/bin',
  '.local/share/applications',
  '.local/share/systemd',
  '.local/lib',
  'bin',
  '.bin',
  '.cargo',
  '.rustup',
  '.gradle',
  '.m2',
  '.docker',
  '.kube',
  '.aws',
  '.vim',
  '.emacs.d',
  '.oh-my-zsh',
  '.zsh',
  '.crontab',
  '.termux',
  'library/launchagents',
]
