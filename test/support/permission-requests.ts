import path from 'node:path'
import type { Access, Request, Subject } from '../../lib/permissions/request.ts'
import { toolFamily } from '../../lib/permissions/rule.ts'

/** A call by name and raw arguments as the tools would describe it to the permissions. */
export function requestFor(tool: string, args: unknown, cwd: string, home: string): Request {
  const record = new Map(Object.entries(args !== null && typeof args === 'object' ? args : {}))
  const [access, subjectOf] = TOOLS.get(tool) ?? TOOLS.get(toolFamily(tool)) ?? OTHER
  return { tool, access, subject: subjectOf(record, { cwd, home }) }
}

type Arguments = ReadonlyMap<string, unknown>

interface Folders {
  readonly cwd: string
  readonly home: string
}

type SubjectOf = (args: Arguments, folders: Folders) => Subject

const NOTHING: Subject = { kind: 'nothing' }

const OTHER: readonly [Access, SubjectOf] = ['execute', () => NOTHING]

function byCommand(args: Arguments): Subject {
  const command = args.get('command')
  return typeof command === 'string' ? { kind: 'command', command } : NOTHING
}

function byPath(...names: readonly string[]): SubjectOf {
  return (args, folders) => {
    const name = names.find((one) => args.has(one))
    const file = name === undefined ? undefined : args.get(name)
    return typeof file === 'string' ? { kind: 'paths', paths: [absolute(file, folders)] } : NOTHING
  }
}

function search(args: Arguments, folders: Folders): Subject {
  const given = args.get('path')
  const base = typeof given === 'string' && given !== '' ? given : '.'
  const paths = [absolute(base, folders)]
  for (const name of ['pattern', 'glob']) {
    const pattern = args.get(name)
    if (typeof pattern !== 'string' || (name === 'pattern' && args.get('glob') !== undefined))
      continue
    for (const one of reachOf(pattern)) {
      paths.push(absolute(one.startsWith('/') ? one : path.join(base, one), folders))
    }
  }
  return { kind: 'paths', paths: paths.length > 1 ? paths.slice(1) : paths }
}

/** The folders that a pattern leads out of, each alternative of its braces by itself. */
function reachOf(pattern: string): readonly string[] {
  const braces = /^(.*?)\{([^{}]*)\}(.*)$/s.exec(pattern)
  if (braces !== null) {
    const [, head = '', body = '', tail = ''] = braces
    return body.split(',').flatMap((one) => reachOf(head + one + tail))
  }
  const parts = pattern.split('/')
  const wild = parts.findIndex((part) => /[*?[\]]/.test(part))
  return [
    wild < 0 ? pattern : parts.slice(0, wild).join('/') || (pattern.startsWith('/') ? '/' : '.'),
  ]
}

function absolute(file: string, { cwd, home }: Folders): string {
  if (file === '~') return home
  return path.resolve(cwd, file.startsWith('~/') ? path.join(home, file.slice(2)) : file)
}

const TOOLS = new Map<string, readonly [Access, SubjectOf]>([
  ['Bash', ['execute', byCommand]],
  ['BashOutput', ['read', () => NOTHING]],
  ['KillBash', ['execute', () => NOTHING]],
  ['Read', ['read', byPath('file_path')]],
  ['LS', ['read', byPath('path')]],
  ['Glob', ['read', search]],
  [
    'Grep',
    [
      'read',
      (args, folders) => search(new Map([...args].filter(([name]) => name !== 'pattern')), folders),
    ],
  ],
  ['Write', ['write', byPath('file_path')]],
  ['Edit', ['write', byPath('file_path')]],
  ['MultiEdit', ['write', byPath('file_path')]],
  ['NotebookEdit', ['write', byPath('notebook_path', 'file_path')]],
  ['TodoWrite', ['read', () => NOTHING]],
  ['ExitPlanMode', ['consent', () => NOTHING]],
])
