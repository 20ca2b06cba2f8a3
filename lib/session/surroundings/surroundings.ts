import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { writeAtomically } from '../../fs/atomic-write.ts'
import { ignoreErrno } from '../../fs/errno.ts'
import { isInside } from '../../fs/is-inside.ts'
import { pathExists } from '../../fs/path-exists.ts'
import { readStored } from '../../fs/read-stored.ts'
import { createDeniedFileFilter } from '../../permissions/paths/denied-file-filter.ts'
import { goneInstructionsText, instructionsText, placeText } from '../../prompts/index.ts'
import { INSTRUCTION_NAMES } from '../../settings/instruction-files.ts'
import { createOwnership } from '../../tools/search/of-project.ts'
import { isRecord } from '../../util/is-record.ts'
import { threadKey } from '../../util/thread.ts'
import { type BaseServices, loadRules } from '../create-services.ts'
import { countChanged, readBranch } from '../git-status.ts'
import { INSTRUCTIONS_NOT_TRUSTED } from '../messages/settings.ts'
import { policyOf } from '../policy.ts'
import { openThread } from '../state/selectors.ts'
import type { SessionState } from '../state/session-state.ts'
import { PLACE, type SurroundingsPart } from '../state/surroundings.ts'
import { readInstructions } from './read-instructions.ts'

/**
 * What the agent gets to know about where it is: with the first message of a conversation, and again the parts that have changed. It goes
 * in front of a message and never into the system prompt, so that what a provider has cached stays valid.
 */
export interface Surroundings {
  /** The text for the message that is sent now; null when the agent knows everything. */
  next(): Promise<string | null>
  /** Whether the server has stored the message with that text: otherwise it is sent again. */
  settle(isStored: boolean): void
}

type Base = Pick<BaseServices, 'options' | 'store' | 'settings' | 'bounds' | 'now' | 'notify'>

/** What a conversation has been sent: the hash of each part, by its name. */
type SentParts = Readonly<Record<string, { readonly hash: string; readonly characters: number }>>

export function createSurroundings(base: () => Base): Surroundings {
  let known: { readonly key: string; readonly parts: SentParts } | null = null
  let unconfirmed: { readonly key: string; readonly parts: SentParts } | null = null
  let hasReported = false

  const sentIn = async (key: string): Promise<SentParts> => {
    if (known?.key !== key) known = { key, parts: await read(base(), key) }
    return known.parts
  }
  const forget = (): void => {
    known = null
  }
  base().store.subscribe(({ conversation, agent }, event) => {
    if (event.type !== 'surroundings.forgotten') return
    known = { key: threadKey(openThread({ conversation, agent })), parts: {} }
    // What the running turn has sent may be in the summary as well.
    if (unconfirmed !== null) unconfirmed = known
    void write(base(), known.key, {})
  })
  return {
    async next() {
      const { options, settings, store, notify } = base()
      if (options.surroundings !== true || !settings.user.sendSurroundings) return null
      const key = threadKey(openThread(store.state))
      const isFirst = ![...store.state.settled, ...store.state.current].some(isAnswer)
      const before = isFirst ? {} : await sentIn(key)
      // What there is to trust is shown.
      if (await settings.findInstructions()) loadRules(base())
      const parts = await readParts(base(), Object.keys(before))
      if (settings.hasUntrustedInstructions && !hasReported) {
        hasReported = true
        const { message, hint } = INSTRUCTIONS_NOT_TRUSTED
        notify('info', message, hint, 'now')
      }
      const fresh = parts.filter(({ name, key: by }) => before[name]?.hash !== hashOf(by))
      // A file that exists may be one that is not trusted in this session.
      const missing = Object.keys(before).filter(
        (name) => !parts.some((part) => part.name === name),
      )
      const exist = await Promise.all(
        missing.map((name) => pathExists(path.resolve(options.directory, name))),
      )
      const gone = missing.filter((_, at) => exist[at] === false)
      if (fresh.length === 0 && gone.length === 0) return null
      const texts = await Promise.all(fresh.map((part) => part.load()))
      const sent = Object.fromEntries(
        fresh.map(({ name, key: by }, at) => [
          name,
          { hash: hashOf(by), characters: texts[at]?.characters ?? 0 },
        ]),
      )
      const kept = Object.fromEntries(
        Object.entries(before).filter(([name]) => !gone.includes(name)),
      )
      unconfirmed = { key, parts: { ...kept, ...sent } }
      const ended = gone.length === 0 ? [] : [goneInstructionsText(gone)]
      return [...ended, ...texts.map(({ text }) => text)].join('\n\n')
    },
    settle(isStored) {
      if (unconfirmed !== null && isStored) {
        known = unconfirmed
        const { store } = base()
        store.dispatch({ type: 'surroundings.sent', parts: partsOf(known.parts) })
        // The next process sends what it cannot know to be sent.
        void write(base(), known.key, known.parts)
      } else if (unconfirmed !== null) forget()
      unconfirmed = null
    },
  }
}

function isAnswer(entry: SessionState['settled'][number]): boolean {
  return entry.type === 'assistant' || entry.type === 'tool'
}

function partsOf(parts: SentParts): readonly SurroundingsPart[] {
  return Object.entries(parts).map(([name, { characters }]) => ({ name, characters }))
}

