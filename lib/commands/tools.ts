import { TITLES } from './messages.ts'
import { needsIdleAgent, type SessionCommand } from './session-command.ts'

export const TOOL_COMMANDS: readonly SessionCommand[] = [
  {
    id: 'tools.link',
    title: TITLES['tools.link'],
    unavailable: needsIdleAgent,
    run: ({ session }) => session.agents.attachTools(),
  },
  {
    id: 'tools.unlink',
    title: TITLES['tools.unlink'],
    unavailable: needsIdleAgent,
    run: ({ session }) => session.agents.detachTools(),
  },
]
