import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'

const tsx = createRequire(import.meta.url).resolve('tsx')
const program = path.join(import.meta.dirname, '../../bin/letta.ts')

/** A process that runs `letta serve`, with a separate home. */
export interface LettaServe {
  readonly url: string
  readonly token: string
  /** What it has written to standard error. */
  stderr(): string
  /** Ends it with SIGTERM. Returns the exit code. */
  stop(): Promise<number | null>
}

export async function startLettaServe(
  environment: Readonly<Record<string, string>> = {},
  ...argv: readonly string[]
): Promise<LettaServe> {
  const home = mkdtempSync(path.join(tmpdir(), 'letta-serving-'))
  const token = 'token-for-tests'
  const child = spawn(
    process.execPath,
    ['--import', tsx, program, 'serve', '--port', '0', ...argv],
    {
      cwd: home,
      env: { PATH: process.env['PATH'], HOME: home, LETTA_SERVER_PASSWORD: token, ...environment },
    },
  )
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += String(chunk)
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const lines = createInterface({ input: child.stdout })
  const url = await Promise.race([
    new Promise<string>((resolve) => lines.once('line', resolve)),
    ended.then((code) => Promise.reject(new Error(`letta serve ended (${code}): ${said}`))),
  ])
  return {
    url,
    token,
    stderr: () => said,
    async stop() {
      child.kill('SIGTERM')
      const code = await ended
      rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
      return code
    },
  }
}
