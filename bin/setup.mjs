// Runs before anything is installed: plain JavaScript without packages, and in a syntax old enough to report that Node is too old.
import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const SOURCES = ['bin', 'lib', 'ui', 'package.json', 'package-lock.json']
// npm's own retries take more than a minute when there is no network.
const NPM_RETRIES = ['--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000']

checkNode()
if (isInstallNeeded()) install()
if (isPacking()) rmSync(join(root, 'dist'), { recursive: true, force: true })
if (isBuildNeeded()) await build()

/** npm runs this script before it packs: the package must contain one build, and nothing that a run has stored. */
function isPacking() {
  return process.argv.includes('--pack')
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  const isNew = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22
  if (!isNew)
    fail(`Node ${process.versions.node} is too old: letta requires 20.19, 22.12 or newer.`)
}

function isInstallNeeded() {
  const modules = join(root, 'node_modules')
  // `npm ci` would delete the contents of the target of a link, which belong to whoever made the link.
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) return false
  if (!existsSync(join(modules, 'esbuild'))) return true
  const installed = join(modules, '.package-lock.json')
  const required = join(root, 'package-lock.json')
  return modifiedAt(installed) < modifiedAt(required) && !containsAll(installed, required)
}

/** Git may write the lock file without changing it, which requires no installation. */
function containsAll(installed, required) {
  if (!existsSync(installed)) return false
  const [has, needs] = [installed, required].map(
    (path) => JSON.parse(readFileSync(path, 'utf8')).packages,
  )
  return Object.entries(needs).every(
    ([path, { version, optional }]) => path === '' || optional || has[path]?.version === version,
  )
}

function install() {
  report('Installing packages. The first time this takes up to a minute …')
  const npm = process.env['npm_execpath']
  const [program, first] = npm === undefined ? ['npm', []] : [process.execPath, [npm]]
  const args = [
    'ci',
    '--include=dev',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    ...NPM_RETRIES,
  ]
  const { status, error } = spawnSync(program, [...first, ...args], {
    cwd: root,
    env: { ...process.env, npm_config_global: 'false', npm_config_prefix: undefined },
    // Standard output is only for the output of letta.
    stdio: ['ignore', process.stderr, process.stderr],
  })
  if (status === 0) return
  if (error !== undefined) fail(`Cannot run npm: ${error.message}`)
  fail(
    'Cannot install the packages. The error of npm is above.',
    'Check the connection with "npm ping"; with a proxy: npm config set proxy URL',
  )
}

function isBuildNeeded() {
  const built = modifiedAt(join(root, 'dist', 'letta.js'))
  return SOURCES.some((source) => isNewer(join(root, source), built))
}

function isNewer(path, than) {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return false
  if (!stats.isDirectory()) return stats.mtimeMs > than
  // Adding or removing a file changes the time of its directory.
  if (stats.mtimeMs > than) return true
  return readdirSync(path).some((name) => isNewer(join(path, name), than))
}

async function build() {
  report('Building …')
  try {
    const { buildProgram } = await import('./build.mjs')
    await buildProgram()
  } catch (thrown) {
    fail(`The build failed: ${thrown instanceof Error ? thrown.message : thrown}`)
  }
}

/** Milliseconds since the epoch; 0 for a file that does not exist. */
function modifiedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function report(line) {
  process.stderr.write(`letta: ${line}\n`)
}

function fail(line, hint) {
  report(hint === undefined ? line : `${line}\n  ${hint}`)
  process.exit(1)
}
