import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { lettaDirectoryOf } from '../../lib/fs/letta-directory.ts'
import type { SessionEvent } from '../../lib/session/events.ts'
import { reduceSession } from '../../lib/session/reduce/session.ts'
import type { SessionOptions } from '../../lib/session/services.ts'
import { openSession, type Session } from '../../lib/session/session.ts'
import type { Entry, ToolCall } from '../../lib/session/state/entry.ts'
import { pendingApprovals } from '../../lib/session/state/selectors.ts'
import { emptySession, type SessionState } from '../../lib/session/state/session-state.ts'
import { createStore, type Store } from '../../lib/store.ts'
import {
  type ModelEndpoint,
  type RecordedRequest,
  type ScriptedAnswer,
  startModelEndpoint,
} from './model-endpoint.ts'

/** A real session with letta-client, embedded server, tools and settings in temporary directories; only the model is scripted. */
export interface SessionDesk extends OpenedSession {
  readonly endpoint: ModelEndpoint
  /** The options of the first session. */
  readonly options: SessionOptions
  readonly project: string
  readonly home: string
  /** Opens another session in the same directories. */
  again(options?: Partial<SessionOptions>): OpenedSession
  /** Opens one with all of its options and a store, which is closed with the others. */
  open(options: SessionOptions, store: Store<SessionState, SessionEvent>): Session
  read(file: string): string
  write(file: string, text: string): void
  /** The content of a settings file; null when it does not exist. */
  settings(where: 'home' | 'project', name: string): unknown
  close(): Promise<void>
}

export interface OpenedSession {
  readonly session: Session
  /** Waits until one more turn than at the previous call has ended, or `turns` in total. */
  settled(turns?: number): Promise<SessionState>
  /** Sends a message and waits until its turn has ended. */
  says(text: string): Promise<SessionState>
  /** Waits until `count` calls await approval, and returns them. */
  asks(count?: number): Promise<readonly ToolCall[]>
}

export interface DeskOptions {
  readonly files?: Readonly<Record<string, string>>
  readonly options?: Partial<SessionOptions>
  /** Further environment variables. */
  readonly variables?: Readonly<Record<string, string>>
  /** Creates the store of the first session. Default: a separate store. */
  readonly store?: (directory: string) => Store<SessionState, SessionEvent>
}

export async function openDesk(
  turns: readonly ScriptedAnswer[] = [],
  { files = {}, options = {}, variables = {}, store = storeOf }: DeskOptions = {},
): Promise<SessionDesk> {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'letta-session-')))
  const [project, home] = [path.join(root, 'project'), path.join(root, 'home')]
  mkdirSync(project)
  mkdirSync(home)
  const endpoint = await startModelEndpoint({ turns, models: ['scripted', 'other'] })
  const write = (file: string, text: string): void => {
    const at = path.join(project, file)
    mkdirSync(path.dirname(at), { recursive: true })
    writeFileSync(at, text)
  }
  for (const [file, text] of Object.entries(files)) write(file, text)
  const environment = {
    PATH: process.env['PATH'],
    HOME: home,
    OPENAI_API_KEY: 'key-for-tests',
    OPENAI_BASE_URL: endpoint.url,
    ...variables,
  }
  const opened: OpenedSession[] = []
  const open = (more: Partial<SessionOptions>, facts: typeof store): OpenedSession => {
    const place = { ...usual, directory: project, home, environment, ...more }
    const all = { lettaDirectory: lettaDirectoryOf(place.home), ...place }
    return keep(all, facts(all.directory))
  }
  const keep = (all: SessionOptions, facts: Store<SessionState, SessionEvent>): OpenedSession => {
    const one = watched(all, facts)
    opened.push(one)
    return one
  }
  const again = (more: Partial<SessionOptions> = {}): OpenedSession => open(more, storeOf)
  const first = open(options, store)
  return {
    ...first,
    endpoint,
    project,
    home,
    again,
    open: (all, facts) => keep(all, facts).session,
    options: {
      ...usual,
      directory: project,
      home,
      lettaDirectory: lettaDirectoryOf(home),
      environment,
      ...options,
    },
    write,
    read: (file) => readFileSync(path.join(project, file), 'utf8'),
    settings: (where, name) => stored(path.join(where === 'home' ? home : project, '.letta', name)),
    async close() {
      for (const { session } of opened) await session.close()
      await endpoint.close()
      // A lease that was being renewed can still be written.
      try {
        rmSync(root, { recursive: true, force: true })
      } catch {
        // Only another call lists the directory again.
        rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
      }
    },
  }
}

