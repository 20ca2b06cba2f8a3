import { PERMISSION_MODES, type PermissionMode } from '../permissions/types.ts'
import { NOTHING_TO_TAKE_OVER } from '../session/messages/turns.ts'
import { isModeAvailable } from '../session/policy.ts'
import type { ConversationsPort } from '../session/ports/conversations.ts'
import type { Session } from '../session/session.ts'
import { suggestionHint } from '../util/did-you-mean.ts'
import { UserError } from '../util/user-error.ts'
import {
  COMPACTION_STARTED,
  compacted,
  compactionFailed,
  NO_EARLIER_MESSAGES,
  NO_TURN,
  SUMMARY_HINT,
  SUMMARY_TOO_LONG,
  summaryExtracted,
  TITLES,
  unknownMode,
} from './messages.ts'
import { needsIdleAgent, type SessionCommand } from './session-command.ts'

export const TURN_COMMANDS: readonly SessionCommand[] = [
  {
    id: 'turn.cancel',
    title: TITLES['turn.cancel'],
    unavailable: (state) => (state.turn.type === 'idle' ? NO_TURN : null),
    run: ({ session }) => session.turns.cancel(),
  },
  {
    id: 'turn.takeOver',
    title: TITLES['turn.takeOver'],
    unavailable: ({ turn }) =>
      turn.type === 'idle' || turn.waitsFor === null ? NOTHING_TO_TAKE_OVER : null,
    run: ({ session }) => session.turns.takeOver(),
  },
  {
    id: 'mode.next',
    title: TITLES['mode.next'],
    run({ session }) {
      const { state } = session.store
      const at = PERMISSION_MODES.indexOf(state.mode)
      const next = [...PERMISSION_MODES.slice(at + 1), ...PERMISSION_MODES.slice(0, at)]
      const isAvailable = (mode: PermissionMode): boolean =>
        isModeAvailable(mode, state) && (mode !== 'bypassPermissions' || state.wasBypassed)
      session.rules.setMode(next.find(isAvailable) ?? 'default')
    },
  },
  {
    id: 'mode.set',
    title: TITLES['mode.set'],
    argument: { name: 'mode', required: true },
    choices: ({ session }) =>
      PERMISSION_MODES.map((mode) => ({
        id: mode,
        title: mode,
        detail: '',
        current: mode === session.store.state.mode,
      })),
    run({ session }, wanted) {
      const mode = PERMISSION_MODES.find((one) => one === wanted)
      if (mode === undefined) {
        const hint = suggestionHint(wanted, PERMISSION_MODES)
        throw new UserError(unknownMode(wanted), { hint })
      }
      session.rules.setMode(mode)
    },
  },
  {
    id: 'conversation.earlier',
    title: TITLES['conversation.earlier'],
    unavailable: ({ earlier }) => (earlier ? null : NO_EARLIER_MESSAGES),
    run: ({ session }) => session.conversations.loadEarlier(),
  },
  {
    id: 'conversation.compact',
    title: TITLES['conversation.compact'],
    argument: { name: 'focus', required: false },
    unavailable: needsIdleAgent,
    async run({ session }, focus) {
      session.notify('info', COMPACTION_STARTED)
      try {
        const sizes = await session.conversations.compact(focus.replace(/^focus on /i, ''))
        reportCompaction(session, sizes, focus.trim() !== '')
      } catch (thrown) {
        // In the conversation, because the line of the start stays there.
        if (!(thrown instanceof UserError)) throw thrown
        session.notify('error', compactionFailed(thrown.message), thrown.hint)
      }
    },
  },
  {
    id: 'conversation.clear',
    title: TITLES['conversation.clear'],
    unavailable: needsIdleAgent,
    run: ({ session }) => session.conversations.clear(),
  },
]

function reportCompaction(
  session: Session,
  sizes: Awaited<ReturnType<ConversationsPort['compact']>>,
  hasFocus: boolean,
): void {
  const isDone = sizes.after < sizes.before
  const hint = isDone ? SUMMARY_HINT : undefined
  const hasGrown = isDone && sizes.tokensAfter > sizes.tokensBefore
  session.notify(hasGrown ? 'warning' : 'info', compacted(sizes), hint)
  if (sizes.isExtract) session.notify('warning', summaryExtracted(hasFocus))
  if (hasGrown) session.notify('warning', SUMMARY_TOO_LONG)
}
