import type { PendingCall } from '../client/gateway/gateway.ts'
import { messageOf } from '../util/user-error.ts'
import type { MemoryWatch } from './memory-watch.ts'
import { CANCELLED, cancelNotConfirmed } from './messages.ts'
import { policyOf } from './policy.ts'
import type { TurnsPort } from './ports/turns.ts'
import { createReminders, type Reminders } from './reminders.ts'
import { resolveToolCalls } from './resolve-tool-calls.ts'
import type { Services } from './services.ts'
import type { SessionContext } from './session-context.ts'
import { runTurn, type TurnPorts, type TurnStart } from './turn.ts'

/** The turns of a session: one at a time; messages sent during a turn wait in the queue. */
export interface TurnQueue extends TurnsPort {
  /** Resolves calls left pending by an earlier session, as a separate turn. */
  settlePending(calls: readonly PendingCall[]): void
  /** Sends what was queued before an agent was open. */
  sendQueued(): void
  /** Resolves when no turn runs and no cancellation is under way. */
  idle(): Promise<void>
}

/** Turns wait in the queue until the context has an agent. */
export function createTurnQueue(
  context: SessionContext,
  watch: Pick<MemoryWatch, 'refresh'>,
): TurnQueue {
  const { store } = context
  const openServices = (): Services | null => (store.state.agent === null ? null : context.services)
  const reminders = createReminders(store)
  let running: { readonly abort: AbortController; readonly done: Promise<void> } | null = null
  let cancelling: Promise<void> | null = null

  const start = (ready: Services, turnStart: TurnStart): void => {
    const abort = new AbortController()
    const done = Promise.resolve(cancelling)
      .then(() => runTurn(turnPorts(ready, reminders, watch), turnStart, abort.signal))
      .finally(() => {
        reminders.turnEnded()
        running = null
        sendQueued()
      })
    running = { abort, done }
  }
  const sendQueued = (): void => {
    const next = store.state.queue[0]
    const ready = openServices()
    if (next === undefined || ready === null || running !== null || cancelling !== null) return
    store.dispatch({ type: 'message.unqueued', id: next.id })
    start(ready, { message: next, pending: [] })
  }
  return {
    sendQueued,
    send(text) {
      store.dispatch({ type: 'message.queued', id: context.base.newId(), text })
      sendQueued()
    },
    unqueue: (id) => store.dispatch({ type: 'message.unqueued', id }),
    settlePending(calls) {
      const ready = openServices()
      if (ready !== null && running === null && calls.length > 0) {
        start(ready, { message: null, pending: calls })
      }
    },
    cancel() {
      const ready = openServices()
      if (running === null || ready === null || running.abort.signal.aborted) return
      store.dispatch({ type: 'turn.cancelling' })
      running.abort.abort()
      cancelling = cancelOnServer(ready).finally(() => {
        cancelling = null
        sendQueued()
      })
    },
    async idle() {
      await running?.done
      await cancelling
    },
  }
}

async function cancelOnServer(parts: Services): Promise<void> {
  const { agent } = parts.store.state
  if (agent === null) return
  try {
    await parts.gateway.cancel(agent.id)
  } catch (thrown) {
    parts.notify('warning', cancelNotConfirmed(messageOf(thrown)))
  }
}

function turnPorts(
  parts: Services,
  reminders: Reminders,
  watch: Pick<MemoryWatch, 'refresh'>,
): TurnPorts {
  const { store, gateway, runner, now, newId } = parts
  const agentId = (): string => store.state.agent?.id ?? ''
  return {
    store,
    now,
    newId,
    cancelledText: CANCELLED[gateway.type],
    maxSteps: parts.options.maxSteps,
    stream: (input, limits) => gateway.stream(agentId(), input, limits),
    settle(calls, context) {
      const policy = () => policyOf(parts)
      // A key may have been saved since the start.
      const environment = () => ({ ...parts.options.environment, ...parts.settings.user.env })
      return resolveToolCalls({ store, runner, now, policy, environment }, calls, context)
    },
    reminder: reminders.next,
    release: () => gateway.cancel(agentId()),
    pending: async () => (await gateway.agent(agentId()))?.pending ?? [],
    serverToolReturned: () => void watch.refresh(),
  }
}
