import type { Letta } from '@letta-ai/letta-client'
import {
  EXTRACT_NOTE,
  SLIDING_SUMMARY_PROMPT,
  summaryFocus,
} from '../../server/messages/prompts.ts'
import type { Entry } from '../../session/state/entry.ts'
import { DEFAULT_CONVERSATION, defaultThread, type Thread, threadKey } from '../../util/thread.ts'
import { ignoreUserError, messageOf } from '../../util/user-error.ts'
import { isStatus } from '../errors.ts'
import {
  isInterrupted,
  type NewestRun,
  newestRunOf,
  runAnswer,
  threadOfRun,
} from './active-runs.ts'
import type { AgentDetails, GatewayAgents } from './agents.ts'
import { compactionAnswer, pageAnswer } from './answers.ts'
import { type ContextWindow, contextWindow } from './context.ts'
import {
  conversationDetails,
  findMessage,
  listThread,
  type MessagePlace,
  oldestMessages,
  type ThreadDetails,
} from './conversations.ts'
import { entriesOf } from './history.ts'
import { type HistoryPage, newestPage } from './history-pagination.ts'
import { type SearchedMessage, searchMessages } from './message-search.ts'
import { nullIfMissing, type Requests } from './requests.ts'
import { newestFirst, type StoredMessage, storedMessage } from './stored-messages.ts'
import { newestSummary } from './summary.ts'

/** The number of messages in the agent's context before and after. */
export interface Compaction {
  readonly before: number
  readonly after: number
  /** The model could not write a summary: the server has cut the messages short. */
  readonly isExtract: boolean
}

/** What takes the place of older messages. */
export interface Summary {
  readonly id: string
  readonly text: string
}

/** The messages of a history, and what the agent sees of them. */
export interface GatewayThreads {
  /** Null when the agent or its conversation does not exist. */
  retrieve(thread: Thread): Promise<ThreadDetails | null>
  /** The newest stored messages as entries; `limit` messages make a page. */
  history(thread: ThreadDetails, limit: number): Promise<HistoryPage>
  /** The first message that a user has sent in a conversation; null when it is not among the oldest. */
  firstMessage(thread: Thread): Promise<string | null>
  /** A page of stored messages, newest first, those older than `before`. */
  messages(thread: Thread, before: string | null): Promise<readonly StoredMessage[]>
  /** The messages with the text in all conversations of the server; null when it has no search. */
  searchMessages(query: string, limit: number): Promise<readonly SearchedMessage[] | null>
  /** The newest runs, one of each history, by its key; empty when the server does not say. */
  newestRuns(): Promise<ReadonlyMap<string, NewestRun>>
  /** Whether the process that worked on its newest run was killed; false when the server does not say. */
  wasInterrupted(thread: Thread): Promise<boolean>
  /** The answers of the run that is active in the conversation, also what is written of the last one; null when none is. */
  running(thread: Thread): Promise<readonly Entry[] | null>
  /** Where the message of an entry is stored; null when it is not. */
  findMessage(thread: Thread, entryId: string): Promise<MessagePlace | null>
  context(thread: Thread): Promise<ContextWindow>
  /** Replaces older messages by a summary, which pays attention to the focus; null when the server does not support this. */
  compact(thread: Thread, focus: string | null): Promise<Compaction | null>
  /** The newest summary; null when there is none. */
  summary(thread: Thread): Promise<Summary | null>
  /** Rejects with a `UserError` on a server that cannot change it. */
  setSummary(thread: Thread, id: string, text: string): Promise<void>
  /** Removes all messages from the context of the agent's default history; memory remains. */
  reset(agentId: string): Promise<void>
}

const MAX_ACTIVE_RUNS = 100
const MAX_NEWEST_RUNS = 100
/** Those of the other conversations of an agent are among them. */
const NEWEST_RUNS = 20
const MESSAGES_PER_PAGE = 100
/** What precedes the first message of a user: the system prompt, and reminders. */
const OLDEST_MESSAGES = 5

