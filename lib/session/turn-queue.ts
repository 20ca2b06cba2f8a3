import { setMaxListeners } from 'node:events'
import { serverName } from '../client/backend.ts'
import type { PendingCall } from '../client/gateway/pending-calls.ts'
import type { OutsideText } from '../memory/provenance.ts'
import { costOf } from '../models/price.ts'
import { MEMORY_TOOLS } from '../permissions/rules/rule.ts'
import { type Thread, threadKey } from '../util/thread.ts'
import { ignoreUserError, messageOf, UserError } from '../util/user-error.ts'
import { readAttachments } from './attachments.ts'
import { awaitOtherClient, awaitOtherRun } from './await-others.ts'
import { createFallback, repeatedInput } from './fallback-model.ts'
import { withGoneConversation } from './follow-conversation.ts'
import type { MemoryWatch } from './memory-watch.ts'
import { ATTACHED_FILE } from './messages/attachments.ts'
import {
  CANCELLED,
  cancelNotConfirmed,
  NOTHING_TO_TAKE_OVER,
  queuePaused,
  runningElsewhere,
  TAKE_OVER_HINT,
} from './messages/turns.ts'
import type { KeptResult } from './outbox.ts'
import { attachedTools, memoryChecks, policyOf } from './policy.ts'
import type { TurnsPort } from './ports/turns.ts'
import { createReminders } from './reminders.ts'
import { requireMemoryApproval } from './require-memory-approval.ts'
import { resolveToolCalls } from './resolve-tool-calls.ts'
import type { Services } from './services.ts'
import type { SessionContext } from './session-context.ts'
import { openThread, phaseOf } from './state/selectors.ts'
import type { TurnHolder, TurnOutcome } from './state/turn.ts'
import { createSurroundings } from './surroundings/surroundings.ts'
import { runTurn, type TurnPorts, type TurnStart } from './turn.ts'
import { acquireLease, type LeasePorts, type TurnLease } from './turn-lease.ts'
import { watchChanges } from './value-watch.ts'

/** The turns of a session: one at a time; messages sent during a turn wait in the queue. */
export interface TurnQueue extends TurnsPort {
  /** Resolves calls left pending by an earlier session, as a separate turn that first waits for the session at work. */
  settlePending(): void
  /** Sends what was queued before an agent was open. */
  sendQueued(): void
  /** Resolves when no turn runs and no cancellation is under way. */
  idle(): Promise<void>
}

interface RunningTurn {
  readonly abort: AbortController
  readonly done: Promise<void>
  /** The agent belongs to this session until the turn, and its cancellation, have ended. Null before. */
  lease: TurnLease | null
  isTakeOverRequested: boolean
  /** What runs on the server is the turn of a client without a lease, for which this one waits. */
  isBehind: boolean
  /** Shows what the other session writes meanwhile. */
  following: Promise<void> | null
  /** Calls are being answered: those that have run are reported to the server before a cancellation denies the others. */
  isSettling: boolean
  /** Resolves when the turn itself has ended. */
  ended: Promise<void>
  /** The turn is over, but the agent still belongs to this session: there is nothing to cancel any more. */
  hasEnded: boolean
}

/** Milliseconds between two looks at what the session for which a turn waits has written. */
const FOLLOW_MS = 1000

interface TurnEffects {
  refreshMemory: MemoryWatch['refresh']
  /** Shows what other sessions have said. */
  follow(services: Services): Promise<void>
}

