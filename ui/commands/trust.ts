import type { SessionEvent } from '../../lib/session/events.ts'
import type { Store } from '../../lib/store.ts'
import {
  DIRECTORY_TRUSTED,
  NO_NEW_RULES,
  TRUST_EXPLANATION,
  TRUST_QUESTION,
  TRUST_TITLE,
} from '../messages/permissions.ts'
import type { WorkbenchEvent } from '../state/events.ts'
import type { RootState } from '../state/state.ts'
import { openReview } from './open-overlay.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

export const TRUST_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'directory.trust',
    unavailable: ({ session }) => (session.grants.length === 0 ? NO_NEW_RULES : null),
    run: ({ root, now }) => openTrustQuestion(root, now()),
  },
]

/** Lists what the directory grants: trust without a look at it is not possible. */
export function openTrustQuestion(
  root: Store<RootState, SessionEvent | WorkbenchEvent>,
  now: number,
): void {
  const { directory, grants } = root.state.session
  openReview(
    { root },
    {
      title: TRUST_TITLE,
      lines: [
        { type: 'heading', text: directory },
        { type: 'text', text: TRUST_EXPLANATION },
        ...grants.map((text) => ({ type: 'grant' as const, text })),
      ],
      visibleSince: now,
      question: { text: TRUST_QUESTION, action: { type: 'directory.trust', grants } },
    },
  )
}

export async function answerTrust(
  { session }: WorkbenchContext,
  grants: readonly string[],
  yes: boolean,
): Promise<void> {
  if (!yes) return session.rules.distrust()
  await session.rules.trust(grants)
  session.notify('info', DIRECTORY_TRUSTED)
}
