import { spawn } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { lockedPrograms } from '../../support/python.ts'

/** An original Letta server in separate processes. */
export interface RealServer {
  readonly url: string
  readonly token: string
  /** The process that is the parent of all others. */
  readonly pid: number
  stop(): Promise<void>
}

const LOCK = path.join(import.meta.dirname, 'requirements.lock')
const PROGRAM = path.join(import.meta.dirname, 'run.py')
const NEEDS =
  'The contract is checked on an original Letta server from PyPI, which requires Python 3.11 or 3.12 with venv, and the network once.'

/** Installs the server if necessary, and starts it with an empty database. `modelUrl` must already answer. */
export async function startRealServer(modelUrl: string): Promise<RealServer> {
  const token = 'token-for-tests'
  const python = path.join(await installed(), 'python')
  const child = spawn(python, [PROGRAM, modelUrl, token], { stdio: ['pipe', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk)
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const line = await Promise.race([
    new Promise<string>((resolve) =>
      createInterface({ input: child.stdout }).once('line', resolve),
    ),
    ended.then(() =>
      Promise.reject(new Error(`The original Letta server did not start:\n${stderr}`)),
    ),
  ])
  return {
    url: JSON.parse(line).url,
    token,
    pid: child.pid ?? 0,
    async stop() {
      child.stdin.end()
      await ended
    },
  }
}

async function installed(): Promise<string> {
  try {
    return await lockedPrograms(LOCK)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unknown'
    throw new Error(`${NEEDS}\n${why}`, { cause })
  }
}
