import { defragmentPrompt, initPrompt, rememberPrompt } from '../prompts/index.ts'
import { TITLES } from './messages.ts'
import { needsAgent, type SessionCommand } from './session-command.ts'

/** Requests to the agent, with prompts that the program provides. */
export const MEMORY_COMMANDS: readonly SessionCommand[] = [
  {
    id: 'memory.remember',
    title: TITLES['memory.remember'],
    argument: { name: 'text', required: false },
    unavailable: needsAgent,
    run: ({ session }, text) => session.turns.send(rememberPrompt(text.trim())),
  },
  {
    id: 'memory.defragment',
    title: TITLES['memory.defragment'],
    unavailable: needsAgent,
    run({ session }) {
      const text = defragmentPrompt()
      session.store.dispatch({ type: 'memory.reviewRequested', message: text })
      session.turns.send(text)
    },
  },
  {
    id: 'memory.init',
    title: TITLES['memory.init'],
    unavailable: needsAgent,
    run: ({ session }) => session.turns.send(initPrompt()),
  },
]
