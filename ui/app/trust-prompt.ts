import type { SessionEvent } from '../../lib/session/events.ts'
import type { SessionOptions } from '../../lib/session/services.ts'
import type { Store } from '../../lib/store.ts'
import { openReview } from '../commands/open-overlay.ts'
import { flash } from '../commands/workbench-command.ts'
import {
  directoryNotTrusted,
  TRUST_EXPLANATION,
  TRUST_QUESTION,
  TRUST_TITLE,
} from '../messages/permissions.ts'
import type { WorkbenchEvent } from '../state/events.ts'
import { type RootState, TYPING_PAUSE_MS } from '../state/state.ts'

/** Asks whether the rules of the directory's own settings may allow calls, unless the person is typing. */
export function promptForTrust(
  root: Store<RootState, SessionEvent | WorkbenchEvent>,
  { directory, demo }: SessionOptions,
  now: number,
): void {
  const { session, workbench } = root.state
  if (!session.asksForTrust || demo) return
  const busy = workbench.composer.text !== '' || now - workbench.lastTypedAt < TYPING_PAUSE_MS
  if (busy || workbench.overlay !== null) {
    flash({ root }, directoryNotTrusted())
    return
  }
  openReview(
    { root },
    {
      title: TRUST_TITLE,
      lines: [
        { type: 'heading', text: directory },
        { type: 'text', text: TRUST_EXPLANATION },
        ...session.grants.map((text) => ({ type: 'grant' as const, text })),
      ],
      question: { text: TRUST_QUESTION, action: { type: 'directory.trust' } },
    },
  )
}
