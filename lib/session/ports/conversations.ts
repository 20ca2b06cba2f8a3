import type { ContextWindow } from '../../client/gateway/context.ts'
import type { ThreadDetails } from '../../client/gateway/conversations.ts'
import type { HistoryPage } from '../../client/gateway/history-pagination.ts'
import type { Compaction, Summary } from '../../client/gateway/threads.ts'
import { DEFAULT_CONVERSATION, type Thread, threadKey } from '../../util/thread.ts'
import { createUserError, UserError } from '../../util/user-error.ts'
import type { ConversationActions } from '../conversation-actions.ts'
import { copiedEntryIds } from '../copied-entries.ts'
import { cannotCompact } from '../messages/conversations.ts'
import { notFollowed } from '../messages/turns.ts'
import { withRestoredCalls } from '../restore-calls.ts'
import type { MemoryReader } from '../restore-memory-calls.ts'
import { type MessageResult, searchAllMessages } from '../search-messages.ts'
import type { Services } from '../services.ts'
import { agentServices, openAgentId, type SessionContext } from '../session-context.ts'
import { askAside, type SideQuestionOptions } from '../side-question.ts'
import type { Entry } from '../state/entry.ts'
import { isAtWork, isUnanswered, openThread } from '../state/selectors.ts'
import type { SessionState } from '../state/session-state.ts'
import { createViewLog } from '../view-log.ts'

/** The open conversation, as the server stores it. */
interface ConversationHistory {
  /** Loads and shows the page of messages before those that are shown. */
  loadEarlier(): Promise<void>
  /** Replaces older messages by a summary, on the server, which pays attention to the focus. */
  compact(focus?: string): Promise<CompactionReport>
  /** Query: the newest summary of older messages; null when there is none. */
  summary(): Promise<Summary | null>
  /** Replaces the text of a summary. */
  setSummary(id: string, text: string): Promise<void>
  /** Query: what fills the context window now, counted by the server at each call. */
  contextWindow(): Promise<ContextWindow>
}

export interface ConversationsPort extends ConversationHistory, ConversationActions {
  /** Asks something on a copy that is deleted afterwards; returns the answer. The open conversation is unchanged. */
  askAside(question: string, options: SideQuestionOptions): Promise<string>
  /** Query: the newest messages with the text, in the conversations of all agents. */
  searchMessages(text: string): Promise<readonly MessageResult[]>
  /** Deletes the messages of the open conversation on the server and here; memory stays. */
  clear(): Promise<void>
}

export interface OpenConversations extends ConversationHistory {
  /** Loads the newest page of a conversation's messages; the returned function shows them. */
  load(services: Services, thread: ThreadDetails): Promise<() => void>
  /** Shows what other sessions have said since, also what another client's model is writing. */
  follow(services: Services): Promise<void>
  /**
   * The same while no turn of this session runs, with what another client's model is writing; nothing when all of it is shown.
   * Returns whether another client's turn runs. `hasEnded`: the turn of another session, of which the costs are known now.
   */
  catchUp(hasEnded?: boolean): Promise<boolean>
  /** Remembers for a copy of the open conversation what this one shows and the server does not store. `before`: the copy ends there. */
  copyView(made: Thread, before?: string): Promise<void>
  /** Waits until what is remembered of the view is stored. */
  close(): Promise<void>
}

/** Messages and tokens that the agent sees. */
interface CompactionReport extends Compaction {
  readonly tokensBefore: number
  readonly tokensAfter: number
}

/** Stored messages shown when an agent is opened. */
const HISTORY_PAGE_MESSAGES = 60

/** Messages by which new ones are noticed. */
const NEWEST_MESSAGES = 2

/** Whether the entry is shown as the server stores it now. */
function isShown({ settled }: SessionState, stored: Entry): boolean {
  const shown = settled.findLast(({ id }) => id === stored.id)
  if (shown?.type === 'assistant' && stored.type === 'assistant') return shown.text === stored.text
  return shown !== undefined && !isUnanswered(shown, stored)
}

