import { parsePositiveInteger } from '../../lib/cli/numbers.ts'
import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import type { AgentDetails } from '../../lib/client/gateway/agents.ts'
import type { ThreadDetails } from '../../lib/client/gateway/conversations.ts'
import { openKnownAgent } from '../../lib/client/gateway/known-agent.ts'
import { readThread } from '../../lib/client/gateway/read-thread.ts'
import { collectMessages, type StoredMessage } from '../../lib/client/gateway/stored-messages.ts'
import { defaultThreadOf } from '../../lib/client/gateway/threads.ts'
import { NOTHING_SAVED } from '../../lib/client/messages.ts'
import { exportConversation } from '../../lib/export/export-conversation.ts'
import {
  EXPORT_FORMATS,
  type ExportedConversation,
  formatOfFile,
} from '../../lib/export/exported-conversation.ts'
import { pathExists } from '../../lib/fs/path-exists.ts'
import {
  conversationName,
  DEFAULT_STAYS,
  IS_ARCHIVED,
} from '../../lib/session/messages/conversations.ts'
import { conversationMissing } from '../../lib/session/open-conversation.ts'
import { leasesOf } from '../../lib/session/session-context.ts'
import { assertNotAtWork } from '../../lib/session/turn-lease.ts'
import { formatLocalTime } from '../../lib/util/local-time.ts'
import { stripControlCharacters, toTerminalRow } from '../../lib/util/sanitize.ts'
import {
  DEFAULT_CONVERSATION,
  defaultThread,
  type Thread,
  threadOf,
} from '../../lib/util/thread.ts'
import { createUserError, UsageError } from '../../lib/util/user-error.ts'
import { type CliEnvironment, typedPath } from '../io/cli-environment.ts'
import { confirm } from '../io/prompt.ts'
import { writeTypedFile } from '../io/write-typed-file.ts'
import {
  confirmDeleteConversation,
  confirmOverwrite,
  conversationDeleted,
  exported,
  NO_MATCHES,
  NOTHING_DELETED,
  unknownExportFormat,
} from '../messages.ts'
import { agentOfInvocation, type ConnectedServer, withServer } from './with-agent.ts'

interface ListedConversation {
  readonly id: string
  readonly title: string | null
  readonly lastMessageAt: number | null
  readonly isArchived: boolean
  /** Whether this directory continues it. */
  readonly here: boolean
}

/** `letta conversations list`: the most recently used first; a star marks the one that this directory continues. */
export function listConversations(
  cli: CliEnvironment,
  invocation: SubcommandInvocation,
): Promise<number> {
  return withServer(cli, invocation, async (server) => {
    const agent = await agentOfInvocation(server, invocation)
    const listed = await conversationsOf(server, agent)
    if (invocation.flags.has('json')) return server.printJson(listed.map(withIsoTime))
    for (const { id, title, lastMessageAt, isArchived, here } of listed) {
      const time = lastMessageAt === null ? '' : formatLocalTime(lastMessageAt)
      const name = nameOf({ id, title, isArchived })
      server.print(
        toTerminalRow(`${here ? '*' : ' '} ${id.padEnd(41)}  ${time.padEnd(16)}  ${name}`),
      )
    }
    return 0
  })
}

type NamedConversation = Pick<ListedConversation, 'id' | 'title' | 'isArchived'>
type FoundConversation = NamedConversation & { readonly messages: readonly StoredMessage[] }

function nameOf({ id, title, isArchived }: NamedConversation): string {
  const name = conversationName(id, title)
  return isArchived ? `${name} (${IS_ARCHIVED})` : name
}

/** Times for programs: in UTC, ISO 8601. */
function withIsoTime<Listed extends { readonly lastMessageAt: number | null }>(one: Listed) {
  const { lastMessageAt: at } = one
  return { ...one, lastMessageAt: at === null ? null : new Date(at).toISOString() }
}

