import path from 'node:path'
import type { Ground } from './request.ts'

/** Both resolved and absolute. */
export function isInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file)
  return relative === '' || (!relative.startsWith('..') && !path.isAbsolute(relative))
}

const PROTECTED_FOLDERS = new Set([
  '.git',
  '.letta',
  '.ssh',
  '.gnupg',
  '.vscode',
  '.idea',
  '.husky',
])
const START_UP =
  /^\.(bashrc|bash_profile|bash_login|bash_logout|profile|zshrc|zshenv|zprofile|zlogin|kshrc|cshrc|tcshrc|inputrc|vimrc|exrc|emacs|gitconfig|npmrc|envrc)$/

/** Files whose change would let something run or grant later: a person sees each such change. */
export function isProtected(file: string, { home }: Ground): boolean {
  const parts = file.toLowerCase().split(path.sep)
  if (parts.some((part) => PROTECTED_FOLDERS.has(part))) return true
  if (START_UP.test(parts.at(-1) ?? '')) return true
  return isInside(file, path.join(home, '.config')) || isInside(file, path.join(home, '.local'))
}
