import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { isErrno } from '../../fs/errno.ts'
import { messageOf, UserError } from '../../util/user-error.ts'
import {
  NUL_IN_SEARCH,
  RIPGREP_MISSING_HINT,
  ripgrepFailed,
  ripgrepMissing,
} from '../messages/search.ts'
import { startChild } from '../process/start-child.ts'
import type { ToolContext } from '../tool.ts'

interface RipgrepSearch {
  readonly args: readonly string[]
  /** Default: the project directory. */
  readonly cwd?: string
  /** A text that is searched instead of files. */
  readonly input?: string
  /** The descriptor of a file that is searched as `INHERITED_FILE`. */
  readonly file?: number
  /** The limit of the output in bytes. */
  readonly maxBytes: number
  /** When it is stopped, by `performance.now()`; after `SEARCH_MS` when absent. */
  readonly until?: number
}

export interface FoundMatches {
  readonly text: string
  /** False when it was stopped at `maxBytes` or by its time. */
  readonly complete: boolean
  /** The first file that could not be read, with the reason; null when all files were read. */
  readonly unread: string | null
}

/** Leads to the opened file, on Linux. */
export const INHERITED_FILE = '/proc/self/fd/3'

/** How long the searches of a call may take. */
export const SEARCH_MS = 30_000

/** Messages about ignore files show their lines, and such a file can be a link that leads outside. */
const SAFE_OPTIONS = ['--no-config', '--color=never', '--no-ignore-messages']

/** Runs ripgrep without any configuration file. Throws a `UserError` with its own message when it fails. */
export async function ripgrep(search: RipgrepSearch, context: ToolContext): Promise<FoundMatches> {
  if (search.args.some((one) => one.includes('\0'))) {
    throw new UserError(NUL_IN_SEARCH)
  }
  const path = await ripgrepPath()
  const child = await startChild(path, [...SAFE_OPTIONS, ...search.args], {
    cwd: search.cwd ?? context.workspace.directory,
    env: context.workspace.environment,
    stdio: [
      search.input === undefined ? 'ignore' : 'pipe',
      'pipe',
      'pipe',
      ...(search.file === undefined ? [] : [search.file]),
    ],
    signal: context.signal,
    killSignal: 'SIGKILL',
  }).catch((thrown: unknown) => {
    context.signal.throwIfAborted()
    if (!isErrno(thrown)) throw thrown
    throw new UserError(ripgrepFailed(messageOf(thrown)), { cause: thrown })
  })
  const { text, complaint, stopped, code } = await outputOf(child, search)
  context.signal.throwIfAborted()
  // 1: nothing found. 2: some files could not be read, or the search failed.
  const failed = !stopped && code !== 0 && code !== 1
  const unread = failed ? (UNREADABLE.exec(complaint)?.[1] ?? null) : null
  if (failed && text === '' && unread === null) {
    throw new UserError(complaint || ripgrepFailed(String(child.signalCode ?? code)))
  }
  return { text, complete: !stopped, unread }
}

interface RipgrepOutput {
  readonly text: string
  readonly complaint: string
  /** At `maxBytes`, or after the timeout. */
  readonly stopped: boolean
  readonly code: number | null
}

async function outputOf(
  child: ChildProcess,
  { input, maxBytes, until }: Pick<RipgrepSearch, 'input' | 'maxBytes' | 'until'>,
): Promise<RipgrepOutput> {
  const chunks: Buffer[] = []
  let bytes = 0
  let complaint = ''
  let stopped = false
  const stop = (): void => {
    stopped = true
    child.kill('SIGKILL')
  }
  const left = until === undefined ? SEARCH_MS : Math.max(0, until - performance.now())
  const timer = setTimeout(stop, left)
  child.stdout?.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > maxBytes) stop()
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (complaint.length < MAX_COMPLAINT_CHARACTERS) complaint += text
  })
  // A search that ends early closes its input.
  child.stdin?.on('error', () => undefined).end(input)
  const [code] = await once(child, 'close')
  clearTimeout(timer)
  const text = Buffer.concat(chunks).subarray(0, maxBytes).toString()
  return { text, complaint: complaint.trim(), stopped, code }
}

const MAX_COMPLAINT_CHARACTERS = 100_000

/** An error about a file, not about the pattern or the arguments. */
const UNREADABLE = /^(?:rg: )?(.+) \(os error \d+\)$/m

/** Throws a `UserError` when the package with the binary for this machine is missing. */
export async function ripgrepPath(): Promise<string> {
  try {
    return (await import('@vscode/ripgrep')).rgPath
  } catch (cause) {
    throw new UserError(ripgrepMissing(messageOf(cause)), { hint: RIPGREP_MISSING_HINT, cause })
  }
}