async function conversationsOf(
  server: ConnectedServer,
  agent: AgentDetails,
): Promise<readonly ListedConversation[]> {
  const here = server.savedIds.lastConversation(agent.id) ?? DEFAULT_CONVERSATION
  const listed = (await server.gateway.conversations.list(agent.id)) ?? []
  const [newest] = await server.gateway.threads.messages(defaultThread(agent.id), null)
  const first = {
    id: DEFAULT_CONVERSATION,
    title: agent.firstTitle,
    lastMessageAt: newest?.date == null ? null : Date.parse(newest.date),
    isArchived: false,
  }
  return [...listed, first]
    .map(({ id, title, lastMessageAt, isArchived }) => {
      return { id, title, lastMessageAt, isArchived, here: id === here }
    })
    .sort((one, other) => (other.lastMessageAt ?? 0) - (one.lastMessageAt ?? 0))
}

/** `letta conversations show ID`: the transcript as Markdown, or as JSON. */
export function showConversation(
  cli: CliEnvironment,
  invocation: SubcommandInvocation,
): Promise<number> {
  return withServer(cli, invocation, async (server) => {
    const found = await readExport(server, invocation)
    if (invocation.flags.has('json')) return server.printJson(found)
    return server.print(exportConversation(found, 'markdown').trimEnd())
  })
}

/** `letta conversations export ID [FILE]`: to standard output, or to a file whose ending names the format. */
export function runExport(cli: CliEnvironment, invocation: SubcommandInvocation): Promise<number> {
  const { flags, operands } = invocation
  const [, file] = operands
  const named = EXPORT_FORMATS.find((one) => one === flags.value('format')) ?? null
  const format = named ?? (file === undefined ? 'markdown' : formatOfFile(file))
  if (format === null) throw new UsageError(unknownExportFormat(file ?? ''))
  return withServer(cli, invocation, async (server) => {
    const text = exportConversation(await readExport(server, invocation), format)
    const isJson = flags.has('json')
    if (file === undefined) {
      if (isJson) return server.printJson({ format, text })
      // A terminal must not act on what an agent or a file said.
      cli.stdout.write(cli.stdout.isTTY ? `${stripControlCharacters(text)}\n` : text)
      return 0
    }
    const path = typedPath(cli, file)
    const exists = await pathExists(path)
    if (exists && !(await confirm(cli, confirmOverwrite(file), flags.has('yes')))) {
      server.notify(NOTHING_SAVED)
      return 1
    }
    await writeTypedFile(cli, file, text)
    return isJson ? server.printJson({ format, file: path }) : server.print(exported(file))
  })
}

/** `letta conversations search TEXT`: the newest messages with the text, in titles and messages of all conversations. */
export function searchConversations(
  cli: CliEnvironment,
  invocation: SubcommandInvocation,
): Promise<number> {
  const text = invocation.operands[0] ?? ''
  const limit = parsePositiveInteger('limit', invocation.flags.value('limit')) ?? DEFAULT_LIMIT
  return withServer(cli, invocation, async (server) => {
    const agent = await agentOfInvocation(server, invocation)
    const found: FoundConversation[] = []
    for (const { id, title, isArchived } of await conversationsOf(server, agent)) {
      const thread: Thread = { agentId: agent.id, conversationId: id }
      const page = (before: string | null) => server.gateway.threads.messages(thread, before)
      const messages = await collectMessages(page, (message) => contains(message, text), limit)
      const isNamed = includes(title ?? '', text)
      if (isNamed || messages.length > 0) found.push({ id, title, isArchived, messages })
    }
    if (invocation.flags.has('json')) return server.printJson(found)
    if (found.length === 0) server.notify(NO_MATCHES)
    for (const { messages, ...one } of found) {
      server.print(toTerminalRow(`${one.id}  ${nameOf(one)}`))
      for (const message of messages) server.print(`    ${excerpt(message, text)}`)
    }
    return 0
  })
}

