// Becomes dist/letta.js: picks the program for the command line and runs it, compiled already if it ran before.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import v8 from 'node:v8'
import vm from 'node:vm'
import { parseArguments } from '../lib/cli/parse.ts'
import { readCompiled, writeCompiled } from './code-cache.mjs'

/* global PROGRAMS: file names by kind of invocation, put in by the build */

const dist = import.meta.dirname
const { kind } = parseArguments(process.argv.slice(2), {
  stdinIsTerminal: process.stdin.isTTY === true,
})
run(PROGRAMS[kind] ?? PROGRAMS.other)

/**
 * `fetch` parses HTTP by WebAssembly, of which V8 makes its best code in the background as soon as it is used: for what we
 * fetch that gains nothing, and the process cannot end before it is done, some 60 ms later. Not in a run whose code is
 * stored: V8 takes none back that was made after its flags were touched.
 */
function leaveParserPlain() {
  const { compile } = WebAssembly
  WebAssembly.compile = async (...given) => {
    v8.setFlagsFromString('--liftoff-only')
    try {
      return await compile(...given)
    } finally {
      v8.setFlagsFromString('--no-liftoff-only')
    }
  }
}

function run(name) {
  const file = join(dist, 'programs', name)
  // What V8 compiled is good for this V8 alone; the name of the program has its hash. The build leaves the base of it.
  const cache = join(dist, '.cache', `${name}-${process.version}-${process.arch}`)
  const whole = readCompiled(cache)
  const cachedData = whole ?? readCompiled(`${cache}.base`)
  const script = new vm.Script(readFileSync(file, 'latin1'), {
    filename: file,
    cachedData: cachedData ?? undefined,
  })
  if (whole !== null && !script.cachedDataRejected) leaveParserPlain()
  else storeLater(cache, script)
  script.runInThisContext()(createRequire(file), pathToFileURL(file).href)
}

/** Once it has compiled what a start needs: one that fails early has compiled but a little of that. */
function storeLater(cache, script) {
  const timer = setTimeout(save, 3000).unref()
  const saveAtEnd = (code) => code === 0 && save()
  process.once('exit', saveAtEnd)
  function save() {
    clearTimeout(timer)
    process.off('exit', saveAtEnd)
    store(cache, script.createCachedData())
  }
}

/** Beside the program itself, so that nobody who couldn't change the program can change what is cached of it. */
function store(path, bytes) {
  try {
    writeCompiled(path, bytes)
  } catch {
    // Installed for all by somebody else: each run compiles anew then.
  }
}
