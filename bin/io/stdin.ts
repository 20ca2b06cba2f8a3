import { fstatSync } from 'node:fs'
import { UserError } from '../../lib/util/user-error.ts'
import type { Input } from './cli-environment.ts'

const LIMIT = 10 * 1024 * 1024
/** Programs often leave an empty pipe open; beside a typed prompt we don't wait for it for ever. */
const PATIENCE_MS = 3000

/** What was piped in, without the white space around it; null when nothing was. */
export async function pipedText(
  stdin: Input,
  hasWords: boolean,
  tell: (line: string) => void,
): Promise<string | null> {
  if (stdin.isTTY || !canBeRead(stdin.fd)) return null
  if (hasWords && !(await hasInput(stdin))) {
    tell('standard input stays silent: going on with the prompt alone.')
    return null
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > LIMIT) throw new UserError('Standard input is larger than 10 MB.')
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8').trim()
}

/** True as soon as there is a byte or the end. */
function hasInput(stdin: Input): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (has: boolean) => () => {
      clearTimeout(timer)
      stdin.off('readable', heard)
      stdin.off('end', heard)
      if (!has) stdin.destroy()
      resolve(has)
    }
    const heard = settle(true)
    const timer = setTimeout(settle(false), PATIENCE_MS)
    stdin.on('readable', heard)
    stdin.on('end', heard)
  })
}

/** `/dev/null` and a closed descriptor hold no prompt. */
function canBeRead(descriptor: number | undefined): boolean {
  if (descriptor === undefined) return true
  try {
    const stats = fstatSync(descriptor)
    return stats.isFIFO() || stats.isFile() || stats.isSocket()
  } catch {
    return false
  }
}
