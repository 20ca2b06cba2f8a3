// The build makes this dist/letta.js. It runs the program, from compiled code if there is some.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import v8 from 'node:v8'
import vm from 'node:vm'
import { parseArguments } from '../lib/cli/parse.ts'
import { compiledCode } from './code-cache.mjs'

/* global PROGRAM, ENTRY: the directory of the program and the part that runs first, defined by the build */

/** Without it zod compiles a parser for each schema, which takes longer than the one validation that most schemas are used for. */
globalThis.__zod_globalConfig = { jitless: true }

/**
 * The young space stays at its first size, 1 MiB for each half, instead of growing to 16, and garbage is collected once the old space
 * has grown by a half, instead of up to four times. These flags have to precede all compiled code, which is valid for one set of flags.
 */
const MEMORY_FLAGS = ['--semi-space-growth-factor=1', '--heap-growing-percent=50']

run()

function run() {
  for (const flag of MEMORY_FLAGS) v8.setFlagsFromString(flag)
  const directory = join(import.meta.dirname, 'programs', PROGRAM)
  // Types of command lines compile different parts of the program.
  const { type } = parseArguments(process.argv.slice(2), {
    stdinIsTerminal: process.stdin.isTTY === true,
  })
  const cache = compiledCode(directory, type)
  const load = createLoader(directory, cache.read() ?? (() => null), (scripts) =>
    storeLater(cache, scripts),
  )
  load(ENTRY)
}

/**
 * Loads the parts of the program as CommonJS modules do: each once, when another part first requires it. `readCode` has null for code
 * that is damaged, and nothing for a part that earlier runs did not need. `onRejected` gets the scripts that are loaded until the end.
 */
function createLoader(directory, readCode, onRejected) {
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
    } else if (name === ENTRY) keepParserUnoptimized()
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
