import { messageOf, UserError } from '../../util/user-error.ts'
import { NUL_IN_SEARCH, RIPGREP_MISSING_HINT, ripgrepFailed, ripgrepMissing } from '../messages.ts'
import type { ToolContext } from '../tool.ts'

interface Search {
  readonly args: readonly string[]
  /** Default: the project directory. */
  readonly cwd?: string
  /** A text that is searched instead of files. */
  readonly input?: string
  /** The limit of the output in bytes. */
  readonly maxBytes: number
}

export interface Found {
  readonly text: string
  /** False when it was stopped at `maxBytes` or after 30 seconds. */
  readonly complete: boolean
  /** The first file that could not be read, with the reason; null when all files were read. */
  readonly unread: string | null
}

const TIMEOUT_MS = 30_000

/** Runs ripgrep without any configuration file. Throws a `UserError` with its own message when it fails. */
export async function ripgrep(search: Search, context: ToolContext): Promise<Found> {
  if (search.args.some((one) => one.includes('\0'))) {
    throw new UserError(NUL_IN_SEARCH)
  }
  const { execa } = await import('execa')
  const started = execa(await ripgrepPath(), ['--no-config', '--color=never', ...search.args], {
    cwd: search.cwd ?? context.workspace.directory,
    env: context.workspace.environment,
    extendEnv: false,
    ...(search.input === undefined ? { stdin: 'ignore' as const } : { input: search.input }),
    buffer: { stdout: false, stderr: true },
    maxBuffer: 100_000,
    timeout: TIMEOUT_MS,
    cancelSignal: context.signal,
    forceKillAfterDelay: false,
    killSignal: 'SIGKILL',
    reject: false,
  })
  const chunks: Buffer[] = []
  let bytes = 0
  started.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > search.maxBytes) started.kill('SIGKILL')
  })
  const result = await started
  context.signal.throwIfAborted()
  const text = Buffer.concat(chunks).subarray(0, search.maxBytes).toString()
  const stopped = bytes > search.maxBytes || result.timedOut
  // 1: nothing found. 2: some files could not be read, or the search failed.
  const failed = !stopped && result.exitCode !== 0 && result.exitCode !== 1
  const complaint = String(result.stderr).trim()
  const unread = failed ? (UNREADABLE.exec(complaint)?.[1] ?? null) : null
  if (failed && text === '' && unread === null) {
    throw new UserError(complaint || ripgrepFailed(result.shortMessage ?? ''))
  }
  return { text, complete: !stopped, unread }
}

/** An error about a file, not about the pattern or the arguments. */
const UNREADABLE = /^(?:rg: )?(.+) \(os error \d+\)$/m

async function ripgrepPath(): Promise<string> {
  try {
    return (await import('@vscode/ripgrep')).rgPath
  } catch (cause) {
    throw new UserError(ripgrepMissing(messageOf(cause)), { hint: RIPGREP_MISSING_HINT, cause })
  }
}
