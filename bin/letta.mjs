#!/usr/bin/env node
// The command `letta`. It is not built, so that a link to a fresh clone reports what is missing.
import { existsSync } from 'node:fs'

const program = new URL('../dist/letta.js', import.meta.url)
if (existsSync(program)) await import(program.href)
else {
  process.stderr.write(
    'letta: This copy is not built. In a clone, run: npm start\n  npm does not build what it installs from a git address. Clone it, or run: npm install -g letta-workbench\n',
  )
  process.exitCode = 1
}
