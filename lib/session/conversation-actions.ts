import { serverName } from '../client/backend.ts'
import type { ConversationListing } from '../client/gateway/conversations.ts'
import { ignoreErrno } from '../fs/errno.ts'
import { DEFAULT_CONVERSATION, type Thread, threadKey, threadOf } from '../util/thread.ts'
import { createUserError, ignoreUserError, UserError } from '../util/user-error.ts'
import { listAllConversations, previewConversation } from './conversation-list.ts'
import { conversationTitle } from './conversation-title.ts'
import { exportToFile } from './export-file.ts'
import type { ConversationLabels } from './label-conversation.ts'
import {
  CANNOT_ARCHIVE,
  CONVERSATION_BUSY,
  CONVERSATION_GONE,
  conversationsUnavailable,
  DEFAULT_STAYS,
  forkTitle,
  MESSAGE_NOT_STORED,
} from './messages/conversations.ts'
import { rememberThread } from './open-conversation.ts'
import type { Opener } from './opener.ts'
import type { OpenConversations } from './ports/conversations.ts'
import type { Services } from './services.ts'
import {
  agentServices,
  openAgentId,
  type SessionContext,
  serverServices,
} from './session-context.ts'
import type { ConversationPreview, ConversationRow } from './state/conversation-row.ts'
import { openThread } from './state/selectors.ts'
import { assertNotAtWork } from './turn-lease.ts'

/** The conversations of the open agent: they share its memory, and each has a separate history. */
export interface ConversationActions {
  /** Query: the agent's conversations without its default one, most recently used first. Null when the server has none. */
  list(): Promise<readonly ConversationListing[] | null>
  /** Query: the conversations of all agents with their default ones, most recently used first, without archived and empty ones. */
  listAll(): Promise<readonly ConversationRow[]>
  /** Creates an empty conversation with the same memory, without opening it. */
  create(): Promise<Thread>
  /** Query: what is shown of a conversation before it is opened. */
  preview(thread: Thread): Promise<ConversationPreview>
  /** The next start in this directory continues the open conversation. */
  remember(): Promise<void>
  /** Begins an empty conversation with the same memory. */
  start(): Promise<void>
  /** Continues a conversation, of another agent as well; `DEFAULT_CONVERSATION` of the open agent. */
  open(id: string, agentId?: string): Promise<void>
  /** Names a conversation, the open one when none is given. */
  setTitle(title: string, id?: string): Promise<void>
  /**
   * Copies the open conversation and continues the copy: all of it, or what came before the user's message with this entry id.
   * The original stays as it is.
   */
  fork(options?: { readonly before: string }): Promise<void>
  /** Writes a conversation, by default the open one, to a new file of the project, and returns its path relative to it. */
  exportTo(file: string, row?: Pick<ConversationRow, 'id' | 'agentId' | 'title'>): Promise<string>
  archive(id: string, isArchived: boolean): Promise<void>
  /** Deletes a conversation with its messages, and leaves it first when it is the open one. */
  delete(id: string): Promise<void>
  /** Deletes an empty conversation at the end of the session; the next start in this directory continues `next`. */
  discard(empty: Thread, next: Thread): Promise<void>
}

