import { initPrompt, rememberPrompt } from '../prompts/index.ts'
import { needsAgent, type SessionCommand } from './session-command.ts'

/** What is asked of the agent itself, in words of ours. */
export const MEMORY_COMMANDS: readonly SessionCommand[] = [
  {
    id: 'memory.remember',
    title: 'Ask the agent to remember this, or what was said so far',
    slash: 'remember',
    argument: { name: 'text', required: false },
    unavailable: needsAgent,
    run: ({ session }, text) => session.turns.send(rememberPrompt(text.trim())),
  },
  {
    id: 'memory.init',
    title: 'Ask the agent to get to know this project',
    slash: 'init',
    unavailable: needsAgent,
    run: ({ session }) => session.turns.send(initPrompt()),
  },
]
