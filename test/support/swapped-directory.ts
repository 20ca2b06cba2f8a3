import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Replaces a directory by a link and puts it back, until it is ended. A write may create the directory meanwhile. */
const SWAP = `
const { renameSync, rmSync } = require('node:fs')
function exchange(from, to) {
  for (;;) {
    try {
      return renameSync(from, to)
    } catch {
      rmSync(to, { recursive: true, force: true })
    }
  }
}
process.stdout.write('started')
for (;;) {
  exchange('dir', 'kept')
  exchange('link', 'dir')
  exchange('dir', 'link')
  exchange('kept', 'dir')
}`

export interface SwappedDirectory {
  stop(): Promise<void>
}

/** Exchanges `dir` and `link` of a directory until it is stopped. */
export async function swapDirectory(parent: string): Promise<SwappedDirectory> {
  const swapping = spawn(process.execPath, ['-e', SWAP], {
    cwd: parent,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await once(swapping.stdout, 'data')
  return {
    async stop() {
      if (swapping.exitCode !== null) return
      swapping.kill('SIGKILL')
      await once(swapping, 'exit')
    },
  }
}
