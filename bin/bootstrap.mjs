// The build makes this dist/letta.js. It runs the program, from compiled code if there is some.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import v8 from 'node:v8'
import vm from 'node:vm'
import { parseCommandLine } from '../lib/cli/parse.ts'
import { compiledCode } from './code-cache.mjs'

/* global PROGRAM, ENTRY: the directory of the program and the part that runs first, defined by the build */

/** Without it zod compiles a parser for each schema, which takes longer than the one validation that most schemas are used for. */
globalThis.__zod_globalConfig = { jitless: true }

/**
 * The young space does not grow on its own, to 16 MiB for each half, and garbage is collected once the old space has grown by three
 * tenths, instead of up to four times. A function is optimized after four times as many steps: the optimizer takes a quarter of the time of a
 * streamed answer otherwise, more than it saves. These flags have to precede all compiled code, which is valid for one set of flags.
 * V8 prints an error for a flag that it does not know, so only versions that are known to have one get it: Node 20, and 22 to 26.
 */
const ENGINE_FLAGS = [
  '--semi-space-growth-factor=1',
  '--heap-growing-percent=30',
  ...optimizerFlags(Number.parseInt(process.versions.v8, 10)),
]

function optimizerFlags(v8Major) {
  if (v8Major <= 11) return ['--interrupt-budget=270000']
  return v8Major <= 14 ? ['--invocation-count-for-turbofan=12000'] : []
}

/** The size of the young space, both halves, from which fewer objects survive a collection, and when it grows to that. */
const YOUNG_SPACE_BYTES = 8 * 1_048_576
const GROWING_AFTER_MS = 1500

run()

function run() {
  for (const flag of ENGINE_FLAGS) v8.setFlagsFromString(flag)
  setTimeout(growYoungSpace, GROWING_AFTER_MS).unref()
  const directory = join(import.meta.dirname, 'programs', PROGRAM)
  // Types of command lines compile different parts of the program.
  const { type } = parseCommandLine(process.argv.slice(2), {
    stdinIsTerminal: process.stdin.isTTY === true,
  })
  const cache = compiledCode(directory, type)
  const load = createLoader(
    directory,
    cache.read() ?? (() => null),
    (scripts) => storeLater(cache, scripts),
    type !== 'workbench',
  )
  load(ENTRY)
}

/**
 * Loads the parts of the program as CommonJS modules do: each once, when another part first requires it. `readCode` has null for code
 * that is damaged, and nothing for a part that earlier runs did not need. `onRejected` gets the scripts that are loaded until the end.
 * The code of parts that are loaded after `fetch` was used is rejected if that has changed the flags, so `endsSoon` is for short runs.
 */
function createLoader(directory, readCode, onRejected, endsSoon) {
  const modules = new Map()
  const scripts = new Map()
  let isRejected = false
  const requirePackage = createRequire(join(directory, ENTRY))
  const programUrl = pathToFileURL(directory).href
  const load = (name) => {
    const loaded = modules.get(name)
    if (loaded !== undefined) return loaded.exports
    const module = { exports: {} }
    modules.set(name, module)
    const script = compile(name)
    scripts.set(name, script)
    script.runInThisContext()(requirePart, module, programUrl)
    return module.exports
  }
  const compile = (name) => {
    const filename = join(directory, name)
    const code = readCode(name)
    const cachedData = code ?? undefined
    const script = new vm.Script(readFileSync(filename, 'latin1'), { filename, cachedData })
    if (!isRejected && (code === null || script.cachedDataRejected)) {
      isRejected = true
      onRejected(scripts)
    } else if (name === ENTRY && endsSoon) keepParserUnoptimized()
    return script
  }
  const requirePart = (id) =>
    /^\.\/[\w-]+\.cjs$/.test(id) ? load(basename(id)) : requirePackage(id)
  return load
}

/**
 * `fetch` parses HTTP by WebAssembly, which V8 optimizes in the background as soon as it is used. A process that fetches little
 * gains nothing from that, and cannot end before it is done, some 60 ms later. A run that stores compiled code must not change
 * the flags: V8 rejects code that was compiled after its flags were changed.
 */
function keepParserUnoptimized() {
  const { compile } = WebAssembly
  WebAssembly.compile = async (...args) => {
    v8.setFlagsFromString('--liftoff-only')
    try {
      return await compile(...args)
    } finally {
      v8.setFlagsFromString('--no-liftoff-only')
    }
  }
}

/**
 * Lets the young space grow by objects that survive, once the program has started. The flag is what it was before anything else runs,
 * so that compiled code stays valid.
 */
function growYoungSpace() {
  const isGrown = () =>
    v8.getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size >=
    YOUNG_SPACE_BYTES
  const surviving = []
  v8.setFlagsFromString('--semi-space-growth-factor=2')
  for (let round = 0; round < MAX_GROWING_ROUNDS && !isGrown(); round++) {
    surviving[round % KEPT_ROUNDS] = Array.from({ length: 1000 }, (_, index) => ({ index }))
  }
  v8.setFlagsFromString('--semi-space-growth-factor=1')
}

const MAX_GROWING_ROUNDS = 400
const KEPT_ROUNDS = 60

/** Stores the code once a start has compiled what it needs. A run that fails early has compiled little of that. */
function storeLater(cache, scripts) {
  const timer = setTimeout(save, 3000).unref()
  const saveAtEnd = (code) => code === 0 && save()
  process.once('exit', saveAtEnd)
  function save() {
    clearTimeout(timer)
    process.off('exit', saveAtEnd)
    cache.write([...scripts].map(([name, script]) => [name, script.createCachedData()]))
  }
}
