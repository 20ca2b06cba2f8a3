import { createHash } from 'node:crypto'
import { appendFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isErrno } from '../fs/errno.ts'
import { decodeUtf8, readBounded, UnreadableFile } from '../fs/read-bounded.ts'
import { isRecord } from '../util/is-record.ts'
import { parseJson } from '../util/parse-json.ts'

/** Lines of memory that repeat text from outside, with their sources: one file for each server, which only its owner can read. */
export interface OutsideLinesFile {
  /** Empty when the file does not exist or cannot be read. */
  read(): Promise<Readonly<Record<string, string>>>
  add(lines: Readonly<Record<string, string>>): Promise<void>
}

const MAX_FILE_BYTES = 16 * 1_048_576

export function openOutsideLines(directory: string, server: string): OutsideLinesFile {
  const name = createHash('sha256').update(server).digest('hex').slice(0, 16)
  const path = join(directory, `outside-${name}.jsonl`)
  return {
    async read() {
      try {
        const limits = { maxBytes: MAX_FILE_BYTES, followSymlinks: false }
        const { bytes } = await readBounded(path, limits)
        return Object.fromEntries(decodeUtf8(bytes).split('\n').flatMap(parseLine))
      } catch (thrown) {
        if (isErrno(thrown) || thrown instanceof UnreadableFile) return {}
        throw thrown
      }
    },
    async add(lines) {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      const text = Object.entries(lines).map(([line, source]) => JSON.stringify({ line, source }))
      await appendFile(path, `\n${text.join('\n')}\n`, { mode: 0o600 })
    },
  }
}

function parseLine(text: string): readonly (readonly [line: string, source: string])[] {
  // An incomplete line, after a crash, is none.
  const one = parseJson(text)
  const { line, source } = isRecord(one) ? one : {}
  return typeof line === 'string' && typeof source === 'string' ? [[line, source]] : []
}