const DEFAULT_LIMIT = 20

/** `letta conversations delete ID` */
export function removeConversation(
  cli: CliEnvironment,
  invocation: SubcommandInvocation,
): Promise<number> {
  const { operands, flags } = invocation
  const [id = ''] = operands
  if (id === DEFAULT_CONVERSATION) throw createUserError(DEFAULT_STAYS)
  return withServer(cli, invocation, async (server) => {
    const { gateway, savedIds } = server
    const listed = await gateway.conversations.retrieve(id)
    if (listed === null) throw createUserError(await conversationMissing(gateway, id))
    const leases = leasesOf(gateway, cli.lettaDirectory, server.serverName)
    const thread = threadOf(listed)
    await assertNotAtWork({ gateway, leases }, thread)
    const title = conversationName(id, listed.title)
    if (!(await confirm(cli, confirmDeleteConversation(title, id), flags.has('yes')))) {
      server.notify(NOTHING_DELETED)
      return 1
    }
    // The question may have been open for long.
    await assertNotAtWork({ gateway, leases }, thread)
    await gateway.conversations.delete(id)
    if (savedIds.lastConversation(listed.agentId) === id) {
      await savedIds.rememberConversation(listed.agentId, null)
    }
    if (flags.has('json')) return server.printJson({ id, title: listed.title, deleted: true })
    return server.print(conversationDeleted(title, id))
  })
}

/** The conversation of the first operand, with all of its messages. */
async function readExport(
  server: ConnectedServer,
  invocation: SubcommandInvocation,
): Promise<ExportedConversation> {
  const [id = ''] = invocation.operands
  const { gateway } = server
  const { agent, title, thread } = await openThread(server, invocation, id)
  const entries = await readThread(gateway, thread)
  const { name, model } = agent
  const exportedAt = new Date().toISOString()
  const heading = conversationName(id, title)
  return { id, title, heading, agent: { id: agent.id, name, model }, entries, exportedAt }
}

interface OpenedThread {
  readonly agent: AgentDetails
  readonly title: string | null
  readonly thread: ThreadDetails
}

async function openThread(
  server: ConnectedServer,
  invocation: SubcommandInvocation,
  id: string,
): Promise<OpenedThread> {
  const { gateway } = server
  if (id === DEFAULT_CONVERSATION) {
    const agent = await agentOfInvocation(server, invocation)
    return { agent, title: agent.firstTitle, thread: defaultThreadOf(agent) }
  }
  const listed = await gateway.conversations.retrieve(id)
  const thread =
    listed === null
      ? null
      : await gateway.threads.retrieve({ agentId: listed.agentId, conversationId: id })
  if (listed === null || thread === null) {
    throw createUserError(await conversationMissing(gateway, id))
  }
  const agent = await openKnownAgent(gateway, listed.agentId, 'given')
  return { agent, title: listed.title, thread }
}

/** The first message of a Letta server is the system prompt, which is not part of the conversation. */
function contains({ type, text, tool }: StoredMessage, wanted: string): boolean {
  return type !== 'system' && includes(`${tool ?? ''} ${text}`, wanted)
}

function includes(text: string, wanted: string): boolean {
  return text.toLowerCase().includes(wanted.toLowerCase())
}

const EXCERPT_CHARACTERS = 60

/** One line around the first match. */
function excerpt({ date, type, text }: StoredMessage, wanted: string): string {
  const line = text.replace(/\s+/g, ' ')
  const match = Math.max(0, line.toLowerCase().indexOf(wanted.toLowerCase()))
  const from = Math.max(0, match - EXCERPT_CHARACTERS / 2)
  const cut = line.slice(from, match + wanted.length + EXCERPT_CHARACTERS)
  const at = Date.parse(date ?? '')
  const time = Number.isNaN(at) ? '' : formatLocalTime(at)
  return `${time}  ${type}  ${from > 0 ? '… ' : ''}${cut}`
}
