import { appendFile, mkdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { writeAtomically } from '../../lib/fs/atomic-write.ts'
import { isErrno } from '../../lib/fs/errno.ts'
import { readBounded } from '../../lib/fs/read-bounded.ts'
import { isRecord } from '../../lib/util/is-record.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { HISTORY_IN_USE } from '../messages/program.ts'

/** The messages that the user has sent in all directories, in a file that only the user can read. */
interface MessageHistory {
  /** Oldest first, each text once; those of this directory after the others, so that they come back first. */
  load(): Promise<{ readonly messages: readonly string[]; readonly pastes: readonly string[] }>
  /**
   * `pastes`: long texts that were pasted into it. A history that cannot be saved is not worth an interruption: the message
   * itself is with the agent.
   */
  add(text: string, pastes: readonly string[]): void
  /** Resolves when everything is written. */
  saved(): Promise<void>
}

interface SentMessage {
  readonly text: string
  readonly directory: string
  /** Where the texts that were pasted are. */
  readonly pastes?: readonly PasteRange[]
}

type PasteRange = readonly [from: number, to: number]

const MAX_MESSAGES = 500
/** Beyond it, the oldest messages are removed when the history is loaded. */
const MAX_FILE_BYTES = 4 * 1_048_576
const MAX_READ_BYTES = 64 * 1_048_576

export function openMessageHistory(lettaDirectory: string, directory: string): MessageHistory {
  const file = path.join(lettaDirectory, 'history.jsonl')
  let writing: Promise<unknown> = Promise.resolve()
  return {
    async load() {
      const found = await read(file)
      if (found.bytes > MAX_FILE_BYTES) await shorten(file, found).catch(ignoreUnavailable)
      return { messages: inOrder(found.messages, directory), pastes: pastesOf(found.messages) }
    },
    add(text, pastes) {
      const ranges = pastes.map((paste): PasteRange => {
        const from = text.indexOf(paste)
        return [from, from + paste.length]
      })
      const sent: SentMessage = {
        text,
        directory,
        ...(ranges.length > 0 ? { pastes: ranges } : {}),
      }
      const line = `${JSON.stringify(sent)}\n`
      writing = writing.then(() => append(file, line)).catch(ignoreUnavailable)
    },
    async saved() {
      await writing
    },
  }
}

async function append(file: string, line: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true })
  await appendFile(file, line, { mode: 0o600 })
}

/** Gives up, until the next start, when another process adds a message meanwhile. */
async function shorten(file: string, { messages, bytes }: SavedMessages): Promise<void> {
  const kept = messages.slice(-MAX_MESSAGES).map((one) => `${JSON.stringify(one)}\n`)
  const confirm = async (): Promise<void> => {
    if ((await stat(file)).size !== bytes) throw new UserError(HISTORY_IN_USE)
  }
  await writeAtomically(file, kept.join(''), { mode: 0o600, confirm })
}

interface SavedMessages {
  readonly messages: readonly SentMessage[]
  readonly bytes: number
}

async function read(file: string): Promise<SavedMessages> {
  try {
    const { bytes } = await readBounded(file, { maxBytes: MAX_READ_BYTES })
    return { messages: bytes.toString('utf8').split('\n').flatMap(parse), bytes: bytes.length }
  } catch (thrown) {
    ignoreUnavailable(thrown)
    return { messages: [], bytes: 0 }
  }
}

/** A line that was cut by a full disk, or changed by hand, is left out. */
function parse(line: string): readonly SentMessage[] {
  try {
    const value: unknown = JSON.parse(line)
    if (!isRecord(value)) return []
    const { text, directory, pastes } = value
    if (typeof text !== 'string' || typeof directory !== 'string') return []
    const ranges = Array.isArray(pastes) ? pastes.filter(isRange) : []
    return [{ text, directory, ...(ranges.length > 0 ? { pastes: ranges } : {}) }]
  } catch {
    return []
  }
}

function isRange(value: unknown): value is PasteRange {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isInteger)
}

function pastesOf(messages: readonly SentMessage[]): readonly string[] {
  return messages.flatMap(({ text, pastes = [] }) =>
    pastes.map(([from, to]) => text.slice(from, to)),
  )
}

function inOrder(messages: readonly SentMessage[], directory: string): readonly string[] {
  const isHere = (message: SentMessage): boolean => message.directory === directory
  const others = messages.filter((message) => !isHere(message))
  const newestFirst = [...others, ...messages.filter(isHere)].map(({ text }) => text).reverse()
  return [...new Set(newestFirst)].slice(0, MAX_MESSAGES).reverse()
}

function ignoreUnavailable(thrown: unknown): void {
  if (!isErrno(thrown) && !(thrown instanceof UserError)) throw thrown
}
