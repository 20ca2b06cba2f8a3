// Run before anything is installed: plain JavaScript, no packages, and as old a syntax as it takes to say "Node is too old".
import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const SOURCES = ['bin', 'lib', 'ui', 'package.json', 'package-lock.json']
// npm's own retries take more than a minute when there is no network.
const PATIENCE = ['--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000']

checkNode()
if (isPreparing()) prepare()
else if (isInstallNeeded()) install()
if (isBuildNeeded()) await build()

/** npm calls us while it installs this very folder. */
function isPreparing() {
  return process.argv.includes('--prepare')
}

/** `npm link` and `npm i -g .` call for a program, but install no packages in the folder they link to. */
function prepare() {
  if (existsSync(join(root, 'node_modules', 'esbuild'))) return
  const command = process.env['npm_command']
  if (command === 'link' || process.env['npm_config_global'] === 'true') return install()
  say('Not built: the development packages are left out. "npm run build" builds.')
  process.exit(0)
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  const isNew = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22
  if (!isNew) stop(`Node ${process.versions.node} is too old: letta needs 20.19, 22.12 or newer.`)
}

function isInstallNeeded() {
  const modules = join(root, 'node_modules')
  // `npm ci` would empty what a link leads to: whoever made the link looks after it.
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) return false
  if (!existsSync(join(modules, 'esbuild'))) return true
  const installed = join(modules, '.package-lock.json')
  const wanted = join(root, 'package-lock.json')
  return modified(installed) < modified(wanted) && !holdsAll(installed, wanted)
}

/** A checkout touches the lock file without changing it: then nothing is installed anew. */
function holdsAll(installed, wanted) {
  if (!existsSync(installed)) return false
  const [has, needs] = [installed, wanted].map(
    (path) => JSON.parse(readFileSync(path, 'utf8')).packages,
  )
  return Object.entries(needs).every(
    ([path, { version, optional }]) => path === '' || optional || has[path]?.version === version,
  )
}

function install() {
  say('Installing packages, the first time takes about half a minute …')
  const npm = process.env['npm_execpath']
  const [program, first] = npm === undefined ? ['npm', []] : [process.execPath, [npm]]
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error', ...PATIENCE]
  const { status, error } = spawnSync(program, [...first, ...args], {
    cwd: root,
    env: { ...process.env, npm_config_global: 'false', npm_config_prefix: undefined },
    // Standard output belongs to letta's answer.
    stdio: ['ignore', process.stderr, process.stderr],
  })
  if (status === 0) return
  if (error !== undefined) stop(`npm could not be started: ${error.message}`)
  stop(
    'The packages could not be installed (npm says why above).',
    'Is the registry reachable? "npm ping" tells; behind a proxy: npm config set proxy URL',
  )
}

function isBuildNeeded() {
  const built = modified(join(root, 'dist', 'letta.js'))
  return SOURCES.some((source) => isNewer(join(root, source), built))
}

function isNewer(path, than) {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return false
  if (!stats.isDirectory()) return stats.mtimeMs > than
  // A folder is newer when a file in it was added or removed.
  if (stats.mtimeMs > than) return true
  return readdirSync(path).some((name) => isNewer(join(path, name), than))
}

async function build() {
  say('Building …')
  try {
    const { buildProgram } = await import('./build.mjs')
    await buildProgram()
  } catch (thrown) {
    stop(`The build failed: ${thrown instanceof Error ? thrown.message : thrown}`)
  }
}

/** 0 when there is no such file: older than everything. */
function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function say(line) {
  process.stderr.write(`letta: ${line}\n`)
}

function stop(line, hint) {
  say(hint === undefined ? line : `${line}\n  ${hint}`)
  process.exit(1)
}
