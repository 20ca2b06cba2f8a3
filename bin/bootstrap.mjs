// The build makes this dist/letta.js. It runs the program, from compiled code if there is some.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import v8 from 'node:v8'
import vm from 'node:vm'
import { parseArguments } from '../lib/cli/parse.ts'
import { compiledCode } from './code-cache.mjs'

/* global PROGRAM: the file name of the program, defined by the build */

run()

function run() {
  const file = join(import.meta.dirname, 'programs', PROGRAM)
  // Types of command lines compile different parts of the program.
  const { type } = parseArguments(process.argv.slice(2), {
    stdinIsTerminal: process.stdin.isTTY === true,
  })
  const cache = compiledCode(file, type)
  const cachedData = cache.read()
  const script = new vm.Script(readFileSync(file, 'latin1'), {
    filename: file,
    cachedData: cachedData ?? undefined,
  })
  if (cachedData !== null && !script.cachedDataRejected) keepParserUnoptimized()
  else storeLater(cache, script)
  script.runInThisContext()(createRequire(file), pathToFileURL(file).href)
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
function storeLater(cache, script) {
  const timer = setTimeout(save, 3000).unref()
  const saveAtEnd = (code) => code === 0 && save()
  process.once('exit', saveAtEnd)
  function save() {
    clearTimeout(timer)
    process.off('exit', saveAtEnd)
    cache.write(script.createCachedData())
  }
}
