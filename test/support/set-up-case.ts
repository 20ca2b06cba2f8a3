import { execFileSync } from 'node:child_process'
import { chmodSync, linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'

export type SetupStep = readonly [operation: string, ...args: readonly (string | number)[]]

/** Creates the files that a case of `hostile-file-permission.json` requires. Its `meta` describes each operation. */
export function setUpCase(project: string, steps: readonly SetupStep[]): void {
  const at = (name: string | number | undefined): string => path.join(project, String(name))
  for (const [operation, first = '', second = '', third = 0] of steps) {
    const file = operation === 'symlink' || operation === 'hardlink' ? at(second) : at(first)
    mkdirSync(path.dirname(file), { recursive: true })
    switch (operation) {
      case 'write':
        writeFileSync(file, String(second))
        break
      case 'write64':
        writeFileSync(file, Buffer.from(String(second), 'base64'))
        break
      case 'symlink':
        symlinkSync(String(first), file)
        break
      case 'hardlink':
        linkSync(at(first), file)
        break
      case 'mkdir':
        mkdirSync(file, { recursive: true })
        break
      case 'mkfifo':
        execFileSync('mkfifo', [file])
        break
      case 'chmod':
        chmodSync(file, Number.parseInt(String(second), 8))
        break
      case 'sparse':
        writeFileSync(file, '')
        truncateSync(file, Number(second))
        break
      case 'repeat':
        writeFileSync(file, String(second).repeat(Number(third)))
        break
      case 'socket':
        createServer().listen(file).unref().close()
        break
      case 'manyfiles':
        mkdirSync(file, { recursive: true })
        for (let n = 0; n < Number(second); n++) writeFileSync(path.join(file, `${n}`), '')
        break
      default:
        throw new Error(`Unknown operation ${operation}`)
    }
  }
}
