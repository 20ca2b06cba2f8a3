import type { SessionEvent } from '../../lib/session/events.ts'
import type { SessionOptions } from '../../lib/session/services.ts'
import type { Store } from '../../lib/store.ts'
import { openTrustQuestion } from '../commands/trust.ts'
import { flash } from '../commands/workbench-command.ts'
import { directoryNotTrusted } from '../messages/permissions.ts'
import type { WorkbenchEvent } from '../state/events.ts'
import { type RootState, TYPING_PAUSE_MS } from '../state/state.ts'

/** Asks whether the rules of the directory's own settings may allow calls, unless the person is typing. */
export function promptForTrust(
  root: Store<RootState, SessionEvent | WorkbenchEvent>,
  { demo }: Pick<SessionOptions, 'demo'>,
  now: number,
): void {
  const { session, workbench } = root.state
  if (!session.asksForTrust || demo) return
  const busy = workbench.composer.text !== '' || now - workbench.lastTypedAt < TYPING_PAUSE_MS
  if (busy || workbench.overlay !== null) {
    flash({ root }, directoryNotTrusted())
    return
  }
  openTrustQuestion(root, now)
}
