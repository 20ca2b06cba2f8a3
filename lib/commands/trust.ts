import { DIRECTORY_TRUSTED, NO_NEW_RULES, TITLES } from './messages.ts'
import type { SessionCommand } from './session-command.ts'

export const DIRECTORY_COMMANDS: readonly SessionCommand[] = [
  {
    id: 'directory.trust',
    title: TITLES['directory.trust'],
    unavailable: ({ grants }) => (grants.length === 0 ? NO_NEW_RULES : null),
    async run({ session }) {
      await session.rules.trust()
      session.notify('info', DIRECTORY_TRUSTED)
    },
  },
  {
    id: 'skills.refresh',
    title: TITLES['skills.refresh'],
    run: ({ session }) => session.skills.refresh(),
  },
]