/** Turns wait in the queue until the context has an agent. */
export function createTurnQueue(
  context: SessionContext,
  { refreshMemory, follow }: TurnEffects,
): TurnQueue {
  const { store } = context
  const openServices = (): Services | null => (store.state.agent === null ? null : context.services)
  const reminders = createReminders(
    store,
    createSurroundings(() => context.base),
  )
  let running: RunningTurn | null = null
  let cancelling: Promise<void> | null = null
  /** After an outage the next turn begins with what was missed. */
  let hasMissed = false

  const start = (ready: Services, turnStart: TurnStart): void => {
    const abort = new AbortController()
    // Every call of an answer listens to it; from eleven on Node would warn of a leak.
    setMaxListeners(0, abort.signal)
    const ended = Promise.resolve().then(() =>
      runTurn(turnPorts(ready, own), turnStart, abort.signal),
    )
    const turn: RunningTurn = {
      abort,
      lease: null,
      isTakeOverRequested: false,
      isBehind: false,
      following: null,
      isSettling: false,
      hasEnded: false,
      ended,
      done: ended.finally(async () => {
        turn.hasEnded = true
        reminders.turnEnded()
        // A cancellation concerns whatever runs on the server: no other session may have begun by then.
        await cancelling
        await turn.lease?.release()
        running = null
        sendQueued()
      }),
    }
    const lease = leasePorts(ready, turn)
    const writtenByOthers = watchChanges()
    /** What others do meanwhile is theirs to cancel. What they have said is shown at the end of the wait. */
    const behind = async <Result>(wait: () => Promise<Result>): Promise<Result> => {
      turn.isBehind = true
      const result = await wait()
      await turn.following
      await follow(ready)
      turn.isBehind = false
      return result
    }
    const own = {
      lease,
      reminder: reminders.next,
      serverToolReturned: () => void refreshMemory(),
      settling(isSettling: boolean) {
        turn.isSettling = isSettling
      },
      async whileBusy(signal: AbortSignal): Promise<boolean> {
        const { turns, threads } = ready.gateway
        const run = {
          async written() {
            const entries = await threads.running(lease.thread).catch(ignoreUserError)
            return entries ? JSON.stringify(entries) : null
          },
          cancel: () => turns.cancel(lease.thread),
        }
        return behind(() => awaitOtherRun(lease, run, { changes: writtenByOthers, signal }))
      },
      async leftPending(signal: AbortSignal): Promise<readonly PendingCall[]> {
        const pending = () => pendingCalls(ready, lease.thread)
        const callIds = async () => (await pending()).map(({ callId }) => callId)
        await behind(() => awaitOtherClient(lease, callIds, signal))
        return pending()
      },
      async begin(signal: AbortSignal): Promise<void> {
        turn.lease = await withGoneConversation(ready, lease.thread, () =>
          acquireLease(lease, signal),
        )
        await turn.following
        if (turn.lease.hasWaited || hasMissed) await follow(ready)
        hasMissed = false
        await requireMemoryApproval(ready)
      },
    }
    running = turn
  }
  const leasePorts = (ready: Services, turn: RunningTurn): LeasePorts => {
    let hasReported = false
    let followedAt = ready.now()
    const followAgain = (): void => {
      if (turn.following !== null || ready.now() - followedAt < FOLLOW_MS) return
      turn.following = follow(ready).finally(() => {
        turn.following = null
        followedAt = ready.now()
      })
    }
    return {
      leases: ready.leases,
      thread: openThread(store.state),
      owner: ready.gateway.session,
      waiting(holder) {
        if (holder !== null && !hasReported) {
          hasReported = true
          const text = runningElsewhere(holder.activity, holder.processId)
          ready.notify('info', text, TAKE_OVER_HINT, 'now')
        }
        reportHolder(ready, holder)
        if (holder !== null) followAgain()
      },
      lost: (reason) => turn.abort.abort(reason),
      isTakeOverRequested() {
        const { isTakeOverRequested } = turn
        turn.isTakeOverRequested = false
        return isTakeOverRequested
      },
    }
  }
  store.subscribe((state, event) => {
    if (event.type === 'turn.finished') {
      if (isOffline(event.outcome)) hasMissed = true
      if (state.isQueuePaused) context.base.notify('warning', queuePaused(state.queue.length))
    }
    const phase = phaseOf(state)
    const activity = phase === 'approval' || phase === 'tool' ? phase : 'model'
    running?.lease?.report(activity)
  })
  const sendQueued = (): void => {
    const next = store.state.queue[0]
    const ready = openServices()
    // A turn runs until its cancellation is confirmed.
    if (next === undefined || ready === null || running !== null) return
    if (store.state.isQueuePaused) return
    if (context.compaction !== null) {
      void context.compaction.then(sendQueued)
      return
    }
    store.dispatch({ type: 'message.unqueued', id: next.id })
    const { id, text, attaches } = next
    const attached = attaches === true ? text : null
    start(ready, { message: { id, text, attached }, settlesPending: false })
  }
  const resume = (): void => {
    if (store.state.isQueuePaused) store.dispatch({ type: 'queue.resumed' })
    sendQueued()
  }
  return {
    sendQueued,
    send(text, delivery = 'step', attaches = false) {
      const message = { id: context.base.newId(), text, delivery }
      store.dispatch({ type: 'message.queued', ...message, ...attachFlag(attaches) })
      resume()
    },
    resume,
    retry() {
      const { failedTurn } = store.state
      if (failedTurn === null) return
      const { message: text, attaches } = failedTurn
      const message = { id: context.base.newId(), text, isFirst: true } as const
      // What was sent after it is about its answer.
      store.dispatch({ type: 'message.queued', ...message, ...attachFlag(attaches) })
      resume()
    },
    retryNow() {
      const ofServer = store.state.retryWaits.filter((one) => one.ofServer)
      for (const { id } of ofServer) store.dispatch({ type: 'retry.ended', id })
      context.base.retryWaits.end(true)
      const ready = openServices()
      if (ofServer.length === 0 || ready === null || running === null) return
      // Without it, the wait ends later.
      ready.gateway.turns.retryNow(openThread(store.state)).catch(ignoreUserError)
    },
    giveUpWaits() {
      const waits = store.state.retryWaits.length > 0
      context.base.retryWaits.end(false)
      return waits
    },
    unqueue: (id) => store.dispatch({ type: 'message.unqueued', id }),
    requeue: (id, change) => store.dispatch({ type: 'queue.changed', id, ...change }),
    settlePending() {
      const ready = openServices()
      if (ready !== null && running === null) start(ready, { message: null, settlesPending: true })
    },
    cancel() {
      const ready = openServices()
      if (running === null || running.hasEnded || ready === null) return
      if (running.abort.signal.aborted) return
      if (store.state.queue.length > 0) store.dispatch({ type: 'queue.returned' })
      store.dispatch({ type: 'turn.cancelling' })
      running.abort.abort()
      // What runs on the server belongs to another session.
      if (running.lease === null || running.isBehind) return
      cancelling = running.isSettling
        ? running.ended.catch(() => undefined).then(() => cancelOnServer(ready))
        : cancelOnServer(ready)
    },
    takeOver() {
      const { turn } = store.state
      if (running === null || turn.type === 'idle' || turn.waitsFor === null) {
        throw new UserError(NOTHING_TO_TAKE_OVER)
      }
      running.isTakeOverRequested = true
    },
    async idle() {
      await running?.done
    },
  }
}

