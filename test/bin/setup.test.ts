import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'

const real = join(import.meta.dirname, '../../bin/setup.mjs')

describe('bin/setup.mjs', () => {
  let root: string
  const lock = (version: string): string =>
    JSON.stringify({ packages: { '': {}, 'node_modules/a': { version } } })
  /** Writes a file of the clone, modified at this time. */
  const put = (path: string, seconds: number, text = ''): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
    for (let at = join(root, path); at !== root; at = dirname(at)) utimesSync(at, seconds, seconds)
  }
  const setup = (...argv: string[]) => {
    const run = spawnSync(process.execPath, ['bin/setup.mjs', ...argv], {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], npm_execpath: join(root, 'npm.cjs') },
    })
    return { status: run.status, stdout: run.stdout, stderr: run.stderr }
  }

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'letta-setup-'))
    // Replaces npm by a program that only prints that it was called.
    put('npm.cjs', 100, 'console.log("npm", process.argv[2]); process.exitCode = 1')
    put('lib/a.ts', 100)
    put('package.json', 100, '{"type": "module"}')
    put('package-lock.json', 100, lock('1.0.0'))
    put('node_modules/esbuild/package.json', 100)
    put('node_modules/.package-lock.json', 200, lock('1.0.0'))
    put('dist/letta.js', 300)
    put('bin/build.mjs', 100, 'export const buildProgram = () => console.error("built")')
    cpSync(real, join(root, 'bin/setup.mjs'), { preserveTimestamps: true })
    utimesSync(join(root, 'bin/setup.mjs'), 100, 100)
    utimesSync(join(root, 'bin'), 100, 100)
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  it('does nothing when everything is up to date', () => {
    expect(setup()).to.deep.equal({ status: 0, stdout: '', stderr: '' })
  })

  it('builds when a source file is newer than the build', () => {
    const built = { status: 0, stdout: '', stderr: 'letta: Building …\nbuilt\n' }
    put('lib/deep/b.ts', 400)
    expect(setup()).to.deep.equal(built)
  })

  it('installs nothing when the lock file is unchanged, or when node_modules is a link', () => {
    put('package-lock.json', 250, lock('1.0.0'))
    expect(setup()).to.deep.equal({ status: 0, stdout: '', stderr: '' })
    put('package-lock.json', 250, lock('2.0.0'))
    renameSync(join(root, 'node_modules'), join(root, 'elsewhere'))
    symlinkSync(join(root, 'elsewhere'), join(root, 'node_modules'))
    expect(setup()).to.deep.equal({ status: 0, stdout: '', stderr: '' })
  })

  it('installs when the lock file requires other packages, and reports a failure on standard error only', () => {
    put('package-lock.json', 250, lock('2.0.0'))
    const { status, stdout, stderr } = setup()
    expect([status, stdout]).to.deep.equal([1, ''])
    expect(stderr.split('\n').slice(1, 4)).to.deep.equal([
      'npm ci',
      'letta: Cannot install the packages. The error of npm is above.',
      '  Check the connection with "npm ping"; with a proxy: npm config set proxy URL',
    ])
  })

  it('replaces all earlier builds before it packs', () => {
    put('dist/programs/old.cjs', 300)
    expect(setup('--pack')).to.deep.include({ status: 0, stdout: '' })
    expect(existsSync(join(root, 'dist/programs/old.cjs'))).to.equal(false)
  })
})
