import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { writeAtomically } from '../../lib/fs/atomic-write.ts'
import { isErrno } from '../../lib/fs/errno.ts'
import {
  identifyProcess,
  isProcessAlive,
  type ProcessIdentity,
} from '../../lib/fs/process-identity.ts'
import { decodeUtf8, readBounded, UnreadableFile } from '../../lib/fs/read-bounded.ts'
import { isRecord } from '../../lib/util/is-record.ts'
import { jsonPieces } from '../../lib/util/json-pieces.ts'
import { type Thread, threadKey } from '../../lib/util/thread.ts'
import type { RejectedLine } from '../state/diff-selection.ts'

/** What a person has written and no agent has received: queued messages in their order, and the text in the input. */
export interface UnsentText extends UnsentReview {
  readonly queue: readonly string[]
  readonly text: string
  /** Long texts that were pasted, which both contain. */
  readonly pastes: readonly string[]
}

/** What a person has made of calls that still wait. */
export interface UnsentReview {
  /** To questions of the agent that still wait. */
  readonly answers: readonly UnsentAnswers[]
  /** Of the texts of calls that still await approval. */
  readonly edits: readonly UnsentEdit[]
  /** Of changes that still await approval. */
  readonly selections: readonly UnsentSelection[]
}

/** What a person has rejected of a change, by the numbers and texts of its lines. */
export interface UnsentSelection {
  readonly callId: string
  readonly rejected: readonly RejectedLine[]
}

/** What a person has made of the text of a call. */
export interface UnsentEdit {
  readonly callId: string
  /** The text that the person began with; null when it was stored by an earlier version. */
  readonly before: string | null
  readonly text: string
}

/** What was selected and written in answer to the questions of a call. */
export interface UnsentAnswers {
  readonly callId: string
  /** The question that was shown, and the row that keys applied to. */
  readonly at: number
  readonly cursor: number
  readonly drafts: readonly { readonly chosen: readonly number[]; readonly text: string }[]
}

export interface LeftText extends UnsentText {
  /** Its process was killed, or crashed. */
  readonly isAbandoned: boolean
}

/** The unsent text of this process, in a separate file for each conversation that only the user can read, and that of processes which have ended. */
export interface MessageDrafts {
  /** `thread`: null before an agent is open. `hidden`: what was begun in conversations that are not shown. */
  save(
    thread: Thread | null,
    unsent: UnsentText,
    hidden?: readonly (UnsentReview & { readonly thread: Thread })[],
  ): Promise<void>
  /**
   * Takes over what ended processes have left in this directory for this conversation, the oldest first. `isWriting`: messages are
   * left where they are.
   */
  takeOver(thread: Thread, isWriting?: boolean): Promise<readonly LeftText[]>
  /** Removes the files that were taken over, once their text is saved in that of this process. */
  confirm(): Promise<void>
  /** Leaves the files to the next process. */
  release(): Promise<void>
}

interface UnsentFile extends UnsentText {
  readonly agentId: string | null
  /** Null before an agent was open, and in files of earlier versions: any conversation of the agent. */
  readonly conversationId: string | null
  /** Null when its process has left it. */
  readonly process: ProcessIdentity | null
  /** Milliseconds since 1970. */
  readonly at: number
}

const MAX_FILE_BYTES = 64 * 1_048_576

export function openMessageDrafts(
  lettaDirectory: string,
  directory: string,
  now: () => number,
): MessageDrafts {
  const draftsDirectory = path.join(lettaDirectory, 'message-drafts')
  const prefix = `${createHash('sha256').update(directory).digest('hex').slice(0, 24)}-`
  const own = `${prefix}${randomUUID()}`
  const identity = identifyProcess()
  /** The files of this process. */
  const saved = new Map<string, UnsentFile>()
  let taken: readonly string[] = []
  const fileOf = (suffix: string): string => path.join(draftsDirectory, `${own}${suffix}.json`)
  const write = async (file: string, content: UnsentFile): Promise<void> => {
    if (isSame(saved.get(file), content)) return
    await mkdir(draftsDirectory, { recursive: true, mode: 0o700 })
    // Not flushed to the disk: the file survives the end of the process, and is written while a person types.
    await writeAtomically(file, jsonPieces(content), { mode: 0o600, flush: false })
    saved.set(file, content)
  }
  return {
    async save(thread, unsent, hidden = []) {
      const fields = { process: await identity, at: now() }
      const texts = new Map<string, UnsentFile>(
        hidden.map(({ thread: one, ...review }) => {
          const key = threadKey(one).replaceAll(/[^\w-]/g, '_')
          return [fileOf(`-${key}`), { ...NO_MESSAGES, ...review, ...placeOf(one), ...fields }]
        }),
      )
      texts.set(fileOf(''), { ...unsent, ...placeOf(thread), ...fields })
      for (const [file, content] of texts) if (!isEmpty(content)) await write(file, content)
      for (const file of saved.keys()) {
        const content = texts.get(file)
        if (content !== undefined && !isEmpty(content)) continue
        await rm(file, { force: true })
        saved.delete(file)
      }
    },
    async takeOver({ agentId, conversationId }, isWriting = false) {
      const found: (UnsentFile & { readonly file: string })[] = []
      for (const name of await readdir(draftsDirectory).catch(noDirectory)) {
        const at = path.join(draftsDirectory, name)
        if (!name.startsWith(prefix) || name.startsWith(own) || taken.includes(at)) continue
        const draft = await read(at)
        if (draft === null || (draft.agentId ?? agentId) !== agentId) continue
        if (isWriting && hasMessages(draft)) continue
        if ((draft.conversationId ?? conversationId) !== conversationId) continue
        if (draft.process === null || !(await isProcessAlive(draft.process, await identity)))
          found.push({ ...draft, file: at })
      }
      taken = [...taken, ...found.map((one) => one.file)]
      return found
        .toSorted((one, other) => one.at - other.at)
        .map(({ queue, text, pastes, answers, edits, selections, process }) => ({
          queue,
          text,
          pastes,
          answers,
          edits,
          selections,
          isAbandoned: process !== null,
        }))
    },
    async confirm() {
      const files = taken
      taken = []
      for (const one of files) await rm(one, { force: true })
    },
    async release() {
      for (const [file, content] of saved) await write(file, { ...content, process: null })
    },
  }
}