export function createConversationActions(
  context: SessionContext,
  opener: Opener,
  { setTitle, notePlace }: ConversationLabels,
  { copyView }: Pick<OpenConversations, 'copyView'>,
): ConversationActions {
  const { store } = context
  const gatewayOf = ({ gateway }: Services) => gateway.conversations
  const unavailable = () =>
    createUserError(conversationsUnavailable(store.state.server?.url ?? null))

  const create = async (): Promise<Thread> => {
    const made = await gatewayOf(agentServices(context)).create(openAgentId(context))
    if (made === null) throw unavailable()
    return threadOf(made)
  }
  const start = async (): Promise<void> => {
    assertIdle(context)
    await opener.openConversation((await create()).conversationId)
  }
  /** The server only says that there is no such id. */
  const unlessGone = <Value>(id: string, work: Promise<Value>): Promise<Value> =>
    work.catch(async (thrown: unknown) => {
      const isGone =
        thrown instanceof UserError &&
        id !== DEFAULT_CONVERSATION &&
        (await gatewayOf(agentServices(context)).retrieve(id)) === null
      throw isGone ? createUserError(CONVERSATION_GONE, thrown) : thrown
    })
  /** The copy belongs to the directory, and has what the original has changed, before a message is sent in it. */
  const noteFork = async (made: Thread, original: Thread, before?: string): Promise<void> => {
    const { options, runner } = context.base
    if (!options.demo) await notePlace(threadKey(made))
    const fork = { ...made, from: original.conversationId, before }
    // The disk may be full: the copy is complete without it.
    await runner.journal.addFork(fork).catch(ignoreErrno())
    await copyView(made, before).catch(ignoreUserError)
  }

  return {
    list: async () => gatewayOf(agentServices(context)).list(openAgentId(context)),
    listAll: async () => listAllConversations(context),
    create,
    preview: async (thread) => previewConversation(await serverServices(context), thread),
    async remember() {
      const services = agentServices(context)
      const thread = openThread(store.state)
      await services.settings.on(serverName(services.options.backend)).rememberAgent(thread.agentId)
      await rememberThread(services, thread)
    },
    start,
    async open(id, agentId) {
      assertIdle(context)
      const isOther = agentId !== undefined && agentId !== openAgentId(context)
      if (isOther && id === DEFAULT_CONVERSATION) await opener.open({ id: agentId }, id)
      else await opener.openConversation(id)
    },
    async exportTo(file, row) {
      if (row === undefined) return exportToFile(agentServices(context), file)
      const services = await serverServices(context)
      const agent = await services.gateway.agents.retrieve(row.agentId)
      const { id, title } = row
      return exportToFile(services, file, { agent, conversation: { id, title } })
    },
    async setTitle(title, id = store.state.conversation.id) {
      await unlessGone(id, setTitle(id, title))
    },
    async fork(options) {
      assertIdle(context)
      const services = agentServices(context)
      const { conversation } = store.state
      const thread = openThread(store.state)
      const place =
        options === undefined
          ? null
          : await services.gateway.threads.findMessage(thread, options.before)
      if (options !== undefined && place === null) {
        return unlessGone(conversation.id, Promise.reject(createUserError(MESSAGE_NOT_STORED)))
      }
      if (place !== null && place.previous === null) return start()
      const through = place?.previous ?? null
      const made = await unlessGone(conversation.id, gatewayOf(services).fork(thread, { through }))
      if (made === null) throw unavailable()
      await noteFork(threadOf(made), thread, options?.before)
      const first = store.state.settled.find((entry) => entry.type === 'user')
      const title = conversation.title ?? (first && conversationTitle(first.text)) ?? null
      if (title !== null) await gatewayOf(services).update(made.id, { title: forkTitle(title) })
      await opener.openConversation(made.id)
    },
    async archive(id, isArchived) {
      if (id === DEFAULT_CONVERSATION) throw createUserError(DEFAULT_STAYS)
      const after = await unlessGone(
        id,
        gatewayOf(agentServices(context)).update(id, { isArchived }),
      )
      if (after.isArchived !== isArchived) throw new UserError(CANNOT_ARCHIVE)
    },
    async delete(id) {
      if (id === DEFAULT_CONVERSATION) throw createUserError(DEFAULT_STAYS)
      const isOpen = id === store.state.conversation.id
      if (isOpen) assertIdle(context)
      const services = agentServices(context)
      const found = await gatewayOf(services).retrieve(id)
      if (found !== null) await assertNotAtWork(services, threadOf(found))
      if (isOpen) await opener.openConversation(DEFAULT_CONVERSATION)
      await gatewayOf(services).delete(id)
    },
    async discard(empty, next) {
      const services = agentServices(context)
      await rememberThread(services, next)
      await gatewayOf(services).delete(empty.conversationId)
    },
  }
}

/** What is queued belongs to the conversation that it was written in. */
function assertIdle({ store }: SessionContext): void {
  const { turn, queue } = store.state
  if (turn.type === 'running' || queue.length > 0) throw createUserError(CONVERSATION_BUSY)
}
