import { TITLES } from './messages.ts'
import type { SessionCommand } from './session-command.ts'

export const DIRECTORY_COMMANDS: readonly SessionCommand[] = [
  {
    id: 'skills.refresh',
    title: TITLES['skills.refresh'],
    run: ({ session }) => session.skills.refresh(),
  },
]