const NO_MESSAGES = { queue: [], text: '', pastes: [] }

function isSame(before: UnsentFile | undefined, after: UnsentFile): boolean {
  return before !== undefined && isDeepStrictEqual({ ...before, at: after.at }, after)
}

function placeOf(thread: Thread | null): Pick<UnsentFile, 'agentId' | 'conversationId'> {
  return { agentId: thread?.agentId ?? null, conversationId: thread?.conversationId ?? null }
}

export function isEmpty(unsent: UnsentText): boolean {
  const { answers, edits, selections } = unsent
  return !hasMessages(unsent) && answers.length + edits.length + selections.length === 0
}

/** Whether there is more than what belongs to calls. */
export function hasMessages({ queue, text }: UnsentText): boolean {
  return queue.length > 0 || text.trim() !== ''
}

function noDirectory(thrown: unknown): readonly string[] {
  if (isErrno(thrown)) return []
  throw thrown
}

async function read(file: string): Promise<UnsentFile | null> {
  try {
    const { bytes } = await readBounded(file, { maxBytes: MAX_FILE_BYTES, followSymlinks: false })
    return toDraft(JSON.parse(decodeUtf8(bytes)))
  } catch (thrown) {
    if (isErrno(thrown) || thrown instanceof UnreadableFile || thrown instanceof SyntaxError)
      return null
    throw thrown
  }
}

function toDraft(value: unknown): UnsentFile | null {
  if (!isRecord(value) || typeof value['text'] !== 'string' || !Array.isArray(value['queue']))
    return null
  const { text, queue, pastes, answers, edits, selections } = value
  const { agentId, conversationId, process, at } = value
  return {
    text,
    queue: queue.filter((one) => typeof one === 'string'),
    pastes: Array.isArray(pastes) ? pastes.filter((one) => typeof one === 'string') : [],
    answers: Array.isArray(answers) ? answers.flatMap(toAnswers) : [],
    edits: Array.isArray(edits) ? edits.flatMap(toUnsentEdit) : [],
    selections: Array.isArray(selections) ? selections.flatMap(toUnsentSelection) : [],
    agentId: typeof agentId === 'string' ? agentId : null,
    conversationId: typeof conversationId === 'string' ? conversationId : null,
    process: isRecord(process) ? toIdentity(process) : null,
    at: typeof at === 'number' ? at : 0,
  }
}

function toAnswers(value: unknown): readonly UnsentAnswers[] {
  if (!isRecord(value) || !Array.isArray(value['drafts'])) return []
  const { callId, at, cursor, drafts } = value
  if (typeof callId !== 'string' || !isIndex(at) || !isIndex(cursor)) return []
  const read = drafts.map((one: unknown) => {
    const { chosen, text } = isRecord(one) ? one : {}
    return {
      chosen: Array.isArray(chosen) ? chosen.filter(isIndex) : [],
      text: typeof text === 'string' ? text : '',
    }
  })
  return [{ callId, at, cursor, drafts: read }]
}

function toUnsentEdit(value: unknown): readonly UnsentEdit[] {
  const { callId, before, text } = isRecord(value) ? value : {}
  if (typeof callId !== 'string' || typeof text !== 'string') return []
  return [{ callId, before: typeof before === 'string' ? before : null, text }]
}

function toUnsentSelection(value: unknown): readonly UnsentSelection[] {
  const { callId, rejected } = isRecord(value) ? value : {}
  if (typeof callId !== 'string' || !Array.isArray(rejected)) return []
  const read = rejected.flatMap((one: unknown) => {
    const { line, text } = isRecord(one) ? one : {}
    return isIndex(line) && typeof text === 'string' ? [{ line, text }] : []
  })
  return [{ callId, rejected: read }]
}

function isIndex(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0
}

function toIdentity({
  host,
  processId,
  startedAt,
}: Readonly<Record<string, unknown>>): ProcessIdentity | null {
  if (typeof host !== 'string' || typeof processId !== 'number') return null
  return { host, processId, startedAt: typeof startedAt === 'string' ? startedAt : null }
}
