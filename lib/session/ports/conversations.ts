import type { ContextWindow } from '../../client/gateway/context.ts'
import type { AgentDetails, Compaction } from '../../client/gateway/gateway.ts'
import type { HistoryPage } from '../../client/gateway/history-pagination.ts'
import { createUserError, UserError } from '../../util/user-error.ts'
import { withNamedCalls } from '../label-calls.ts'
import { cannotCompact, notFollowed } from '../messages.ts'
import type { Services } from '../services.ts'
import { agentServices, openAgentId, type SessionContext } from '../session-context.ts'

/** The conversation with the open agent, as the server stores it. */
export interface ConversationsPort {
  /** Loads and shows the page of messages before those that are shown. */
  loadEarlier(): Promise<void>
  /** Deletes the conversation on the server and here; memory stays. */
  clear(): Promise<void>
  /** Replaces older messages by a summary, on the server. */
  compact(): Promise<Compaction>
  /** Query: what fills the context window now, counted by the server at each call. */
  contextWindow(): Promise<ContextWindow>
}

export interface OpenConversations extends ConversationsPort {
  /** Loads the newest page of the agent's messages; the returned function shows them. */
  load(services: Services, agent: AgentDetails): Promise<() => void>
  /** Shows what other sessions have said since. */
  follow(services: Services): Promise<void>
}

/** Stored messages shown when an agent is opened. */
const HISTORY_PAGE_MESSAGES = 60

export function createConversations(context: SessionContext): OpenConversations {
  const { store } = context
  let earlier: HistoryPage['earlier'] = null
  return {
    async load({ gateway, runner }, agent) {
      const history = await gateway.history(agent, HISTORY_PAGE_MESSAGES)
      const entries = withNamedCalls(history.entries, runner)
      earlier = history.earlier
      return () => {
        if (entries.length > 0) {
          store.dispatch({ type: 'history.loaded', entries, earlier: earlier !== null })
        } else if (store.state.settled.some((entry) => entry.type !== 'notice')) {
          store.dispatch({ type: 'history.cleared' })
        }
      }
    },
    async follow({ gateway, runner, notify }) {
      const id = openAgentId(context)
      try {
        const agent = await gateway.agent(id)
        if (agent === null) return
        const history = await gateway.history(agent, HISTORY_PAGE_MESSAGES)
        const entries = withNamedCalls(history.entries, runner)
        if (id === openAgentId(context)) store.dispatch({ type: 'history.followed', entries })
      } catch (thrown) {
        // The messages are shown at the next start; this turn does not depend on them.
        if (!(thrown instanceof UserError)) throw thrown
        notify('warning', notFollowed(thrown.message))
      }
    },
    async loadEarlier() {
      const load = earlier
      const id = openAgentId(context)
      // Null while a page loads, so that pages load one at a time.
      earlier = null
      const page = await load?.().catch((thrown: unknown) => {
        if (id === openAgentId(context)) earlier = load
        throw thrown
      })
      if (page === undefined || id !== openAgentId(context)) return
      earlier = page.earlier
      const entries = withNamedCalls(page.entries, agentServices(context).runner)
      store.dispatch({ type: 'history.extended', entries, earlier: earlier !== null })
    },
    async clear() {
      await agentServices(context).gateway.reset(openAgentId(context))
      earlier = null
      store.dispatch({ type: 'history.cleared' })
    },
    async compact() {
      const { gateway } = agentServices(context)
      const made = await gateway.compact(openAgentId(context))
      if (made !== null) return made
      throw createUserError(cannotCompact(gateway.url))
    },
    contextWindow: async () => agentServices(context).gateway.context(openAgentId(context)),
  }
}
