import path from 'node:path'
import type { FsView } from '../types.ts'

/** Both resolved and absolute. */
export function isInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file)
  return relative !== '..' && !relative.startsWith('../') && !path.isAbsolute(relative)
}

/** Whether a resolved path may be read without asking. */
export function isReadable(file: string, ground: FsView): boolean {
  if (ground.readable.some((folder) => isInside(file, folder))) return true
  return isInside(file, ground.resolve(ground.directory)) && !isPrivate(file, ground)
}

/** Keys and tokens, which are nobody's project even when the project is the home folder. */
function isPrivate(file: string, ground: FsView): boolean {
  const home = ground.resolve(ground.home)
  if (!isInside(file, home)) return false
  const [first = ''] = path.relative(home, file).split('/')
  return PRIVATE.has(first)
}

const PRIVATE = new Set([
  '.letta',
  '.ssh',
  '.gnupg',
  '.aws',
  '.azure',
  '.kube',
  '.netrc',
  '.docker',
])

/** Files whose change lets something run, or grants something, later: a person sees each such change. */
export function isProtected(file: string, ground: FsView): boolean {
  const home = ground.resolve(ground.home)
  const parts = file.normalize('NFKC').toLowerCase().split('/').map(withoutDisguise)
  if (parts.some((part) => FOLDERS.has(part))) return true
  const name = parts.at(-1) ?? ''
  if (FILES.has(name) || /\.(code-workspace|sublime-project)$/.test(name)) return true
  if (!isInside(file, home)) return false
  const below = path.relative(home, file).toLowerCase()
  return HOME_PLACES.some((place) => below === place || below.startsWith(`${place}/`))
}

/** Names that some file systems take for the same: `.git.`, `.git `, `GIT~1`, and letters nobody sees. */
function withoutDisguise(part: string): string {
  const plain = part.replace(/[\p{Cf}\p{Mn}]/gu, '').replace(/[. ]+$/, '')
  return SHORT_NAMES.get(plain) ?? plain.replace(/:.*$/, '')
}

const SHORT_NAMES = new Map([
  ['git~1', '.git'],
  ['letta~1', '.letta'],
  ['ssh~1', '.ssh'],
])

const FOLDERS = new Set([
  '.git',
  '.letta',
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
  ...['.aws', '.docker', '.kube'],
])

const FILES = new Set([
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
    '.mcp.json',
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
  ],
])

/** Below the home folder: what runs at start, by the clock, or in place of another program. */
const HOME_PLACES = [
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
