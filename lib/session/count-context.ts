import { threadKey } from '../util/thread.ts'
import { ignoreUserError } from '../util/user-error.ts'
import type { SessionContext } from './session-context.ts'
import { openThread } from './state/selectors.ts'

/** When a conversation is resumed, the server is asked how many tokens it has; turns report that themselves. */
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
    if (event.type === 'history.loaded') setImmediate(() => count().catch(ignoreUserError))
  })
}

/** The figure is missing then, as on a server that does not count. */
