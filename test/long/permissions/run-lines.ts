import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { CANARIES, type ScratchProject } from './scratch-project.ts'

export interface LineResult {
  readonly text: string
  readonly output: string
  readonly trace: string
  readonly code: number | null
  readonly hasTimedOut: boolean
  /** The first difference to the state of a shell that ran nothing; null when there is none. */
  readonly changedState: string | null
}

export interface RunResult {
  readonly lines: readonly LineResult[]
  /** The files that the lines changed together. */
  readonly changedFiles: readonly string[]
}

/** Where lines run. The best one that this machine has is chosen; ISOLATION=directory chooses the other. */
export type Isolation = 'namespace' | 'directory with strace' | 'directory'

let chosen: Isolation | null = null

export function chooseIsolation(): Isolation {
  chosen ??=
    process.env['ISOLATION'] !== 'directory' && runs('unshare', [...NEW_NAMESPACE, ...TRACER])
      ? 'namespace'
      : runs('strace', TRACER.slice(1))
        ? 'directory with strace'
        : 'directory'
  return chosen
}

const NEW_NAMESPACE = ['-rmpn', '--fork']

const TRACER = ['strace', '-f', '-o', '/dev/null', 'true']

function runs(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}

/** Runs texts one after the other in real shells: in a copy of the project in a namespace, or in the project where there is none. */
export async function runLines(
  texts: readonly string[],
  project: ScratchProject,
  environment: Readonly<Record<string, string>>,
): Promise<RunResult> {
  const work = mkdtempSync(path.join(tmpdir(), 'letta-fuzz-run-'))
  try {
    const results = path.join(work, 'results')
    mkdirSync(results)
    writeSystemFiles(path.join(work, 'etc'))
    const { rgPath } = createRequire(import.meta.url)('@vscode/ripgrep') as { rgPath: string }
    if (existsSync(rgPath)) execFileSync('cp', [rgPath, path.join(work, 'rg')])
    // The first line shows the state of a shell that ran nothing.
    writeFileSync(path.join(work, 'lines'), [':', ...texts].map((text) => `${text}\0`).join(''))
    const isIsolated = chooseIsolation() === 'namespace'
    const script = path.join(
      import.meta.dirname,
      isIsolated ? 'run-lines.sh' : 'run-lines-plain.sh',
    )
    const command = ['/bin/bash', script, project.root, work]
    const words = isIsolated
      ? ['/usr/bin/unshare', ...NEW_NAMESPACE, '--kill-child', ...command]
      : command
    await promisify(execFile)(words[0] ?? '', words.slice(1), {
      env: { ...environment },
      cwd: project.project,
      maxBuffer: 64 * 1024 * 1024,
    })
    const read = (name: string): string => {
      const file = path.join(results, name)
      return existsSync(file) ? readFileSync(file, 'utf8') : ''
    }
    const state = read('0.state')
    const lines = texts.map((text, at): LineResult => {
      const number = at + 1
      const code = Number.parseInt(read(`${number}.code`), 10)
      return {
        text,
        output: read(`${number}.out`),
        trace: read(`${number}.trace`),
        code: Number.isNaN(code) ? null : code,
        hasTimedOut: code === 137,
        changedState: differenceOf(state, read(`${number}.state`)),
      }
    })
    return {
      lines,
      changedFiles: read('changed')
        .split('\n')
        .filter((name) => name !== ''),
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** What a line may set: the directories of `cd`, and how programs print. */
const CHANGING_STATE =
  /^declare -x (PWD|OLDPWD|_|SHLVL|LANG|LC_\w+|TERM|TZ|PAGER|GIT_PAGER|COLUMNS|LINES|DEBUG)(=|$)|^$/

function differenceOf(initial: string, state: string): string | null {
  // The line has left the shell.
  if (state === '') return null
  const known = new Set(initial.split('\n'))
  const later = state.split('\n').filter((line) => !known.has(line) && !CHANGING_STATE.test(line))
  const [flags = ''] = state.split('\n')
  const isOnlyFlags =
    later.length === 1 && later[0] === flags && /^[a-zA-Z]*f[a-zA-Z]*$/.test(flags)
  if (isOnlyFlags) return null
  return later[0] ?? null
}

function writeSystemFiles(directory: string): void {
  mkdirSync(directory, { recursive: true })
  const files = [
    [
      'passwd',
      `root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:${CANARIES.outside}:/:/bin/false\n`,
    ],
    ['group', `root:x:0:\n${CANARIES.outside}:x:7:\n`],
    ['shadow', `${CANARIES.outside}\n`],
    ['nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files\n'],
    ['hosts', '127.0.0.1 localhost\n'],
  ]
  for (const [name = '', text = ''] of files) writeFileSync(path.join(directory, name), text)
}