export function createConversations(context: SessionContext): OpenConversations {
  const { store } = context
  const view = createViewLog(context)
  let earlier: HistoryPage['earlier'] = null
  /** Summaries that the user has asked for here: the report of the compaction shows that already. */
  const asked = new Set<string>()
  const isNews = ({ id }: Entry): boolean => !asked.has(id)
  /** The entries of a page as they were shown when they were new. */
  const shown = async (
    { gateway, runner }: Pick<Services, 'gateway' | 'runner'>,
    thread: Thread,
    stored: readonly Entry[],
  ): Promise<readonly Entry[]> => {
    const memory = memoryReader(gateway, thread.agentId)
    const { reviews, restore } = await view.read(thread)
    return restore(await withRestoredCalls(stored, runner, memory, reviews))
  }
  /** The newest page, and the answer that a model is writing. */
  const readNewest = async (
    services: Pick<Services, 'gateway' | 'runner'>,
    thread: ThreadDetails,
    written: Entry | undefined,
  ): Promise<readonly Entry[]> => {
    const history = await services.gateway.threads.history(thread, HISTORY_PAGE_MESSAGES)
    const entries = await shown(services, thread, history.entries)
    const isStored = entries.some(({ id }) => id === written?.id)
    const all = written === undefined || isStored ? entries : [...entries, written]
    return all.filter(isNews)
  }
  return {
    async load({ gateway, runner }, thread) {
      const [wasInterrupted, history] = await Promise.all([
        gateway.threads.wasInterrupted(thread),
        gateway.threads.history(thread, HISTORY_PAGE_MESSAGES),
      ])
      const entries = await shown({ gateway, runner }, thread, history.entries)
      earlier = history.earlier
      const id = context.base.newId()
      return () => {
        if (entries.length > 0) {
          store.dispatch({ type: 'history.loaded', entries, earlier: earlier !== null })
        } else if (store.state.settled.some((entry) => entry.type !== 'notice')) {
          store.dispatch({ type: 'history.cleared' })
        }
        if (wasInterrupted && entries.length > 0) store.dispatch({ type: 'turn.interrupted', id })
      }
    },
    async follow({ gateway, runner, notify }) {
      const key = openKey(context)
      try {
        const thread = await gateway.threads.retrieve(openThread(store.state))
        if (thread === null) return
        const running = await gateway.threads.running(thread)
        const entries = await readNewest({ gateway, runner }, thread, running?.at(-1))
        if (key !== openKey(context)) return
        store.dispatch({ type: 'history.followed', entries })
      } catch (thrown) {
        // The messages are shown at the next start; this turn does not depend on them.
        if (!(thrown instanceof UserError)) throw thrown
        notify('warning', notFollowed(thrown.message))
      }
    },
    async catchUp(hasEnded = false) {
      const { gateway, runner } = agentServices(context)
      const isQuiet = (): boolean => !isAtWork(store.state)
      const key = openKey(context)
      const thread = await gateway.threads.retrieve(openThread(store.state))
      if (thread === null || !isQuiet() || key !== openKey(context)) return false
      const running = await gateway.threads.running(thread)
      const isRunning = running !== null
      const newest = (await gateway.threads.history(thread, NEWEST_MESSAGES)).entries.at(-1)
      const written = running?.at(-1)
      const isAllShown = [newest, written].every(
        (entry) => entry === undefined || !isNews(entry) || isShown(store.state, entry),
      )
      if (isAllShown && !hasEnded) return isRunning
      const entries = await readNewest({ gateway, runner }, thread, written)
      if (!isQuiet() || key !== openKey(context)) return isRunning
      store.dispatch({ type: 'history.followed', entries })
      return isRunning
    },
    async copyView(made, before) {
      const { threads } = agentServices(context).gateway
      const original = openThread(store.state)
      const { settled } = store.state
      const end = settled.findIndex(({ id }) => id === before)
      // What follows may say the same as what the copy has.
      const copied = end < 0 ? settled : settled.slice(0, end)
      const details = await threads.retrieve(made)
      let page = details && (await threads.history(details, HISTORY_PAGE_MESSAGES))
      let copy = page?.entries ?? []
      while (page?.earlier && copy.length < copied.length) {
        page = await page.earlier()
        copy = [...page.entries, ...copy]
      }
      await view.copy(original, made, copiedEntryIds(copied, copy))
    },
    close: () => view.close(),
    async loadEarlier() {
      const load = earlier
      const key = openKey(context)
      // Null while a page loads, so that pages load one at a time.
      earlier = null
      const page = await load?.().catch((thrown: unknown) => {
        if (key === openKey(context)) earlier = load
        throw thrown
      })
      if (page === undefined || key !== openKey(context)) return
      const entries = await shown(agentServices(context), openThread(store.state), page.entries)
      if (key !== openKey(context)) return
      earlier = page.earlier
      store.dispatch({ type: 'history.extended', entries, earlier: earlier !== null })
    },
    summary: async () => agentServices(context).gateway.threads.summary(openThread(store.state)),
    setSummary: async (id, text) =>
      agentServices(context).gateway.threads.setSummary(openThread(store.state), id, text),
    async compact(focus = '') {
      const { gateway } = agentServices(context)
      const thread = openThread(store.state)
      const tokens = async (): Promise<number> =>
        (await gateway.threads.context(thread)).parts.reduce((sum, part) => sum + part.tokens, 0)
      const previous = context.compaction
      const work = (async () => {
        await previous
        const tokensBefore = await tokens()
        const wanted = focus.trim() === '' ? null : focus.trim()
        return { tokensBefore, made: await gateway.threads.compact(thread, wanted) }
      })()
      const ended = (): void => {
        if (context.compaction === running) context.compaction = null
      }
      const running: Promise<void> = work.then(ended, ended)
      context.compaction = running
      const { tokensBefore, made } = await work
      if (made === null) throw createUserError(cannotCompact(gateway.url))
      if (made.after < made.before) {
        store.dispatch({ type: 'surroundings.forgotten' })
        const details = await gateway.threads.retrieve(thread)
        const page = details && (await gateway.threads.history(details, NEWEST_MESSAGES))
        for (const { type, id } of page?.entries ?? []) if (type === 'notice') asked.add(id)
      }
      const tokensAfter = await tokens()
      if (made.after < made.before)
        store.dispatch({ type: 'context.counted', tokens: tokensAfter, isNewer: true })
      return { ...made, tokensBefore, tokensAfter }
    },
    contextWindow: async () =>
      agentServices(context).gateway.threads.context(openThread(store.state)),
  }
}

