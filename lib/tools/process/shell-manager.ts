import { randomUUID } from 'node:crypto'
import { bytesOmitted } from '../messages/shell.ts'
import type { Workspace } from '../workspace.ts'
import { createHeadTailBuffer, type HeadTailBuffer } from './head-tail-buffer.ts'
import { createOutputLog, type OutputLog, openOutputDirectory, outputPath } from './output-log.ts'
import { createOutputThrottle } from './output-throttle.ts'
import { endProcessTree, isGroupPresent, remainingPids } from './process-tree.ts'
import {
  DRAIN_MS,
  firstEnd,
  type OutputSink,
  outputEnds,
  type ShellEnd,
  type ShellProcess,
  startShell,
  type UnattendedCommand,
  within,
} from './shell-process.ts'
import { startWatchdog, type Watchdog } from './watchdog.ts'

export interface ShellResult {
  readonly end: ShellEnd
  /** Head and tail, with a note between them. */
  readonly stdout: string
  readonly stderr: string
  /** The total bytes of both. */
  readonly bytes: number
  /** Path of the file with the complete output; null when nothing was omitted. */
  readonly file: string | null
  readonly fileRemark: string | null
  /** The number of processes that it left in the background and that were ended with it. */
  readonly leftovers: number
}

export interface ShellRun {
  readonly command: string | UnattendedCommand
  readonly callId: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
  output(text: string): void
}

/** A command that runs or has run in the background. */
export interface ShellSummary {
  readonly id: string
  readonly command: string
  readonly startedAt: number
  readonly bytes: number
  /** Path of the complete output; null while the output is short. */
  readonly file: string | null
  readonly status:
    | { readonly type: 'running' }
    | { readonly type: 'exited'; readonly code: number | null; readonly signal: string | null }
}

/** An event of a background shell. Output is combined into a few texts per second; omitted output is marked in them. */
export type ShellEvent =
  | { readonly type: 'started'; readonly shell: ShellSummary }
  | { readonly type: 'output'; readonly id: string; readonly text: string }
  | { readonly type: 'exited'; readonly shell: ShellSummary }

export interface OutputDelta {
  readonly shell: ShellSummary
  /** What it has printed since the previous request. */
  readonly text: string
  /** Bytes before `text` that are only in the file. */
  readonly lost: number
}

/** The processes that tools start. */
export interface ShellManager {
  /** Runs a command to its end, and ends all processes that it started. */
  run(run: ShellRun): Promise<ShellResult>
  /** `written`: how the agent has written the command, by which it is listed. */
  start(
    command: string | UnattendedCommand,
    callId: string,
    written?: string,
  ): Promise<ShellSummary>
  list(): readonly ShellSummary[]
  /** Calls `listener` with the events of background shells; returns the function that unsubscribes it. */
  subscribe(listener: (news: ShellEvent) => void): () => void
  /** New output for the agent, each byte once; null when the shell does not exist. */
  read(id: string): OutputDelta | null
  /** Ends a background shell with all its processes; false when no shell with this id is running. */
  kill(id: string): Promise<boolean>
  /** Ends all processes; resolves when none is left. */
  closeAll(): Promise<void>
}

/** The output of one command that the agent receives. */
const MAX_OUTPUT_BYTES = 30_000
const ERROR_BYTES = 10_000
const TIMEOUT_GRACE_MS = 1_000
const CANCEL_GRACE_MS = 200

interface BackgroundShell {
  readonly id: string
  readonly command: string
  readonly startedAt: number
  readonly child: ShellProcess
  readonly output: HeadTailBuffer
  readonly file: OutputLog
  status: ShellSummary['status']
  given: number
}

