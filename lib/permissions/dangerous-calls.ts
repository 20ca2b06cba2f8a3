import { resolve } from 'node:path'
import { isInside } from './paths/path-predicates.ts'
import { readLine } from './shell/parse/parse-line.ts'
import { plainValue } from './shell/parse/word.ts'
import type { Redirection, SimpleCommand } from './shell/types.ts'
import type { FsView, PermissionRequest } from './types.ts'

/**
 * Why a slip of the finger must not let this call run, in a sentence; null when one key may. It grants and forbids
 * nothing: that is for rules and modes.
 */
export function findDanger(ground: FsView, { access, subject }: PermissionRequest): string | null {
  if (subject.type === 'paths') {
    const isOutside = subject.paths.some((path) => isElsewhere(path, ground))
    return access === 'write' && isOutside ? OUTSIDE : null
  }
  if (subject.type === 'nothing') return null
  const { commands, pieces } = readLine(subject.command, ground)
  const all = [...commands, ...pieces].flatMap(withInner)
  const names = all.map(nameOf)
  if (names.some((name) => FETCHERS.has(name)) && names.some((name) => SHELLS.has(name))) {
    return 'It runs what it fetches from the network.'
  }
  for (const command of all) {
    const danger = DANGERS.find(({ test }) => test(nameOf(command), argsOf(command)))
    if (danger !== undefined) return danger.because
    if (command.redirections.some((one) => leavesProject(one, ground))) return OUTSIDE
  }
  return null
}

const OUTSIDE = 'It changes files outside the project.'

const FETCHERS = new Set(['curl', 'wget', 'fetch'])
const SHELLS = new Set(['sh', 'bash', 'zsh', 'dash', 'ksh', 'fish', 'eval', 'source'])

const hasFlag = (args: readonly string[], letters: string, ...long: readonly string[]): boolean =>
  args.some(
    (arg) => long.includes(arg) || new RegExp(`^-[a-zA-Z]*[${letters}][a-zA-Z]*$`).test(arg),
  )

interface Danger {
  readonly because: string
  test(name: string, args: readonly string[]): boolean
}

const DANGERS: readonly Danger[] = [
  {
    because: 'It runs as another user.',
    test: (name) => /^(sudo|doas|su|pkexec|runuser)$/.test(name),
  },
  {
    because: 'It deletes files for good.',
    test: (name, args) =>
      name === 'shred' || (name === 'rm' && hasFlag(args, 'rRf', '--recursive', '--force')),
  },
  {
    because: 'It deletes files for good.',
    test: (name, args) => name === 'find' && args.includes('-delete'),
  },
  {
    because: 'It writes to disks as they are.',
    test: (name) => /^(dd|mkfs.*|fdisk|parted|wipefs)$/.test(name),
  },
  {
    because: 'It stops the machine.',
    test: (name) => /^(reboot|shutdown|halt|poweroff)$/.test(name),
  },
  {
    because: 'It changes the rights of whole folders.',
    test: (name, args) => /^ch(mod|own|grp)$/.test(name) && hasFlag(args, 'R', '--recursive'),
  },
  {
    because: 'It throws away what git may not bring back.',
    test(name, args) {
      if (name !== 'git') return false
      const isForced = hasFlag(args, 'f', '--force', '--force-with-lease')
      if (args.includes('push') || args.includes('clean')) return isForced
      return args.includes('reset') && args.includes('--hard')
    },
  },
]

function withInner(command: SimpleCommand): readonly SimpleCommand[] {
  return [command, ...(command.inner?.commands.flatMap(withInner) ?? [])]
}

function nameOf({ words }: SimpleCommand): string {
  return (words[0]?.values.at(0) ?? '').replace(/^.*\//, '')
}

function argsOf({ words }: SimpleCommand): readonly string[] {
  return words.slice(1).map((word) => word.values.at(0) ?? '')
}

function leavesProject({ operator, target }: Redirection, ground: FsView): boolean {
  const file = plainValue(target ?? undefined)
  if (!/^&?>/.test(operator) || file === null || /^&|^\/dev\//.test(file)) return false
  return isElsewhere(resolve(ground.directory, file), ground)
}

function isElsewhere(path: string, ground: FsView): boolean {
  return !isInside(ground.resolve(path), ground.directory)
}
