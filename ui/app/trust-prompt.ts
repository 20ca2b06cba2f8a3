import type { SessionEvent } from '../../lib/session/events.ts'
import type { SessionOptions } from '../../lib/session/services.ts'
import type { Store } from '../../lib/store.ts'
import { openQuestion } from '../commands/open-overlay.ts'
import type { WorkbenchEvent } from '../state/events.ts'
import { type RootState, TYPING_PAUSE_MS } from '../state/state.ts'

/** Asks whether what the folder's own settings allow may count; once for each thing, and where they allow nothing there is nothing to ask. */
export function promptForTrust(
  root: Store<RootState, SessionEvent | WorkbenchEvent>,
  { directory, demo }: SessionOptions,
  now: number,
): void {
  const { session, workbench } = root.state
  if (!session.asksForTrust || demo) return
  const busy = workbench.composer.text !== '' || now - workbench.lastTypedAt < TYPING_PAUSE_MS
  if (busy || workbench.overlay !== null) {
    const text = 'This folder is not trusted yet, so what its settings allow does not count: /trust'
    root.dispatch({ type: 'flash.shown', level: 'info', text })
    return
  }
  openQuestion(
    { root },
    {
      title: 'Do you trust this folder?',
      text: [
        directory,
        '',
        `Its own settings would, without asking you: ${session.grants.join(', ')}.`,
        '',
        UNTRUSTED,
      ].join('\n'),
      action: { type: 'directory.trust' },
    },
  )
}

const UNTRUSTED =
  'If you do not trust it, everything works all the same, and the agent asks you each time. What its settings forbid counts either way. You can change your mind: /trust'