export function createShellManager(
  workspace: Workspace,
  launchWatchdog = startWatchdog,
): ShellManager {
  const running = new Set<ShellProcess>()
  const endings = new WeakMap<ShellProcess, Promise<void>>()
  const sweeps = new Set<Promise<void>>()
  const background = new Map<string, BackgroundShell>()
  const listeners = new Set<(news: ShellEvent) => void>()
  const report = (news: ShellEvent): void => {
    for (const listener of [...listeners]) listener(news)
  }
  let watchdog: Promise<Watchdog> | null = null
  let started = 0
  let directory: Promise<string | null> | null = null

  const openFile = async (name: string): Promise<OutputLog> => {
    directory ??= openOutputDirectory(workspace.lettaDirectory, workspace.now())
    return createOutputLog(outputPath(await directory, `${name}-${randomUUID()}`), MAX_OUTPUT_BYTES)
  }
  const launch = async (
    command: string | UnattendedCommand,
    sink: OutputSink,
  ): Promise<ShellProcess> => {
    watchdog ??= launchWatchdog(workspace.environment)
    const dog = await watchdog
    const child = await startShell(command, workspace, sink)
    running.add(child)
    dog.add(child.group)
    return child
  }
  const endOnce = async (child: ShellProcess, graceMs: number): Promise<void> => {
    await endProcessTree(child.group, graceMs)
    await within(DRAIN_MS, child.closed)
    child.abandon()
    running.delete(child)
    await watchdog?.then((dog) => dog.remove(child.group))
  }
  /** A background shell that is killed is also seen to exit: it is ended once. */
  const finish = (child: ShellProcess, graceMs: number): Promise<void> => {
    const ending = endings.get(child) ?? endOnce(child, graceMs)
    endings.set(child, ending)
    return ending
  }
  /** Finding processes that left the group requires a search of all processes, for which the agent need not wait. */
  const finishLater = (child: ShellProcess): void => {
    const sweep = finish(child, TIMEOUT_GRACE_MS).finally(() => sweeps.delete(sweep))
    sweeps.add(sweep)
  }

  return {
    async run(run) {
      const file = await openFile(run.callId)
      const kept = {
        stdout: createHeadTailBuffer(MAX_OUTPUT_BYTES / 2),
        stderr: createHeadTailBuffer(MAX_OUTPUT_BYTES / 2),
      }
      const live = createOutputThrottle((text) => run.output(text))
      const child = await launch(run.command, (chunk, from, drained) => {
        kept[from].push(chunk)
        live.push(chunk)
        return file.write(chunk, drained)
      })
      const end = await firstEnd(child, run)
      let leftovers = 0
      if (end.type === 'exited') {
        const quiet = await outputEnds(child)
        if (!quiet || isGroupPresent(child.group) || !(await within(DRAIN_MS, child.released)))
          leftovers = (await remainingPids(child.group)).length
        if (quiet && leftovers === 0) finishLater(child)
        else await finish(child, TIMEOUT_GRACE_MS)
      } else {
        await finish(child, end.type === 'timedOut' ? TIMEOUT_GRACE_MS : CANCEL_GRACE_MS)
      }
      live.end()
      await file.close()
      return { end, leftovers, ...summarize(kept, file) }
    },

    async start(command, callId, written) {
      const id = `bash_${++started}`
      const file = await openFile(`${id}-${callId}`)
      const output = createHeadTailBuffer(MAX_OUTPUT_BYTES)
      const live = createOutputThrottle((text) => report({ type: 'output', id, text }))
      let isReported = false
      const child = await launch(command, (chunk, _, drained) => {
        output.push(chunk)
        if (isReported) live.push(chunk)
        return file.write(chunk, drained)
      })
      const startedAt = workspace.now()
      const shell: BackgroundShell = {
        id,
        command: written ?? (typeof command === 'string' ? command : command.text),
        startedAt,
        child,
        output,
        file,
        status: { type: 'running' },
        given: 0,
      }
      background.set(id, shell)
      report({ type: 'started', shell: summaryOf(shell) })
      // Output that was printed before the start was reported.
      live.push(Buffer.from(output.since(0).text))
      isReported = true
      void watch(shell).then(() => {
        live.end()
        finishLater(child)
        report({ type: 'exited', shell: summaryOf(shell) })
      })
      return summaryOf(shell)
    },

    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    list: () => [...background.values()].map(summaryOf),

    read(id) {
      const shell = background.get(id)
      if (shell === undefined) return null
      const { text, lost, next } = shell.output.since(shell.given)
      shell.given = next
      return { shell: summaryOf(shell), text, lost }
    },

    async kill(id) {
      const shell = background.get(id)
      if (shell === undefined || shell.status.type !== 'running') return false
      await finish(shell.child, TIMEOUT_GRACE_MS)
      return true
    },

    async closeAll() {
      await Promise.all([...running].map((child) => finish(child, CANCEL_GRACE_MS)))
      await Promise.all(sweeps)
    },
  }
}

/** A background shell has ended when its pipes are closed; processes that it left running are then killed. */
async function watch(shell: BackgroundShell): Promise<void> {
  const [exit] = await Promise.all([shell.child.exited, shell.child.closed])
  shell.status = { type: 'exited', ...exit }
  await shell.file.close()
}

function summarize(
  kept: { readonly stdout: HeadTailBuffer; readonly stderr: HeadTailBuffer },
  file: OutputLog,
): Pick<ShellResult, 'stdout' | 'stderr' | 'bytes' | 'file' | 'fileRemark'> {
  const bytes = kept.stdout.total + kept.stderr.total
  const note = (omitted: number): string => `\n\n${bytesOmitted(omitted, file.path)}\n\n`
  const errorBytes = Math.min(
    kept.stderr.total,
    Math.max(ERROR_BYTES, MAX_OUTPUT_BYTES - kept.stdout.total),
  )
  return {
    stdout: kept.stdout.text(MAX_OUTPUT_BYTES - errorBytes, note),
    stderr: kept.stderr.text(errorBytes, note),
    bytes,
    file: file.path,
    fileRemark: file.remark,
  }
}

function summaryOf(shell: BackgroundShell): ShellSummary {
  const { id, command, startedAt, status } = shell
  return { id, command, startedAt, status, bytes: shell.output.total, file: shell.file.path }
}