/** The port of a session: the history of the open conversation, and the conversations of the agent. */
export function createConversationsPort(
  context: SessionContext,
  history: ConversationHistory,
  actions: ConversationActions,
): ConversationsPort {
  const { store } = context
  return {
    ...history,
    ...actions,
    askAside: async (question, options) => askAside(context, question, options),
    searchMessages: async (text) => searchAllMessages(context, text),
    async clear() {
      const { conversation } = store.state
      if (conversation.id === DEFAULT_CONVERSATION) {
        const { gateway } = agentServices(context)
        await gateway.threads.reset(openAgentId(context))
        store.dispatch({ type: 'history.cleared' })
        if (conversation.title === null) return
        await gateway.agents.setFirstTitle(openAgentId(context), null)
        store.dispatch({ type: 'conversation.titled', id: conversation.id, title: null })
        return
      }
      // A conversation cannot be emptied: an empty one takes its place.
      await actions.start()
      await actions.delete(conversation.id)
    },
  }
}

function memoryReader(gateway: Services['gateway'], agentId: string): MemoryReader {
  return {
    blocks: async () => gateway.blocks.ofAgent(agentId),
    versions: async (blockId, page) => gateway.versions.list(blockId, page),
  }
}

function openKey({ store }: SessionContext): string {
  return threadKey(openThread(store.state))
}
