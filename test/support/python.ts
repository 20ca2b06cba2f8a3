import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const CACHE =
  process.env['LETTA_TEST_CACHE'] ??
  path.join(import.meta.dirname, '../../node_modules/.cache/letta')

/** Installs packages from PyPI once, into a separate directory. Returns the directory of their programs. */
export async function pythonPrograms(...packages: readonly string[]): Promise<string> {
  const directory = path.join(CACHE, packages.join('+'))
  const programs = path.join(directory, 'bin')
  const stamp = path.join(directory, 'complete')
  if (isThere(stamp)) return programs
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  await run('python3', ['-m', 'venv', directory])
  await run(path.join(programs, 'pip'), ['install', '--quiet', ...packages])
  writeFileSync(stamp, '')
  return programs
}

/** Installs the packages of a lock file once. Returns the directory of their programs. Requires Python 3.11 or 3.12. */
export async function lockedPrograms(lockFile: string): Promise<string> {
  const lock = createHash('sha256').update(readFileSync(lockFile)).digest('hex').slice(0, 12)
  const directory = path.join(CACHE, `locked-${lock}`)
  const programs = path.join(directory, 'bin')
  const stamp = path.join(directory, 'complete')
  if (isThere(stamp)) return programs
  const uv = path.join(await pythonPrograms('uv==0.13.9'), 'uv')
  await run(uv, ['venv', '--quiet', '--clear', '--python', '>=3.11,<3.13', directory])
  const into = ['--python', path.join(programs, 'python')]
  // Like pip, uv uses the certificates of the system, among which may be that of a proxy.
  const quietly = ['--quiet', '--system-certs', '--no-deps']
  await run(uv, ['pip', 'install', ...quietly, ...into, '--requirement', lockFile])
  writeFileSync(stamp, '')
  return programs
}

function isThere(file: string): boolean {
  try {
    readFileSync(file)
    return true
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return false
    throw thrown
  }
}
