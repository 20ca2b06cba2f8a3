import { createHash } from 'node:crypto'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { PendingCall } from '../client/gateway/pending-calls.ts'
import type { Reply } from '../client/stream/stream.ts'
import { writeAtomically } from '../fs/atomic-write.ts'
import { isErrno } from '../fs/errno.ts'
import { readStored } from '../fs/read-stored.ts'
import { isRecord } from '../util/is-record.ts'
import { parseJson } from '../util/parse-json.ts'

export type KeptResult = Extract<Reply, { type: 'result' }>

/** A call of one agent on one server. */
interface CallAddress extends PendingCall {
  readonly server: string
  readonly agentId: string
}

/**
 * The results of tools that no server has confirmed yet, in files of the user. A tool runs once, so a result that is lost can
 * never be produced again: it is kept before it is sent, and sent when the call is found pending, by this session or another.
 */
export interface Outbox {
  /** Never rejects: on a full disk the result is kept in this process only. */
  keep(call: CallAddress, result: KeptResult): Promise<void>
  find(call: CallAddress): Promise<KeptResult | null>
  /** The server has stored these results. */
  confirm(callIds: readonly string[]): Promise<void>
  /** Removes old results: their agents were deleted, or their calls were answered elsewhere. */
  clear(now: number): Promise<void>
}

export function openOutbox(directory: string): Outbox {
  const fileOf = ({ server, agentId, callId, tool, args }: CallAddress): string => {
    // Some models number their calls from one in each answer: tool and arguments belong to the name, as in the journal.
    const key = JSON.stringify([server, agentId, callId, tool, args])
    return path.join(
      directory,
      `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`,
    )
  }
  const kept = new Map<string, { readonly file: string; readonly result: KeptResult }>()
  return {
    async keep(call, result) {
      const file = fileOf(call)
      kept.set(call.callId, { file, result })
      await write(directory, file, result)
    },
    async find(call) {
      const file = fileOf(call)
      const known = kept.get(call.callId)
      const result = known?.file === file ? known.result : await read(file)
      if (result !== null) kept.set(call.callId, { file, result })
      return result
    },
    clear: (now) => clearOutbox(directory, now),
    async confirm(callIds) {
      for (const callId of callIds) {
        const known = kept.get(callId)
        kept.delete(callId)
        if (known !== undefined) await rm(known.file, { force: true }).catch(ignoreAnyErrno)
      }
    },
  }
}

async function clearOutbox(directory: string, now: number): Promise<void> {
  const names = (await readdir(directory).catch(ignoreAnyErrno)) ?? []
  for (const name of names) {
    const file = path.join(directory, name)
    const facts = await stat(file).catch(ignoreAnyErrno)
    if (facts !== null && now - facts.mtimeMs > RETENTION_MS) {
      await rm(file, { force: true }).catch(ignoreAnyErrno)
    }
  }
}

const RETENTION_MS = 30 * 24 * 3_600_000

function ignoreAnyErrno(thrown: unknown): null {
  if (isErrno(thrown)) return null
  throw thrown
}

async function write(directory: string, file: string, result: KeptResult): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await writeAtomically(file, JSON.stringify(result), { mode: 0o600, flush: false })
  } catch (thrown) {
    ignoreAnyErrno(thrown)
  }
}

async function read(file: string): Promise<KeptResult | null> {
  const text = await readStored(file)
  // A damaged file is no result.
  const value = text === null ? null : parseJson(text)
  return isResult(value) ? value : null
}

function isResult(value: unknown): value is KeptResult {
  return (
    isRecord(value) &&
    value['type'] === 'result' &&
    typeof value['callId'] === 'string' &&
    typeof value['text'] === 'string' &&
    (value['status'] === 'success' || value['status'] === 'error') &&
    [value['stdout'], value['stderr'], value['pictures']].every(Array.isArray)
  )
}
