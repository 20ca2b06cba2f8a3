import { fstatSync } from 'node:fs'
import { decodeUtf8, UnreadableFile } from '../../lib/fs/read-bounded.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { STDIN_NOT_UTF8, STDIN_SILENT, stdinTooLarge } from '../messages.ts'
import type { CliInput } from './cli-environment.ts'

const MAX_STDIN_MEBIBYTES = 10
/** Some programs leave an empty pipe open. In addition to a typed prompt it is not waited for longer than this. */
const SILENCE_TIMEOUT_MS = 3000

/** Piped text without the white space around it; null when nothing is piped. Throws a `UserError` for bytes that are not UTF-8. */
export async function readPipedText(
  stdin: CliInput,
  hasPrompt: boolean,
  notify: (message: string) => void,
): Promise<string | null> {
  if (stdin.isTTY || !isReadable(stdin.fd)) return null
  if (hasPrompt && !(await waitForInput(stdin))) {
    notify(STDIN_SILENT)
    return null
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > MAX_STDIN_MEBIBYTES * 1024 * 1024) {
      throw new UserError(stdinTooLarge(MAX_STDIN_MEBIBYTES))
    }
    chunks.push(bytes)
  }
  try {
    return decodeUtf8(Buffer.concat(chunks)).trim()
  } catch (thrown) {
    if (thrown instanceof UnreadableFile) throw new UserError(STDIN_NOT_UTF8, { cause: thrown })
    throw thrown
  }
}

/** True as soon as there is a byte, or the end of the input; false after the timeout. */
function waitForInput(stdin: CliInput): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (hasInput: boolean) => () => {
      clearTimeout(timer)
      stdin.off('readable', onInput)
      stdin.off('end', onInput)
      if (!hasInput) stdin.destroy()
      resolve(hasInput)
    }
    const onInput = settle(true)
    const timer = setTimeout(settle(false), SILENCE_TIMEOUT_MS)
    stdin.on('readable', onInput)
    stdin.on('end', onInput)
  })
}

/** `/dev/null` and a closed descriptor contain no prompt. */
function isReadable(descriptor: number | undefined): boolean {
  if (descriptor === undefined) return true
  try {
    const stats = fstatSync(descriptor)
    return stats.isFIFO() || stats.isFile() || stats.isSocket()
  } catch {
    return false
  }
}
