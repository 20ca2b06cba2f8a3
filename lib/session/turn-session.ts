import type { Store } from '../store.ts'
import { createChangesWatch } from './changes-watch.ts'
import type { SessionEvent } from './events.ts'
import { labelConversations } from './label-conversation.ts'
import { createMemoryWatch } from './memory-watch.ts'
import { createOpener } from './opener.ts'
import { createConversations } from './ports/conversations.ts'
import type { TurnsPort } from './ports/turns.ts'
import { createVersionRecorder } from './record-versions.ts'
import type { SessionOptions } from './services.ts'
import { createContext } from './session-context.ts'
import type { SessionState } from './state/session-state.ts'
import { createTurnQueue } from './turn-queue.ts'
import { createUsageLog } from './usage-log.ts'

/**
 * An agent that is open and takes turns: all that headless mode uses. Everything that happens is reported by events on `store`. The
 * workbench opens a `Session`, which has the other ports in addition.
 */
export interface TurnSession {
  readonly store: Store<SessionState, SessionEvent>
  /** Resolves when the agent is open; rejects with the `UserError` that stopped it. */
  readonly opened: Promise<void>
  readonly turns: TurnsPort
  /** Cancels the running turn, denies pending calls, stops processes, closes files. */
  close(): Promise<void>
}

/** Returns at once; the agent is opened in the background, reported by events. */
export function openTurnSession(
  options: SessionOptions,
  store: Store<SessionState, SessionEvent>,
): TurnSession {
  const { opener, turns, close } = openParts(options, store)
  return { store, opened: opener.opened, turns, close }
}

/**
 * The parts of a session that run turns and record them, for the ports that are made of them: messages are marked in the journal, for
 * `letta changes` and a rewind in a later session, conversations get their title and directory, and tokens are counted.
 */
export function openParts(options: SessionOptions, store: Store<SessionState, SessionEvent>) {
  const { record } = options
  if (record) store.subscribe((_, event) => record(event))
  const context = createContext(options, store)
  const watch = createMemoryWatch(context)
  const recorder = createVersionRecorder(context)
  const history = createConversations(context)
  const labels = labelConversations(context)
  const changesWatch = createChangesWatch(context)
  const usage = createUsageLog(context)
  const turns = createTurnQueue(context, {
    refreshMemory: watch.refresh,
    follow: history.follow,
  })
  const opener = createOpener(context, turns, history, recorder)
  const close = async (): Promise<void> => {
    context.base.retryWaits.end(false)
    watch.close()
    await history.close()
    await Promise.all([opener.close(), context.base.settings.saved()])
  }
  return { context, watch, recorder, history, labels, changesWatch, usage, turns, opener, close }
}
