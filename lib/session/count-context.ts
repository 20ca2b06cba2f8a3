import { HISTORY_SUMMARIZED } from '../client/messages.ts'
import { threadKey } from '../util/thread.ts'
import { ignoreUserError } from '../util/user-error.ts'
import type { SessionContext } from './session-context.ts'
import type { Entry } from './state/entry.ts'
import { openThread } from './state/selectors.ts'

/** When a conversation is resumed, its last turn has reported how many tokens it has; otherwise the server is asked. */
export function countContextOnResume(context: SessionContext): void {
  const { store } = context
  const count = async (): Promise<void> => {
    const thread = openThread(store.state)
    const { parts } = (await context.services?.gateway.threads.context(thread)) ?? { parts: [] }
    const tokens = parts.reduce((sum, part) => sum + part.tokens, 0)
    if (tokens > 0 && threadKey(openThread(store.state)) === threadKey(thread))
      store.dispatch({ type: 'context.counted', tokens })
  }
  store.subscribe((_, event) => {
    if (event.type !== 'history.loaded') return
    const tokens = reportedTokens(event.entries)
    setImmediate(() => {
      // When it fails, the figure is missing, as on a server that does not count.
      if (tokens === null) void count().catch(ignoreUserError)
      else store.dispatch({ type: 'context.counted', tokens })
    })
  })
}

/**
 * What the model has reported at the end of the last turn; null when that is not known, as after a turn of another machine, or messages were
 * summarized since.
 */
function reportedTokens(entries: readonly Entry[]): number | null {
  const newest = entries.findLast((entry) => entry.type === 'assistant' || isSummarized(entry))
  return newest?.type === 'assistant' ? (newest.turn?.usage.contextTokens ?? null) : null
}

function isSummarized(entry: Entry): boolean {
  return entry.type === 'notice' && entry.text === HISTORY_SUMMARIZED
}
