import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { isErrno } from '../../fs/errno.ts'
import { messageOf, UserError } from '../../util/user-error.ts'
import { NUL_IN_COMMAND, shellNotStarted } from '../messages/shell.ts'
import type { Workspace } from '../workspace.ts'
import { type ProcessTree, remainingPids, TRACKER_FD, trackedPids } from './process-tree.ts'
import { startChild } from './start-child.ts'

/** A shell that runs one command. */
export interface ShellProcess {
  readonly group: ProcessTree
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>
  /** Resolves when both pipes have ended. */
  readonly closed: Promise<unknown>
  /** Resolves when no process has the tracker pipe open: all have ended, except those that closed it. */
  readonly released: Promise<unknown>
  /** Stops reading, even if a process still has the pipes open. */
  abandon(): void
}

/** Receives output. When it returns false, the process waits until `drained` is called. */
export type OutputSink = (chunk: Buffer, from: 'stdout' | 'stderr', drained: () => void) => boolean

export type ShellEnd =
  | { readonly type: 'exited'; readonly code: number | null; readonly signal: string | null }
  | { readonly type: 'timedOut' }
  | { readonly type: 'cancelled' }

/** The time in which output is still read after the shell itself has ended. */
export const DRAIN_MS = 250
const SLOWEST_MS = 5_000

/** A command line that runs without approval, printed from the parsed words that were checked, and its environment. */
export interface UnattendedCommand {
  readonly text: string
  /** The same for bash, with the programs by their paths. */
  readonly located: string
  readonly environment: Readonly<Record<string, string>>
}

/** The shell reads no start-up file and expands no wildcards. */
const UNATTENDED_OPTIONS = ['--norc', '--noprofile', '-p', '-f']

export async function startShell(
  command: string | UnattendedCommand,
  workspace: Workspace,
  sink: OutputSink,
): Promise<ShellProcess> {
  const isWritten = typeof command === 'string'
  const hasBash = existsSync('/bin/bash')
  const text = isWritten ? command : hasBash ? command.located : command.text
  const { environment } = isWritten ? workspace : command
  if (text.includes('\0')) throw new UserError(NUL_IN_COMMAND)
  const mark = randomUUID()
  // In a shell of another workbench the marker of that one must remain.
  const outer = workspace.environment['LETTA_SHELL']?.split(' ') ?? []
  const unattended = hasBash ? UNATTENDED_OPTIONS : ['-f']
  const options = isWritten ? [] : unattended
  const started = await startChild(hasBash ? '/bin/bash' : '/bin/sh', [...options, '-c', text], {
    cwd: workspace.directory,
    env: { ...environment, LETTA_SHELL: [...outer, mark].join(' ') },
    // A separate session: its processes can be ended at once, and have no way to the terminal.
    detached: true,
    stdio: STDIO,
  }).catch((thrown: unknown) => {
    if (!isErrno(thrown)) throw thrown
    throw new UserError(shellNotStarted(workspace.directory, messageOf(thrown)), { cause: thrown })
  })
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    started.once('exit', (code, signal) => resolve({ code, signal }))
  })
  const pipe = (descriptor: number): Socket => started.stdio[descriptor] as Socket
  const [stdout, stderr, tie] = [pipe(1), pipe(2), pipe(TRACKER_FD)]
  const read = (stream: Readable, from: 'stdout' | 'stderr'): Promise<void> => {
    stream.on('data', (chunk: Buffer) => {
      if (sink(chunk, from, () => stream.resume())) return
      stream.pause()
    })
    return closing(stream)
  }
  return {
    group: { id: started.pid, marker: mark, trackers: trackedPids(started.pid), found: new Set() },
    exited,
    closed: Promise.all([read(stdout, 'stdout'), read(stderr, 'stderr')]),
    released: closing(tie.resume()),
    abandon() {
      stdout.destroy()
      stderr.destroy()
      tie.destroy()
    },
  }
}

/** No standard input, two pipes for output, and the tracker pipe. */
const STDIO: ['ignore', 'pipe', 'pipe', ...('ignore' | 'pipe')[]] = [
  'ignore',
  'pipe',
  'pipe',
  ...Array<'ignore'>(TRACKER_FD - 3).fill('ignore'),
  'pipe',
]

/** `close` is emitted also after an error and after `abandon`. */
function closing(stream: Readable): Promise<void> {
  stream.on('error', () => stream.destroy())
  return new Promise((resolve) => stream.once('close', () => resolve()))
}

interface ShellLimits {
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** The end of the shell, the timeout or the end of the turn, whichever is first. */
export async function firstEnd(child: ShellProcess, run: ShellLimits): Promise<ShellEnd> {
  const over = new AbortController()
  const timedOut = new Promise<ShellEnd>((resolve) => {
    const timer = setTimeout(() => resolve({ type: 'timedOut' }), run.timeoutMs)
    over.signal.addEventListener('abort', () => clearTimeout(timer))
  })
  const cancelled = new Promise<ShellEnd>((resolve) => {
    const abort = (): void => resolve({ type: 'cancelled' })
    if (run.signal.aborted) abort()
    run.signal.addEventListener('abort', abort, { once: true, signal: over.signal })
  })
  const exited = child.exited.then((exit): ShellEnd => ({ type: 'exited', ...exit }))
  const end = await Promise.race([exited, timedOut, cancelled])
  over.abort()
  return end
}

/** Reads the remaining output of a shell that has ended; false when another process has its pipes open. */
export async function outputEnds(child: ShellProcess): Promise<boolean> {
  for (let waited = 0; waited < SLOWEST_MS; waited += DRAIN_MS) {
    if (await within(DRAIN_MS, child.closed)) return true
    // Waits for a slow disk, but not for a process that the shell left in the background.
    if ((await remainingPids(child.group)).length > 0) return false
  }
  return false
}

/** Whether `promise` settles in time. */
export async function within(timeMs: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeMs)
  })
  const result = await Promise.race([promise.then(() => true), late])
  clearTimeout(timer)
  return result
}
