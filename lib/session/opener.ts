import type { BackendChoice } from '../client/backend.ts'
import type { AgentDetails } from '../client/gateway/agents.ts'
import type { ConversationListing, ThreadDetails } from '../client/gateway/conversations.ts'
import { UnknownAgent } from '../client/gateway/known-agent.ts'
import { defaultThreadOf } from '../client/gateway/threads.ts'
import { ignoreErrno } from '../fs/errno.ts'
import { writeSessionStart } from '../memory/session-start.ts'
import { type Watch, watchSkills } from '../skills/watch.ts'
import { DEFAULT_CONVERSATION, defaultThread, type Thread, threadOf } from '../util/thread.ts'
import { messageOf, UserError } from '../util/user-error.ts'
import { reportUnknownFallback } from './fallback-model.ts'
import { leftReview } from './left-review.ts'
import { managedBlocks } from './managed-blocks.ts'
import { AGENT_GONE } from './messages/agents.ts'
import { TURN_CANCELLED_BY_SWITCH } from './messages/turns.ts'
import { NoModel } from './no-model.ts'
import { type AgentChoice, reachAgent, UnknownModel } from './open-agent.ts'
import {
  assertAgentOf,
  lastConversation,
  rememberThread,
  requireConversation,
} from './open-conversation.ts'
import type { OpenConversations } from './ports/conversations.ts'
import type { VersionRecorder } from './record-versions.ts'
import type { Services } from './services.ts'
import {
  connectedServices,
  openAgentId,
  type SessionContext,
  serverServices,
} from './session-context.ts'
import { findSkills, refreshSkills, skillsDirectory, updateSkillsBlock } from './skills-block.ts'
import { sweepFiles } from './sweep-files.ts'
import { findHolder } from './turn-lease.ts'
import type { TurnQueue } from './turn-queue.ts'

/** Connects and opens agents, first the one that the options name. */
export interface Opener {
  /** Resolves when the first agent is open; rejects with the `UserError` that stopped it. */
  readonly opened: Promise<void>
  /** Opens an agent on the current server, after the running turn has been cancelled. */
  open(choice: AgentChoice, conversationId?: string): Promise<void>
  /** Continues a conversation on the current server, and opens its agent when that is another one. */
  openConversation(id: string): Promise<void>
  /** Continues with this project's agent on another server; false, with nothing changed, when that fails. */
  switchServer(backend: BackendChoice): Promise<boolean>
  close(): Promise<void>
}

