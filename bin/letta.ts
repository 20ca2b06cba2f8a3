#!/usr/bin/env node
import module from 'node:module'
import { join } from 'node:path'

// Beside the program itself, so that nobody who couldn't change the program can change what is cached of it.
const enableCompileCache: unknown = Reflect.get(module, 'enableCompileCache')
if (typeof enableCompileCache === 'function') {
  enableCompileCache(join(import.meta.dirname, '.cache'))
}
const { main } = await import('./main.ts')
const code = await main(process.argv.slice(2))
// What is still open (a watcher, a socket) must not keep us; what is still unwritten must be out.
process.stdout.write('', () => process.exit(code))
