import { PERMISSION_MODES } from '../permissions/types.ts'
import { suggestionHint } from '../util/did-you-mean.ts'
import { UserError } from '../util/user-error.ts'
import { needsRest, type SessionCommand } from './session-command.ts'

export const TURN_COMMANDS: readonly SessionCommand[] = [
  {
    id: 'turn.cancel',
    title: 'Cancel the running turn',
    unavailable: (state) => (state.turn.type === 'idle' ? 'No turn is running.' : null),
    run: ({ session }) => session.turns.cancel(),
  },
  {
    id: 'mode.next',
    title: 'Go to the next permission mode',
    run({ session }) {
      const at = PERMISSION_MODES.indexOf(session.store.state.mode)
      session.rules.setMode(PERMISSION_MODES[(at + 1) % PERMISSION_MODES.length] ?? 'default')
    },
  },
  {
    id: 'mode.set',
    title: 'Set the permission mode',
    slash: 'mode',
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
        throw new UserError(`"${wanted}" is no permission mode.`, { hint })
      }
      session.rules.setMode(mode)
    },
  },
  {
    id: 'conversation.earlier',
    title: 'Show earlier messages',
    unavailable: ({ earlier }) => (earlier ? null : 'There are no earlier messages.'),
    run: ({ session }) => session.conversations.loadEarlier(),
  },
  {
    id: 'conversation.compact',
    title: 'Put a summary in the place of older messages',
    slash: 'compact',
    unavailable: needsRest,
    async run({ session }) {
      session.notify('info', 'Compacting the conversation …')
      const { before, after } = await session.conversations.compact()
      const text =
        after < before
          ? `The agent sees ${after} messages now instead of ${before}; the conversation here stays.`
          : 'There was nothing to put together.'
      session.notify('info', text)
    },
  },
  {
    id: 'conversation.clear',
    title: 'Clear the conversation; memory stays',
    slash: 'clear',
    unavailable: needsRest,
    run: ({ session }) => session.conversations.clear(),
  },
]
