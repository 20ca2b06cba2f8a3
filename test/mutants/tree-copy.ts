import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ROOT } from './mutants.ts'

/** How a run of tests ended. A run that was ended by the time limit hangs. */
export type TestOutcome = 'passed' | 'failed' | 'hung'

/** A temporary copy of the working tree, in which files can be changed and tests run. */
export interface TreeCopy {
  write(file: string, text: string): void
  /** Runs test files with mocha until the first failure. The limit is in milliseconds. */
  test(files: readonly string[], limit: number): Promise<{ outcome: TestOutcome; output: string }>
  remove(): void
}

/** Copies what git tracks or would track; `node_modules` is linked. */
export function copyTree(): TreeCopy {
  const copy = realpathSync(mkdtempSync(path.join(tmpdir(), 'letta-mutant-')))
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate']
  const files = execFileSync('git', list, { cwd: ROOT, encoding: 'utf8' }).split('\0')
  for (const file of files.filter((name) => name !== '')) {
    // A file that is deleted but still in the index has no content to copy.
    cpSync(path.join(ROOT, file), path.join(copy, file), { errorOnExist: false, force: true })
  }
  symlinkSync(realpathSync(path.join(ROOT, 'node_modules')), path.join(copy, 'node_modules'))
  return {
    write: (file, text) => writeFileSync(path.join(copy, file), text),
    test: (tests, limit) => runMocha(copy, tests, limit),
    remove: () => rmSync(copy, { recursive: true, force: true }),
  }
}

function runMocha(
  directory: string,
  files: readonly string[],
  limit: number,
): Promise<{ outcome: TestOutcome; output: string }> {
  const mocha = path.join(directory, 'node_modules/mocha/bin/mocha.js')
  const child = spawn(process.execPath, [mocha, '--bail', ...files], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A separate process group, so that the processes that the tests have started end with it.
    detached: true,
  })
  return new Promise((resolve, reject) => {
    let output = ''
    let isHung = false
    const timer = setTimeout(() => {
      isHung = true
      endGroup(child.pid)
    }, limit)
    child.stdout.on('data', (text) => (output += text))
    child.stderr.on('data', (text) => (output += text))
    child.on('error', reject)
    child.on('exit', (code) => {
      clearTimeout(timer)
      endGroup(child.pid)
      const ended = code === 0 ? 'passed' : 'failed'
      resolve({ outcome: isHung ? 'hung' : ended, output })
    })
  })
}

/** Ends what is left of a process group. */
function endGroup(leader: number | undefined): void {
  if (leader === undefined) return
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // The group is empty: every process of it has ended.
  }
}
