import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { threadKey } from '../util/thread.ts'
import { ignoreUserError } from '../util/user-error.ts'
import { followConversation } from './follow-conversation.ts'
import { modelChanged } from './messages/agents.ts'
import { changeAgent, type SessionContext } from './session-context.ts'
import { isAtWork, openThread } from './state/selectors.ts'
import { findHolder } from './turn-lease.ts'

/** Shows what other sessions have said and changed in the open conversation while this one is idle. */
interface HistoryWatch {
  /** Looks from time to time until it is closed. */
  start(): void
  close(): void
}

/** Milliseconds between two looks. A database in this process knows whether it has changed; another server is asked rarely. */
const INTERVALS = { embedded: 1000, remote: 15_000 } as const

export function createHistoryWatch(
  context: SessionContext,
  catchUp: (hasEnded?: boolean) => Promise<boolean>,
): HistoryWatch {
  const abort = new AbortController()
  let stamp: string | null = null
  let isRunningElsewhere = false

  const poll = async (): Promise<void> => {
    while (!abort.signal.aborted) {
      const { agent, turn } = context.store.state
      const gateway = agent === null ? null : (context.services?.gateway ?? null)
      const isNear = gateway?.type === 'embedded' || isRunningElsewhere
      const pause = isNear ? INTERVALS.embedded : INTERVALS.remote
      await delay(pause, undefined, { signal: abort.signal, ref: false })
      if (gateway === null || isAtWork(context.store.state)) continue
      const current = gateway.changeStamp()
      // A process that is killed changes nothing in the database.
      const isHeld = turn.type === 'idle' && turn.elsewhere !== undefined
      if (current !== null && current === stamp && !isHeld) continue
      stamp = current
      // The server may be unreachable for a while: what needs it reports that.
      isRunningElsewhere = (await catchUp().catch(ignoreUserError)) ?? false
      const hasEnded = await showHolder(context, isRunningElsewhere).catch(ignoreUserError)
      if (hasEnded) await catchUp(true).catch(ignoreUserError)
      await followModel(context).catch(ignoreUserError)
      await followConversation(context).catch(ignoreUserError)
    }
  }
  return {
    start() {
      poll().catch((thrown: unknown) => {
        if (!abort.signal.aborted) throw thrown
      })
    },
    close: () => abort.abort(),
  }
}

/**
 * Whether another session is at work on the conversation while this one is idle: one that has a lease, or a program without one.
 * Returns whether its turn has ended.
 */
async function showHolder(
  { store, services, base }: SessionContext,
  isRunning: boolean,
): Promise<boolean> {
  const thread = openThread(store.state)
  if (services === null || store.state.turn.type !== 'idle') return false
  const program = isRunning ? ({ activity: 'model', processId: null } as const) : null
  const holder = (await findHolder(services, thread)) ?? program
  const { turn } = store.state
  const isOpen = threadKey(openThread(store.state)) === threadKey(thread)
  if (!isOpen || turn.type !== 'idle') return false
  if (isDeepStrictEqual(holder, turn.elsewhere ?? null)) return false
  store.dispatch({ type: 'turn.waiting', holder, at: base.now() })
  return holder === null
}

/** Another session may have given the agent another model: its name and its price are shown with the answers. */
async function followModel(context: SessionContext): Promise<void> {
  const { store, services, base } = context
  const before = store.state.agent
  if (services === null || before === null) return
  const found = await services.gateway.agents.retrieve(before.id)
  // This session itself may have changed it meanwhile.
  if (found === null || store.state.agent !== before || isAtWork(store.state)) return
  const { model, contextWindow, effort } = found
  const after = { ...before, model, contextWindow, effort }
  if (isDeepStrictEqual(after, before)) return
  changeAgent(context, after)
  if (model !== before.model) base.notify('info', modelChanged(before.model, model))
}
