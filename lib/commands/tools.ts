import { needsRest, type SessionCommand } from './session-command.ts'

export const TOOL_COMMANDS: readonly SessionCommand[] = [
  {
    id: 'tools.link',
    title: 'Attach our tools to the agent',
    slash: 'link',
    unavailable: needsRest,
    run: ({ session }) => session.agents.attachTools(),
  },
  {
    id: 'tools.unlink',
    title: 'Take our tools from the agent',
    slash: 'unlink',
    unavailable: needsRest,
    run: ({ session }) => session.agents.detachTools(),
  },
]
