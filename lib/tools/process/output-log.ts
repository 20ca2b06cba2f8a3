import { createWriteStream, type WriteStream } from 'node:fs'
import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { ignoreErrno, isErrno } from '../../fs/errno.ts'
import {
  NO_OUTPUT_DIRECTORY,
  OUTPUT_CUT_OFF,
  outputIncomplete,
  outputLimit,
} from '../messages/shell.ts'

/** The complete output of a command when it is longer than what the agent receives. */
export interface OutputLog {
  /** Null while nothing has been written to it. */
  readonly path: string | null
  /** The reason why the file is incomplete: an error, or the size limit. Null while it contains everything. */
  readonly remark: string | null
  /** Returns false when the writer should wait for the disk, and calls `drained` when it may continue. */
  write(chunk: Buffer, drained: () => void): boolean
  close(): Promise<void>
}

/** A command that never stops printing must not fill the disk. */
const MAX_FILE_BYTES = 256 * 1_048_576

/**
 * The file is created after `threshold` bytes, which are retained in memory until then.
 * Without a path (there is no directory to write to) nothing is saved.
 */
export function createOutputLog(path: string | null, threshold: number): OutputLog {
  let early: Buffer[] = []
  let total = 0
  let stream: WriteStream | null = null
  let remark: string | null = null
  let waiting: (() => void)[] = []
  const release = (): void => {
    const released = waiting
    waiting = []
    for (const drained of released) drained()
  }
  const open = (path: string): WriteStream => {
    const opened = createWriteStream(path, { flags: 'wx', mode: 0o600 })
    opened.on('error', (error) => {
      remark = outputIncomplete(error.message)
    })
    // An error ends the stream without draining it.
    opened.on('drain', release).on('close', release)
    for (const chunk of early) opened.write(chunk)
    early = []
    return opened
  }
  return {
    get path() {
      return stream === null ? null : path
    },
    get remark() {
      return remark
    },
    write(chunk, drained) {
      total += chunk.length
      if (total <= threshold) {
        early.push(Buffer.from(chunk))
        return true
      }
      if (path === null) remark = NO_OUTPUT_DIRECTORY
      if (path === null || remark !== null) return true
      stream ??= open(path)
      if (total > MAX_FILE_BYTES) {
        remark = outputLimit(MAX_FILE_BYTES)
        return true
      }
      if (stream.write(chunk)) return true
      waiting.push(drained)
      return false
    },
    async close() {
      if (stream === null) return
      stream.end()
      await finished(stream).catch(() => {
        remark ??= OUTPUT_CUT_OFF
      })
    },
  }
}

const KEPT_MS = 7 * 24 * 3_600_000

/** Creates the directory of output files and deletes old files in it. Null when it cannot be created; commands run without it. */
export async function openOutputDirectory(
  lettaDirectory: string,
  now: number,
): Promise<string | null> {
  const directory = join(lettaDirectory, 'output')
  try {
    await fs.mkdir(directory, { recursive: true, mode: 0o700 })
  } catch (thrown) {
    if (!isErrno(thrown)) throw thrown
    return null
  }
  for (const name of await fs.readdir(directory)) {
    const path = join(directory, name)
    const stats = await fs.lstat(path).catch(ignoreErrno('ENOENT'))
    if (stats !== null && now - stats.mtimeMs > KEPT_MS) await fs.rm(path, { force: true })
  }
  return directory
}

export function outputPath(directory: string | null, name: string): string | null {
  return directory === null
    ? null
    : join(directory, `${name.replaceAll(/[^\w-]/g, '_').slice(0, 120)}.log`)
}
