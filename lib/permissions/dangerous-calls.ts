import { resolve } from 'node:path'
import { isInside } from '../fs/is-inside.ts'
import { diskFacts } from './facts/disk-facts.ts'
import { withFacts } from './facts/fact-cache.ts'
import type { FactSource, FsView } from './facts/facts.ts'
import { dangers } from './messages.ts'
import { isGranting, isProgram, isProtected } from './paths/path-predicates.ts'
import { withFileOperands } from './shell/effects/file-operands.ts'
import { touchedFiles } from './shell/effects/touched-files.ts'
import { parseLine } from './shell/parse/parse-line.ts'
import { plainValue } from './shell/parse/word.ts'
import { type Redirection, type SimpleCommand, withInnerCommands } from './shell/types.ts'
import { programName } from './shell/unwrap/wrapper-layer.ts'
import type { CallDanger, PermissionRequest, ProjectBounds } from './types.ts'

/**
 * Why a call must be confirmed twice, so that a slip of the finger does not run it; empty when one key is enough. This
 * neither grants nor denies: rules and modes do.
 */
export function findDangers(
  bounds: ProjectBounds,
  request: PermissionRequest,
  source: FactSource = diskFacts,
): Promise<readonly CallDanger[]> {
  return withFacts(bounds, source, (view) => findDangersIn(view, request))
}

function findDangersIn(
  view: FsView,
  { access, subject }: PermissionRequest,
): readonly CallDanger[] {
  if (subject.type === 'paths') {
    if (access !== 'write') return []
    const outside = subject.paths.filter((path) => isOutside(path, view))
    const found = new Map<string, string[]>()
    for (const path of subject.paths) {
      const because = lastingEffect(view.resolve(path), view)
      if (because !== null) found.set(because, [...(found.get(because) ?? []), path])
    }
    const lasting = [...found].map(([because, parts]) => ({ because, parts }))
    return outside.length === 0
      ? lasting
      : [{ because: dangers.modifiesOutside, parts: outside }, ...lasting]
  }
  if (subject.type !== 'command') return []
  return commandDangers(subject.command, view)
}

/** In the order of the commands; the parts of one reason are gathered. */
export function commandDangers(command: string, view: FsView): readonly CallDanger[] {
  const { commands, fragments } = parseLine(command, view)
  const all = withInnerCommands([...commands, ...fragments])
  const found = new Map<string, Set<string>>()
  const add = (because: string, part: string): void => {
    found.set(because, (found.get(because) ?? new Set()).add(part))
  }
  const downloads = all.filter((one) => DOWNLOADERS.has(nameOf(one)))
  const shells = all.filter((one) => SHELLS.has(nameOf(one)))
  if (downloads.length > 0 && shells.length > 0) {
    for (const { text } of [...downloads, ...shells]) add(dangers.runsDownload, text)
  }
  for (const one of all) {
    for (const { because, test } of DANGERS) {
      if (test(nameOf(one), argumentsOf(one))) add(because, one.text)
    }
    for (const { target } of one.redirections.filter((other) => writesOutside(other, view))) {
      add(dangers.modifiesOutside, plainValue(target ?? undefined) ?? one.text)
    }
    for (const { access, file } of touchedFiles(withFileOperands(one), view)) {
      const isDevice = file.startsWith('/dev/')
      if (access !== 'write' || isDevice || !isOutside(file, view)) continue
      add(dangers.modifiesOutside, file)
    }
    for (const { access, file } of touchedFiles(one, view)) {
      if (access !== 'write') continue
      const because = lastingEffect(view.resolve(file), view)
      if (because !== null) add(because, one.text)
    }
  }
  return [...found].map(([because, parts]) => ({ because, parts: [...parts] }))
}

/** What the content of a file does after the call; null where it only is read. */
function lastingEffect(resolved: string, view: FsView): string | null {
  if (isGranting(resolved, view)) return dangers.grants
  if (isProgram(resolved, view)) return dangers.changesProgram
  return isProtected(resolved, view) ? dangers.runsLater : null
}

const DOWNLOADERS = new Set(['curl', 'wget', 'fetch'])
const SHELLS = new Set(['sh', 'bash', 'zsh', 'dash', 'ksh', 'fish', 'eval', 'source'])

const hasOption = (args: readonly string[], letters: string, ...long: readonly string[]): boolean =>
  args.some(
    (arg) => long.includes(arg) || new RegExp(`^-[a-zA-Z]*[${letters}][a-zA-Z]*$`).test(arg),
  )

interface Danger {
  readonly because: string
  test(name: string, args: readonly string[]): boolean
}

const DANGERS: readonly Danger[] = [
  {
    because: dangers.elevatesPrivileges,
    test: (name) => /^(sudo|doas|su|pkexec|runuser)$/.test(name),
  },
  {
    because: dangers.deletesFiles,
    test: (name, args) =>
      name === 'shred' || (name === 'rm' && hasOption(args, 'rRf', '--recursive', '--force')),
  },
  {
    because: dangers.deletesFiles,
    test: (name, args) => name === 'find' && args.includes('-delete'),
  },
  {
    because: dangers.writesToDevice,
    test: (name) => /^(dd|mkfs.*|fdisk|parted|wipefs)$/.test(name),
  },
  {
    because: dangers.stopsMachine,
    test: (name) => /^(reboot|shutdown|halt|poweroff)$/.test(name),
  },
  {
    because: dangers.changesPermissions,
    test: (name, args) => /^ch(mod|own|grp)$/.test(name) && hasOption(args, 'R', '--recursive'),
  },
  {
    because: dangers.discardsGitChanges,
    test(name, args) {
      if (name !== 'git') return false
      const isForced = hasOption(args, 'f', '--force', '--force-with-lease')
      if (args.includes('push') || args.includes('clean')) return isForced
      return args.includes('reset') && args.includes('--hard')
    },
  },
]

function nameOf({ words }: SimpleCommand): string {
  return programName(words[0]) ?? ''
}

function argumentsOf({ words }: SimpleCommand): readonly string[] {
  return words.slice(1).map((word) => word.values.at(0) ?? '')
}

function writesOutside({ operator, target }: Redirection, view: FsView): boolean {
  const file = plainValue(target ?? undefined)
  if (!/^&?>/.test(operator) || file === null || /^&|^\/dev\//.test(file)) return false
  return isOutside(resolve(view.directory, file), view)
}

function isOutside(path: string, view: FsView): boolean {
  return !isInside(view.resolve(path), view.resolve(view.directory))
}