export function gatewayThreads(
  client: Letta,
  { call, read }: Requests,
  agents: Pick<GatewayAgents, 'retrieve'>,
): GatewayThreads {
  const pageOf = (thread: Thread, before: string | null, limit = MESSAGES_PER_PAGE) =>
    read(() => listThread(client, thread, { limit, before }))
  return {
    async retrieve(thread) {
      if (thread.conversationId !== DEFAULT_CONVERSATION) {
        return read(() => nullIfMissing(conversationDetails(client, thread)))
      }
      const agent = await agents.retrieve(thread.agentId)
      return agent === null ? null : defaultThreadOf(agent)
    },
    history: (thread, limit) =>
      newestPage({ agent: thread, limit, read: (before) => pageOf(thread, before, limit) }),
    async firstMessage(thread) {
      const entries = entriesOf(await call(oldestMessages(client, thread, OLDEST_MESSAGES)))
      return entries.find((entry) => entry.type === 'user')?.text ?? null
    },
    messages: async (thread, before) =>
      newestFirst((await pageOf(thread, before)).map(storedMessage)),
    searchMessages: (query, limit) => call(searchMessages(client, query, limit)),
    async newestRuns() {
      const list = async (query: object) => {
        const listed = await call(client.runs.list(query), pageAnswer(runAnswer)).catch(
          ignoreUserError,
        )
        return listed?.items ?? []
      }
      // One that is active for long is not among the newest.
      const [active, newest] = await Promise.all([
        list({ active: true, limit: MAX_ACTIVE_RUNS }),
        list({ order: 'desc', limit: MAX_NEWEST_RUNS }),
      ])
      const runs = new Map<string, NewestRun>()
      // A later run than one that never ends shows how the conversation is.
      for (const run of [...newest, ...active]) {
        const key = threadKey(threadOfRun(run))
        if (!runs.has(key)) runs.set(key, newestRunOf(run))
      }
      return runs
    },
    async running(thread) {
      const query = { active: true, agent_id: thread.agentId, limit: MAX_ACTIVE_RUNS } as const
      const { items } = await call(client.runs.list(query), pageAnswer(runAnswer))
      const key = threadKey(thread)
      const run = items.find((one) => threadKey(threadOfRun(one)) === key)
      if (run === undefined) return null
      const page = await call(client.runs.messages.list(String(Object(run).id), { order: 'asc' }))
      return entriesOf(page.items).filter(({ type }) => type === 'assistant')
    },
    async wasInterrupted(thread) {
      const query = { agent_id: thread.agentId, order: 'desc', limit: NEWEST_RUNS } as const
      const listed = await call(client.runs.list(query), pageAnswer(runAnswer)).catch(
        ignoreUserError,
      )
      const key = threadKey(thread)
      const newest = listed?.items.find((run) => threadKey(threadOfRun(run)) === key)
      return newest !== undefined && isInterrupted(newest)
    },
    findMessage: (thread, entryId) => findMessage((before) => pageOf(thread, before), entryId),
    context: (thread) => call(contextWindow(client, thread)),
    async summary(thread) {
      return newestSummary((before) => pageOf(thread, before))
    },
    async setSummary({ agentId }, id, content) {
      const path = `/v1/agents/${encodeURIComponent(agentId)}/messages/${encodeURIComponent(id)}`
      await call(client.patch(path, { body: { message_type: 'user_message', content } }))
    },
    async compact({ agentId, conversationId }, focus) {
      const settings =
        focus === null
          ? {}
          : {
              compaction_settings: {
                prompt: `${SLIDING_SUMMARY_PROMPT}\n\n${summaryFocus(focus)}`,
              },
            }
      const work =
        conversationId === DEFAULT_CONVERSATION
          ? client.agents.messages.compact(agentId, settings as object)
          : client.conversations.messages.compact(conversationId, settings as object)
      const made = await call(
        nullIfMissing(
          work.catch((thrown: unknown) => {
            if (isTooShort(thrown)) return NOTHING_COMPACTED
            throw thrown
          }),
        ),
        compactionAnswer,
      )
      if (made === null) return null
      const { num_messages_before: before, num_messages_after: after, summary } = made
      return { before, after, isExtract: summary.startsWith(EXTRACT_NOTE) }
    },
    reset: async (agentId) => void (await call(client.agents.messages.reset(agentId, {}))),
  }
}

const NOTHING_COMPACTED = { num_messages_before: 0, num_messages_after: 0, summary: '' }

/** The default history of an agent that was retrieved. */
export function defaultThreadOf({
  id,
  inContext,
  pending,
  firstTitle: title,
}: AgentDetails): ThreadDetails {
  return { ...defaultThread(id), inContext, pending, title }
}

/** A conversation with nothing to summarize yet is not an error. */
function isTooShort(thrown: unknown): boolean {
  return isStatus(thrown, 400) && /not have enough messages/.test(messageOf(thrown))
}
