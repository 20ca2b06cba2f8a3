// The build makes this dist/letta.js. It chooses the program for the command line, and runs it from compiled code if there is some.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import v8 from 'node:v8'
import vm from 'node:vm'
import { parseArguments } from '../lib/cli/parse.ts'
import { readCompiled, writeCompiled } from './code-cache.mjs'

/* global PROGRAMS: file names by type of invocation, defined by the build */

const dist = import.meta.dirname
const { type } = parseArguments(process.argv.slice(2), {
  stdinIsTerminal: process.stdin.isTTY === true,
})
run(PROGRAMS[type] ?? PROGRAMS.other)

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

function run(name) {
  const file = join(dist, 'programs', name)
  // Compiled code is valid for one version of V8 and one program, whose name contains its hash. The build stores a first version.
  const cache = join(dist, '.cache', `${name}-${process.version}-${process.arch}`)
  const complete = readCompiled(cache)
  const cachedData = complete ?? readCompiled(`${cache}.base`)
  const script = new vm.Script(readFileSync(file, 'latin1'), {
    filename: file,
    cachedData: cachedData ?? undefined,
  })
  if (complete !== null && !script.cachedDataRejected) keepParserUnoptimized()
  else storeLater(cache, script)
  script.runInThisContext()(createRequire(file), pathToFileURL(file).href)
}

/** Stores the code once a start has compiled what it needs. A run that fails early has compiled little of that. */
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

/** Next to the program, so that only users who can change the program can change its compiled code. */
function store(path, bytes) {
  try {
    writeCompiled(path, bytes)
  } catch {
    // The installation is not writable for this user: each run compiles the program again.
  }
}