const usual: Omit<SessionOptions, 'directory' | 'home' | 'lettaDirectory' | 'environment'> = {
  backend: { type: 'embedded' },
  agent: 'last',
  name: null,
  model: null,
  mode: 'default',
  allowed: [],
  disallowed: [],
  tools: null,
  skills: null,
  updateSkillsBlock: false,
  link: null,
  demo: false,
  memoryHistoryDays: 90,
  maxBackupBytes: 0,
  maxOutputBytes: 1e9,
  trustThisRun: false,
  maxSteps: null,
  watch: false,
}

const storeOf = (directory: string): Store<SessionState, SessionEvent> =>
  createStore(emptySession(directory, 0), reduceSession)

function watched(options: SessionOptions, store: Store<SessionState, SessionEvent>): OpenedSession {
  const session = openSession(options, store)
  // The test examines a rejection; it must not count as unhandled.
  session.opened.catch(() => undefined)
  let seen = 0
  const settled = async (turns = seen + 1): Promise<SessionState> => {
    seen = turns
    return store.when((state) =>
      state.turn.type === 'idle' && state.turnLog.length >= turns ? state : undefined,
    )
  }
  return {
    session,
    settled,
    says(text) {
      session.turns.send(text)
      return settled()
    },
    asks: (count = 1) =>
      store.when((state) => {
        const waiting = pendingApprovals(state)
        return waiting.length >= count ? waiting : undefined
      }),
  }
}

function stored(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return null
    throw thrown
  }
}

/** The conversation as short lines. */
export function transcript({ settled, current }: SessionState): readonly string[] {
  return [...settled, ...current].map(lineOf)
}

function lineOf(entry: Entry): string {
  switch (entry.type) {
    case 'user':
      return entry.outcome === 'kept'
        ? `user: ${entry.text}`
        : `user (${entry.outcome}): ${entry.text}`
    case 'tool':
      return `${entry.call.tool} ${entry.call.label}: ${phaseLine(entry.call)}`
    case 'notice':
      return `${entry.level}: ${entry.text}`
    default:
      return `${entry.type}: ${entry.text}`
  }
}

function phaseLine({ phase }: ToolCall): string {
  if (phase.type === 'finished') return `${phase.status}: ${phase.text}`
  if (phase.type === 'denied') return `denied by ${phase.by}: ${phase.reason}`
  return phase.type
}

/** The messages of a request after the system prompt, as short lines. */
export function conversation(request: RecordedRequest | undefined): readonly string[] {
  return (request?.body.messages ?? []).flatMap((message) => {
    const { role, content } = message
    if (role === 'system') return []
    if (role === 'tool') return [`${message['tool_call_id']} ${answerOf(textOf(content))}`]
    const calls = [message['tool_calls'] ?? []].flat().map((call) => {
      const { id, function: called } = Object(call)
      return `${id} ${called.name}(${called.arguments})`
    })
    return [[`${role}: ${textOf(content)}`.trim(), ...calls].join(' | ')]
  })
}

export function systemOf(request: RecordedRequest | undefined): string {
  return textOf(request?.body.messages?.find(({ role }) => role === 'system')?.content)
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  return Array.isArray(content) ? content.map((part) => Object(part).text ?? '').join('') : ''
}

/** Unwraps the result of a tool, which Letta sends as JSON with the time. */
function answerOf(wrapped: string): string {
  const { status, message } = Object(JSON.parse(wrapped))
  return `${status}: ${message}`
}