interface ReadPart {
  readonly name: string
  /** What a change of the part is recognized by. */
  readonly key: string
  load(): Promise<PartText>
}

interface PartText {
  readonly text: string
  readonly characters: number
}

/** `known`: the names of parts that were sent before. */
async function readParts(base: Base, known: readonly string[]): Promise<readonly ReadPart[]> {
  const { options, settings, store, bounds } = base
  const { directory, lettaDirectory } = options
  const place = await placePart(base)
  const filter = createDeniedFileFilter(policyOf({ store, bounds }))
  const readable = async (files: readonly string[]) => (filter === null ? files : filter(files))
  const [outermost = directory] = settings.instructionFiles.map((file) => path.dirname(file))
  const isOfProject = createOwnership({ directory, outermost })
  // The user trusts the project, not what others have put below it; its own files by their names, ignored or not.
  const named = new Set(
    settings.instructionFiles.flatMap((file) =>
      INSTRUCTION_NAMES.map((name) => path.join(path.dirname(file), name)),
    ),
  )
  const isTrusted = async (file: string) => named.has(file) || (await isOfProject(file))
  const read = async (
    file: string,
    within: string,
    isOwn: (file: string) => Promise<boolean>,
  ): Promise<readonly ReadPart[]> => {
    const written = await readInstructions(file, { within, readable, isOwn })
    if (written === null || written.trim() === '') return []
    const name = isInside(file, directory) ? path.relative(directory, file) : file
    const text = instructionsText(name, written)
    return [{ name, key: text, load: async () => ({ text, characters: written.length }) }]
  }
  const readOfProject = (file: string) => read(file, outermost, isTrusted)
  const found = await Promise.all([
    ...INSTRUCTION_NAMES.slice(0, 1).map((name) =>
      read(path.join(lettaDirectory, name), lettaDirectory, async () => true),
    ),
    ...settings.instructionFiles.map(readOfProject),
    ...(settings.instructionFiles.length === 0
      ? []
      : nestedDirectories(store.state, directory, known).map((at) => readFirst(at, readOfProject))),
  ])
  return [place, ...found.flat()]
}

async function readFirst(
  directory: string,
  read: (file: string) => Promise<readonly ReadPart[]>,
): Promise<readonly ReadPart[]> {
  for (const name of INSTRUCTION_NAMES) {
    const parts = await read(path.join(directory, name))
    if (parts.length > 0) return parts
  }
  return []
}

async function placePart({ options, now }: Base): Promise<ReadPart> {
  const { directory } = options
  const facts = {
    directory,
    system: `${os.type()} ${os.release()}`,
    date: localDate(now()),
    branch: await readBranch(directory),
  }
  return {
    name: PLACE,
    // Every edit changes the number of changed files, which alone is no news.
    key: JSON.stringify(facts),
    async load() {
      const changed = facts.branch === null ? null : await countChanged(directory)
      const text = placeText({ ...facts, changed })
      return { text, characters: text.length }
    },
  }
}

/** `2026-11-29`, in the time zone of this machine. */
function localDate(at: number): string {
  const date = new Date(at)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

const MAX_NESTED = 20

/** The directories below the project in which the agent has worked, each with its parents, and those of files that it was sent. */
function nestedDirectories(
  { settled, current }: SessionState,
  directory: string,
  known: readonly string[],
): string[] {
  const found = new Set<string>()
  for (const name of known) {
    const at = path.dirname(path.resolve(directory, name))
    if (at !== directory && isInside(at, directory)) found.add(at)
  }
  for (const entry of [...settled.slice(-MAX_SEARCHED_ENTRIES), ...current]) {
    const file = entry.type === 'tool' ? fileOf(entry.call.args) : null
    if (file === null) continue
    const absolute = path.resolve(directory, file)
    for (let at = path.dirname(absolute); isInside(at, directory); at = path.dirname(at)) {
      if (at !== directory) found.add(at)
      if (at === directory || found.size >= MAX_NESTED) break
    }
  }
  return [...found].sort((one, other) => one.length - other.length)
}

const MAX_SEARCHED_ENTRIES = 200

function fileOf(args: string): string | null {
  const match = /"(?:file_path|notebook_path|path)"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(args)?.[1]
  if (match === undefined) return null
  try {
    return String(JSON.parse(match))
  } catch {
    // What a model has written need not be JSON.
    return null
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

function fileFor({ options }: Base, key: string): string {
  return path.join(options.lettaDirectory, 'surroundings', `${hashOf(key)}.json`)
}

async function read(base: Base, key: string): Promise<SentParts> {
  const text = await readStored(fileFor(base, key))
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    if (!isRecord(value)) return {}
    const entries = Object.entries(value).flatMap(([name, part]) =>
      isRecord(part) && typeof part['hash'] === 'string' && typeof part['characters'] === 'number'
        ? [[name, { hash: part['hash'], characters: part['characters'] }] as const]
        : [],
    )
    return Object.fromEntries(entries)
  } catch {
    // A damaged file: everything is sent again.
    return {}
  }
}

async function write(base: Base, key: string, parts: SentParts): Promise<void> {
  const file = fileFor(base, key)
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 }).catch(ignoreErrno())
  await writeAtomically(file, JSON.stringify(parts), { mode: 0o600, flush: false }).catch(
    ignoreErrno(),
  )
}