/** Starts opening the agent of the options at once. */
export function createOpener(
  context: SessionContext,
  turns: TurnQueue,
  conversations: OpenConversations,
  recorder: VersionRecorder,
): Opener {
  const { store } = context
  const { options } = context.base
  let watch: Watch | null = null

  const opened = reach(options.agent, options.conversation ?? null).catch((thrown: unknown) => {
    const reason = thrown instanceof NoModel ? { reason: 'noModel' as const } : {}
    store.dispatch({ type: 'opening.failed', ...reason })
    if (thrown instanceof UnknownModel) {
      context.base = { ...context.base, options: { ...options, model: null } }
    }
    throw thrown
  })
  opened.then(watchForSkills).catch(() => undefined)

  async function reach(choice: AgentChoice, conversationId: string | null = null): Promise<void> {
    const found = findSkills(context.base)
    const connected = await connectedServices(context)
    const reached = async (): Promise<ThreadDetails> => {
      const isNamed = conversationId !== null && conversationId !== DEFAULT_CONVERSATION
      const conversation = isNamed ? await requireConversation(connected, conversationId) : null
      if (conversation !== null) assertAgentOf(conversation, choice)
      const wanted = conversation === null ? choice : { id: conversation.agentId }
      const agent = await reachAgent(connected, wanted)
      const last = conversationId === null ? await lastConversation(connected, agent.id) : null
      return enter(connected, agent, conversation ?? last)
    }
    const thread = await reached().catch(async (thrown: unknown) => {
      // The user is asked for another agent on the same server.
      if (thrown instanceof UnknownAgent) context.services = connected
      if (context.services === null) await connected.gateway.close()
      throw thrown
    })
    context.services = connected
    recorder.opened(connected)
    await found
    await connected.outbox.clear(connected.now())
    void sweepStored(connected)
    await updateSkillsBlock(connected)
    await recordStart(connected, thread.agentId)
    void reportUnknownFallback(connected)
    await continueThread(connected, thread)
    turns.sendQueued()
  }

  /** Resolves the calls that an earlier session has left, or follows the session that is at work. */
  async function continueThread(services: Services, thread: ThreadDetails): Promise<void> {
    const message = thread.pending.length > 0 ? leftReview(store.state) : null
    if (message !== null) store.dispatch({ type: 'memory.reviewRequested', message })
    if (thread.pending.length > 0 || (await findHolder(services, thread)) !== null) {
      turns.settlePending()
    }
  }

  /** Shows the agent with a conversation; its default history when null. */
  async function enter(
    services: Services,
    agent: AgentDetails,
    listed: ConversationListing | null,
  ): Promise<ThreadDetails> {
    const thread =
      listed === null ? null : await services.gateway.threads.retrieve(threadOf(listed))
    const found = thread ?? defaultThreadOf(agent)
    const showHistory = await conversations.load(services, found)
    const { id, name, model, contextWindow, effort, tools, blocks } = agent
    const opened = { id, name, model, contextWindow, effort, tools }
    store.dispatch({ type: 'agent.opened', agent: opened })
    showConversation(found, listed?.title ?? found.title ?? null)
    const managed = managedBlocks(services, agent)
    store.dispatch({ type: 'memory.loaded', blocks, managed })
    showHistory()
    await rememberThread(services, found)
    return found
  }

  function showConversation({ conversationId: id }: Thread, title: string | null): void {
    const { conversation } = store.state
    if (id === conversation.id && title === conversation.title) return
    store.dispatch({ type: 'conversation.opened', conversation: { id, title } })
  }

  /** Another conversation of the open agent. */
  async function enterConversation(
    services: Services,
    listed: ConversationListing | null,
  ): Promise<void> {
    const wanted = listed === null ? defaultThread(openAgentId(context)) : threadOf(listed)
    const thread = await services.gateway.threads.retrieve(wanted)
    if (thread === null) throw new UserError(AGENT_GONE)
    const showHistory = await conversations.load(services, thread)
    showConversation(thread, listed?.title ?? thread.title ?? null)
    showHistory()
    await rememberThread(services, thread)
    await continueThread(services, thread)
  }

  /** For a comparison of memory with what it was when the session began. The disk may be read-only. */
  async function recordStart({ now }: Services, agentId: string): Promise<void> {
    const { lettaDirectory, directory, isFurther } = options
    if (isFurther) return
    await writeSessionStart(lettaDirectory, directory, { agentId, at: now() }).catch(ignoreErrno())
  }

  async function watchForSkills(): Promise<void> {
    if (!options.watch) return
    const follow = (): void => {
      if (context.services !== null) refreshSkills(context.services).catch(warn)
    }
    watch = await watchSkills(skillsDirectory(options), follow)
    // Changes from before the watch was ready are not reported.
    follow()
  }

  async function cancelTurn(): Promise<void> {
    turns.cancel()
    await turns.idle()
  }

  function warn(thrown: unknown): void {
    if (!(thrown instanceof UserError)) throw thrown
    context.base.notify('warning', thrown.message, thrown.hint)
  }

  return {
    opened,
    async open(choice, conversationId) {
      await cancelTurn()
      await reach(choice, conversationId)
      if (watch === null) await watchForSkills()
    },
    async openConversation(id) {
      await cancelTurn()
      const services = await serverServices(context)
      const isDefault = id === DEFAULT_CONVERSATION
      const listed = isDefault ? null : await requireConversation(services, id)
      if (listed === null || listed.agentId === openAgentId(context)) {
        return enterConversation(services, listed)
      }
      await reach({ id: listed.agentId }, id)
      if (watch === null) await watchForSkills()
    },
    async switchServer(backend) {
      const isLost = store.state.turn.type === 'running'
      await cancelTurn()
      const reached = (): Services | null => context.services
      const { base, services } = context
      const { server } = store.state
      context.base = { ...base, options: { ...base.options, backend } }
      context.services = null
      try {
        await reach('last')
        await services?.gateway.close()
        if (isLost) context.base.notify('warning', TURN_CANCELLED_BY_SWITCH)
        return true
      } catch (thrown) {
        const unused = reached()
        context.base = base
        context.services = services
        if (server !== null) store.dispatch({ type: 'server.reached', server })
        await unused?.gateway.close()
        warn(thrown)
        return false
      }
    },
    async close() {
      await cancelTurn()
      await watch?.close()
      await context.base.runner.close()
      await context.services?.gateway.close()
    },
  }
}

/** In the background: nothing waits for it. */
async function sweepStored({ options, now, notify }: Services): Promise<void> {
  const { lettaDirectory, maxOutputBytes, demo, isFurther } = options
  if (demo || isFurther) return
  try {
    await sweepFiles({ lettaDirectory, now: now(), maxOutputBytes })
  } catch (thrown) {
    notify('warning', messageOf(thrown))
  }
}
