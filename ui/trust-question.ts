import type { SessionEvent } from '../lib/session/events.ts'
import type { SessionOptions } from '../lib/session/parts.ts'
import type { Store } from '../lib/store.ts'
import type { WorkbenchEvent } from './events.ts'
import type { RootState } from './state.ts'

/** A person at the keys is not interrupted by the question. */
const QUIET_MS = 500

/** Asks once, at the first start in a folder, whether what its files allow may count. */
export function trustQuestion(
  root: Store<RootState, SessionEvent | WorkbenchEvent>,
  { directory, demo }: SessionOptions,
  now: number,
): void {
  const { session, workbench } = root.state
  if (session.trusted || demo) return
  const busy = workbench.composer.text !== '' || now - workbench.typedAt < QUIET_MS
  if (busy || workbench.overlay !== null) {
    const text = 'This folder is not trusted yet, so what its settings allow does not count: /trust'
    root.dispatch({ type: 'flash.shown', level: 'info', text })
    return
  }
  root.dispatch({
    type: 'overlay.opened',
    overlay: {
      kind: 'question',
      purpose: 'folder.trust',
      subject: directory,
      title: 'Do you trust this folder?',
      text: [
        directory,
        '',
        'If you do, permissions that its own .letta settings grant count without being asked for.',
        'If not, everything works all the same, and you are asked. Its prohibitions count either way.',
      ].join('\n'),
    },
  })
}