function attachFlag(attaches: boolean): { readonly attaches?: true } {
  return attaches ? { attaches: true } : {}
}

function isOffline(outcome: TurnOutcome): boolean {
  return outcome.type === 'failed' && outcome.isOffline === true
}

async function cancelOnServer(parts: Services): Promise<void> {
  const { state } = parts.store
  if (state.agent === null) return
  try {
    await parts.gateway.turns.cancel(openThread(state))
  } catch (thrown) {
    parts.notify('warning', cancelNotConfirmed(messageOf(thrown)))
  }
}

/** Reports only changes: the holder is read again several times a second. */
function reportHolder({ store, now }: Services, holder: TurnHolder | null): void {
  const { turn } = store.state
  if (turn.type === 'idle' || JSON.stringify(turn.waitsFor) === JSON.stringify(holder)) return
  store.dispatch({ type: 'turn.waiting', holder, at: now() })
}

/** The messages that are to arrive before the next step, as one: they are in the conversation from now on. */
function takeSteering({ store, now }: Services): TurnStart['message'] {
  const messages = store.state.queue.filter(({ delivery }) => delivery === 'step')
  const [first] = messages
  if (first === undefined) return null
  for (const { id } of messages) store.dispatch({ type: 'message.unqueued', id })
  const joined = (some: typeof messages): string => some.map(({ text }) => text).join('\n\n')
  const attaching = messages.filter(({ attaches }) => attaches === true)
  const attached = attaching.length === 0 ? null : joined(attaching)
  const message = { id: first.id, text: joined(messages), attached }
  const flag = attached === null ? {} : { attaches: true as const }
  store.dispatch({ type: 'message.sent', id: first.id, text: message.text, at: now(), ...flag })
  return message
}

