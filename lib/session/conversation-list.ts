import type { NewestRun } from '../client/gateway/active-runs.ts'
import type { ConversationListing } from '../client/gateway/conversations.ts'
import { isRecord } from '../util/is-record.ts'
import {
  DEFAULT_CONVERSATION,
  defaultThread,
  type Thread,
  threadKey,
  threadOf,
} from '../util/thread.ts'
import { ignoreUserError } from '../util/user-error.ts'
import { readConversationPlaces } from './conversation-places.ts'
import { firstMessageTitles } from './first-message-titles.ts'
import type { Services } from './services.ts'
import { type SessionContext, serverServices } from './session-context.ts'
import { type ConversationPreview, type ConversationRow, rowKey } from './state/conversation-row.ts'
import type { Entry } from './state/entry.ts'
import { openThread } from './state/selectors.ts'
import { findHolder } from './turn-lease.ts'

/** The conversations of all agents with their default ones, most recently used first, without archived and empty ones. */
export async function listAllConversations(
  context: SessionContext,
): Promise<readonly ConversationRow[]> {
  const services = await serverServices(context)
  const { gateway, options } = services
  const [agents, listed, runs, places] = await Promise.all([
    gateway.agents.list(),
    gateway.conversations.list(null),
    gateway.threads.newestRuns(),
    readConversationPlaces(options.lettaDirectory),
  ])
  const names = new Map(agents.map(({ id, name }) => [id, name]))
  const open = openThread(context.store.state)
  const isWorthIt = ({ id, title, lastMessageAt, isArchived }: ConversationListing): boolean =>
    id === open.conversationId || (!isArchived && (title !== null || lastMessageAt !== null))
  const further = (listed ?? []).filter(isWorthIt).map(({ id, agentId, title, lastMessageAt }) => {
    return { id, agentId, title, lastMessageAt, agentName: names.get(agentId) ?? agentId }
  })
  const withOthers = new Set(further.map(({ agentId }) => agentId))
  const isOpen = (agentId: string): boolean =>
    agentId === open.agentId && open.conversationId === DEFAULT_CONVERSATION
  const defaults = agents
    .filter(({ id, isFirstEmpty }) => !isFirstEmpty || isOpen(id) || !withOthers.has(id))
    .map(({ id, name, usedAt, firstTitle: title = null }) => {
      // An agent is also used in its other conversations, and when a setting of it changes.
      const lastMessageAt = runs.get(threadKey(defaultThread(id)))?.at ?? usedAt
      return { id: DEFAULT_CONVERSATION, agentId: id, title, lastMessageAt, agentName: name }
    })
  const all = [...further, ...defaults]
  const [titles, working] = await Promise.all([
    firstMessageTitles(gateway.threads, all),
    workingThreads(services, all, runs),
  ])
  const rows = all.map((row): ConversationRow => {
    const key = rowKey(row)
    const title = row.title ?? titles.get(key) ?? null
    const status = working.has(key) ? 'running' : (runs.get(key)?.status ?? null)
    return { ...row, title, directory: places.get(key) ?? null, status }
  })
  // An empty one is listed because it is open: it has just begun.
  const timeOf = (row: ConversationRow): number =>
    row.lastMessageAt ?? (row.id === open.conversationId ? Number.MAX_VALUE : 0)
  return rows.sort((one, other) => timeOf(other) - timeOf(one))
}

/** Conversations whose newest call was not answered, and whose lease is read for a list. */
const MAX_LEASES = 20

/** Those of `approval` in which the call is not waiting but running, in another session. */
async function workingThreads(
  services: Pick<Services, 'gateway' | 'leases'>,
  rows: readonly Pick<ConversationListing, 'id' | 'agentId'>[],
  runs: ReadonlyMap<string, NewestRun>,
): Promise<ReadonlySet<string>> {
  const unanswered = rows.filter((row) => runs.get(rowKey(row))?.status === 'approval')
  const keys = unanswered.slice(0, MAX_LEASES).map(async (row) => {
    const holder = await findHolder(services, threadOf(row)).catch(ignoreUserError)
    return holder == null || holder.activity === 'approval' ? [] : [rowKey(row)]
  })
  return new Set((await Promise.all(keys)).flat())
}

/** Stored messages that are read for a preview. */
const PREVIEW_MESSAGES = 12
const MAX_FILES = 8

export async function previewConversation(
  services: Pick<Services, 'gateway' | 'leases' | 'runner'>,
  thread: Thread,
): Promise<ConversationPreview> {
  const { gateway, runner } = services
  const [agent, details, holder] = await Promise.all([
    gateway.agents.retrieve(thread.agentId),
    gateway.threads.retrieve(thread),
    // The lease of a process that was killed remains.
    findHolder(services, thread),
  ])
  const stored =
    details === null ? [] : (await gateway.threads.history(details, PREVIEW_MESSAGES)).entries
  const entries = stored.map((entry) => withLabel(entry, runner))
  return {
    model: agent?.model ?? '',
    messages: details?.inContext?.length ?? null,
    memory: (agent?.blocks ?? []).map(({ label, value }) => ({ label, value })),
    entries,
    files: [...new Set(entries.flatMap(changedFile).toReversed())].slice(0, MAX_FILES),
    holder: holder?.activity ?? null,
  }
}

function withLabel(entry: Entry, runner: Services['runner']): Entry {
  if (entry.type !== 'tool') return entry
  const { call } = entry
  return { ...entry, call: { ...call, label: call.label || runner.labelOf(call.tool, call.args) } }
}

/** The file that a call has changed: what was denied or has failed has changed none. */
function changedFile(entry: Entry): readonly string[] {
  if (entry.type !== 'tool' || !CHANGING_TOOLS.has(entry.call.tool)) return []
  const { phase } = entry.call
  if (phase.type !== 'finished' || phase.status !== 'success') return []
  try {
    const args: unknown = JSON.parse(entry.call.args)
    const file = isRecord(args) ? args['file_path'] : null
    return typeof file === 'string' ? [file] : []
  } catch {
    return []
  }
}

const CHANGING_TOOLS = new Set(['Edit', 'MultiEdit', 'Write'])
