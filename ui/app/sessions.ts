import type { AgentChoice } from '../../lib/session/open-agent.ts'
import type { TurnsPort } from '../../lib/session/ports/turns.ts'
import type { SessionOptions } from '../../lib/session/services.ts'
import type { Session } from '../../lib/session/session.ts'
import { openThread, pendingApprovals } from '../../lib/session/state/selectors.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import { addDollars } from '../../lib/util/add-dollars.ts'
import { ignoreUserError, UserError } from '../../lib/util/user-error.ts'
import { SENT_ONCE_OPEN, TOO_MANY_RUNNING } from '../messages/conversations.ts'
import type { OtherConversation } from '../state/state.ts'
import type { RootStore } from './render-scheduler.ts'
import { createSessionStore, type SessionStore } from './session-store.ts'

/**
 * The sessions of one workbench. Each conversation that runs has a session; the screen shows one of them. Opening another
 * conversation while a turn runs lets that turn continue in its session, and shows the other one in a session that is free.
 */
export interface Sessions {
  /** The shown one. Its ports open conversations and agents in a free session while it is at work. */
  readonly current: Session
  /** What the others have, for sums. */
  states(): readonly SessionState[]
  /** Shows a conversation that awaits approval, otherwise one that has ended a turn, otherwise the next one that runs. */
  showNext(): boolean
  close(): Promise<void>
}

interface SessionsPorts {
  readonly root: RootStore
  readonly options: SessionOptions
  /** The store of the first one, which is shown. */
  readonly store: SessionStore
  open(options: SessionOptions, store: SessionStore): Session
}

/** How many conversations may run at once: each has its own connection and its own watches. */
const MAX_SESSIONS = 8

interface Slot {
  readonly session: Session
  readonly store: SessionStore
  /** What its last turn came to while it was not shown; null once it was shown. */
  news: 'answered' | 'failed' | null
}

interface Place {
  readonly agentId: string
  readonly conversationId: string
}