async function pendingCalls(
  { gateway }: Services,
  thread: Thread,
): Promise<readonly PendingCall[]> {
  return (await gateway.threads.retrieve(thread))?.pending ?? []
}

interface OwnTurnPorts
  extends Pick<TurnPorts, 'begin' | 'leftPending' | 'reminder' | 'serverToolReturned'> {
  readonly lease: LeasePorts
  readonly whileBusy: (signal: AbortSignal) => Promise<boolean>
  readonly settling: (isSettling: boolean) => void
}

function turnPorts(
  parts: Services,
  { lease, settling, whileBusy, ...own }: OwnTurnPorts,
): TurnPorts {
  const { store, gateway, runner, outbox, now, newId } = parts
  const { thread } = lease
  const attached: OutsideText[] = []
  const fallback = createFallback(parts)
  return {
    store,
    now,
    newId,
    ...own,
    steering: () => takeSteering(parts),
    isLocalTool: (name) => runner.tools.some((tool) => tool.name === name),
    async attach(text) {
      const content = await readAttachments(parts, text)
      attached.push(...content.texts.map((one) => ({ source: ATTACHED_FILE, text: one })))
      return content
    },
    attachFailed: (problem) => parts.notify('warning', problem),
    cancelledText: CANCELLED[gateway.type],
    maxSteps: parts.options.maxSteps,
    maxCost: parts.options.maxCost ?? null,
    spentElsewhere: parts.options.spentElsewhere ?? (() => 0),
    priced: (usage) => ({
      ...usage,
      dollars: costOf(fallback.model ?? store.state.agent?.model ?? '', usage),
    }),
    answeredBy: () => (fallback.model === null ? {} : { model: fallback.model }),
    fallBack: fallback.use,
    repeated: (input) => repeatedInput(parts, input),
    stream: (input, limits) =>
      gateway.turns.stream(thread, input, {
        ...limits,
        whileBusy: () => whileBusy(limits.signal),
        approvalTools: MEMORY_TOOLS,
        model: fallback.model,
      }),
    async settle(calls, context) {
      const policy = () => policyOf(parts)
      // A key may have been saved since the start.
      const environment = () => ({ ...parts.options.environment, ...parts.settings.user.env })
      const address = { server: serverName(parts.options.backend), agentId: threadKey(thread) }
      const keeping = {
        keep: (call: PendingCall, result: KeptResult) =>
          outbox.keep({ ...call, ...address }, result),
        findKept: (call: PendingCall) => outbox.find({ ...call, ...address }),
      }
      const memory = {
        gateway,
        blocks: () => gateway.blocks.ofAgent(thread.agentId),
        checks: () => ({ ...memoryChecks(parts), attached }),
      }
      const ports = {
        store,
        runner,
        now,
        policy,
        attachedTools: attachedTools(parts),
        environment,
        memory,
        ...keeping,
      }
      settling(true)
      try {
        return await resolveToolCalls(ports, calls, context)
      } finally {
        if (!context.signal.aborted) settling(false)
      }
    },
    confirm: outbox.confirm,
    release: () => gateway.turns.cancel(thread),
    pending: () => pendingCalls(parts, thread),
  }
}
