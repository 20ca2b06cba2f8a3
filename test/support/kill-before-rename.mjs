// Loaded before a program (`node --import`). The program is killed when it is about to put a file of the name `KILL_BEFORE` in place.
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { basename } from 'node:path'

const { rename } = fs
const name = process.env['KILL_BEFORE']

fs.rename = (from, to) => {
  if (basename(String(to)) === name) process.kill(process.pid, 'SIGKILL')
  return rename(from, to)
}
syncBuiltinESMExports()