export function createSessions({ root, options, store, open }: SessionsPorts): Sessions {
  let slots: readonly Slot[] = []
  let shown = begin(options, store)
  let switching: Promise<boolean> = Promise.resolve(true)
  /** Conversations that this workbench has created, with what was shown before. */
  const begun = new Map<string, Place>()
  /** How many openings have not ended. */
  let openings = 0

  function begin(wanted: SessionOptions, own: SessionStore): Slot {
    const { record } = wanted
    const session = open(
      {
        ...wanted,
        spentElsewhere: () => spentBy(slots.filter((slot) => slot.session !== session)),
        // A recording shows what the screen has shown.
        ...(record ? { record: (event) => (own.isShown ? record(event) : undefined) } : {}),
      },
      own,
    )
    const slot = follow({ session, store: own, news: null })
    slots = [...slots, slot]
    return slot
  }

  function follow(slot: Slot): Slot {
    slot.store.subscribe((_, event) => {
      if (slot.store.isShown) return
      if (event.type === 'turn.started') slot.news = null
      if (event.type === 'turn.finished') {
        slot.news = event.outcome.type === 'failed' ? 'failed' : 'answered'
      }
      report()
    })
    return slot
  }

  /** Puts into the root store what the screen shows of the others. */
  function report(): void {
    const others = slots.flatMap((slot) => (slot === shown ? [] : otherConversation(slot)))
    const before = root.state.workbench.others
    if (JSON.stringify(others) === JSON.stringify(before)) return
    const isNews = (one: OtherConversation): boolean =>
      one.status !== 'running' && before.find(isSame(one))?.status !== one.status
    root.dispatch({ type: 'others.changed', others, news: others.find(isNews) ?? null })
  }

  function show(slot: Slot): void {
    if (slot === shown) return
    shown.store.hide()
    shown = slot
    slot.news = null
    slot.store.show()
    report()
    void slot.session.conversations.remember()
  }

  const isAt = (place: Place) => (slot: Slot) => {
    const { agentId, conversationId } = openThread(slot.store.state)
    return agentId === place.agentId && conversationId === place.conversationId
  }
  const isFree = (slot: Slot): boolean =>
    slot !== shown && slot.news === null && !isAtWork(slot.store.state)

  /** A separate session for what is opened; nothing has changed when that fails. */
  async function openFresh(agent: AgentChoice, conversation: string | null): Promise<Slot> {
    if (slots.length >= MAX_SESSIONS) throw new UserError(TOO_MANY_RUNNING)
    const own = createSessionStore(root, false)
    const { mode, rules } = shown.store.state
    // The options of the command line are about the first agent, and about new ones.
    const kept = typeof agent === 'string' ? {} : FIRST_ONLY
    const further = { agent, conversation, mode, link: null, isFurther: true as const }
    const slot = begin({ ...options, ...shown.session.server(), ...kept, ...further }, own)
    try {
      await slot.session.opened
    } catch (thrown) {
      slots = slots.filter((one) => one !== slot)
      await slot.session.close()
      throw thrown
    }
    // What the person has allowed until the program ends.
    for (const list of ['allow', 'deny', 'ask'] as const) {
      for (const rule of rules[list]) {
        if (rule.source === 'session') own.dispatch({ type: 'rule.added', list, rule })
      }
    }
    return slot
  }

  async function showPlace(place: Place): Promise<void> {
    const there = slots.find(isAt(place))
    if (there !== undefined) return show(there)
    const { agentId, conversationId } = place
    if (!isAtWork(shown.store.state)) {
      return shown.session.conversations.open(conversationId, agentId)
    }
    const free = slots.find(isFree)
    if (free === undefined) return show(await openFresh({ id: agentId }, conversationId))
    await free.session.conversations.open(conversationId, agentId)
    show(free)
  }

  async function showAgent(choice: Exclude<AgentChoice, 'last'>): Promise<void> {
    const there =
      typeof choice === 'string'
        ? undefined
        : slots.find(({ store }) => store.state.agent?.id === choice.id)
    if (there !== undefined) return show(there)
    if (!isAtWork(shown.store.state)) return shown.session.agents.open(choice)
    const free = slots.find(isFree)
    if (free === undefined) return show(await openFresh(choice, null))
    await free.session.agents.open(choice)
    show(free)
  }

  async function startConversation(): Promise<void> {
    if (emptyPlace() !== null) return
    const before = openThread(shown.store.state)
    if (isAtWork(shown.store.state)) {
      const made = await shown.session.conversations.create()
      begun.set(made.conversationId, before)
      return showPlace(made)
    }
    await shown.session.conversations.start()
    begun.set(shown.store.state.conversation.id, before)
  }

  /** The shown conversation, when the workbench has created it and nothing is in it, not even a draft. */
  function emptyPlace(): Place | null {
    const { state } = shown.store
    const { conversation, settled } = state
    const isEmpty =
      conversation.title === null &&
      !isAtWork(state) &&
      settled.every(({ type }) => type === 'notice') &&
      root.state.workbench.composer.text === ''
    return isEmpty && begun.has(conversation.id) ? openThread(state) : null
  }

  /** A conversation that is left empty would stay on the server, where other clients list it. */
  async function leaving(work: () => Promise<void>): Promise<void> {
    const { session } = shown
    const left = emptyPlace()
    await work()
    // A session that is no longer shown still has it open.
    if (left === null || session !== shown.session || isAt(left)(shown)) return
    begun.delete(left.conversationId)
    await session.conversations.delete(left.conversationId).catch(ignoreUserError)
  }

  /** One after the other: what is shown when one begins is what the one before has shown. */
  function inOrder(work: () => Promise<void>): Promise<void> {
    openings += 1
    const done = switching.then(work)
    switching = done.then(
      () => true,
      () => false,
    )
    void switching.then(() => {
      openings -= 1
    })
    return done
  }

  /** What is sent while another conversation opens is meant for that one; the person has it again when it does not open. */
  async function sendOnceOpen(...message: Parameters<TurnsPort['send']>): Promise<void> {
    root.dispatch({ type: 'flash.shown', level: 'info', text: SENT_ONCE_OPEN })
    if (await switching) shown.session.turns.send(...message)
    else root.dispatch({ type: 'drafts.found', texts: [message[0]], pastes: [] })
  }

  const facades = new WeakMap<Session, Session>()
  const facadeOf = (session: Session): Session => {
    const known = facades.get(session)
    if (known !== undefined) return known
    const facade: Session = {
      ...session,
      turns: {
        ...session.turns,
        send: (...message) =>
          openings === 0 ? session.turns.send(...message) : void sendOnceOpen(...message),
      },
      agents: {
        ...session.agents,
        open: (choice) => inOrder(() => leaving(() => showAgent(choice))),
      },
      conversations: {
        ...session.conversations,
        start: () => inOrder(startConversation),
        fork: (options) => inOrder(() => session.conversations.fork(options)),
        open: (conversationId, agentId = openThread(session.store.state).agentId) =>
          inOrder(() => leaving(() => showPlace({ agentId, conversationId }))),
        archive(id, isArchived) {
          begun.delete(id)
          return session.conversations.archive(id, isArchived)
        },
      },
    }
    facades.set(session, facade)
    return facade
  }

  return {
    get current() {
      return facadeOf(shown.session)
    },
    states: () => slots.map(({ store }) => store.state),
    showNext() {
      const at = slots.indexOf(shown)
      const order = [...slots.slice(at + 1), ...slots.slice(0, at)]
      const status = (slot: Slot) => otherConversation(slot)[0]?.status
      const wanted = URGENCY.flatMap((one) => order.find((slot) => status(slot) === one) ?? [])
      const [next] = wanted
      if (next !== undefined) show(next)
      return next !== undefined
    },
    async close() {
      const left = emptyPlace()
      const next = left === null ? undefined : begun.get(left.conversationId)
      if (left !== null && next !== undefined) {
        await shown.session.conversations.discard(left, next).catch(ignoreUserError)
      }
      await Promise.all(slots.map(({ session }) => session.close()))
    },
  }
}

const FIRST_ONLY = { model: null, effort: null, name: null, tools: null } as const

const URGENCY = ['approval', 'failed', 'answered', 'running'] as const

/** What is queued belongs to the conversation that it was written in. */
function isAtWork({ turn, queue, agent }: SessionState): boolean {
  return agent !== null && (turn.type === 'running' || queue.length > 0)
}

const isSame = (one: Place) => (other: Place) =>
  one.agentId === other.agentId && one.conversationId === other.conversationId

/** None for a session that has nothing to report. */
function otherConversation({ store, news }: Slot): readonly OtherConversation[] {
  const { agent, conversation, turn, queue } = store.state
  if (agent === null) return []
  const [call] = pendingApprovals(store.state)
  const running = call === undefined ? 'running' : 'approval'
  const status = turn.type === 'running' ? running : news
  if (status === null) return []
  return [
    {
      agentId: agent.id,
      agentName: agent.name,
      conversationId: conversation.id,
      title: conversation.title,
      status,
      tool: call?.tool ?? null,
      queued: queue.map(({ text }) => text),
    },
  ]
}

function spentBy(slots: readonly Slot[]): number | null {
  return slots.map(({ store }) => store.state.totals.usage.dollars ?? null).reduce(addDollars, 0)
}
