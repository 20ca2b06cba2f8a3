import { defragmentPrompt, initPrompt, proposePrompt, rememberPrompt } from '../prompts/index.ts'
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
  reviewed('memory.defragment', defragmentPrompt),
  reviewed('memory.propose', proposePrompt),
  {
    id: 'memory.init',
    title: TITLES['memory.init'],
    unavailable: needsAgent,
    run: ({ session }) => session.turns.send(initPrompt()),
  },
]

/** In the turn of the request each change of memory is shown for approval. */
function reviewed(
  id: 'memory.defragment' | 'memory.propose',
  prompt: () => string,
): SessionCommand {
  return {
    id,
    title: TITLES[id],
    unavailable: needsAgent,
    run({ session }) {
      const text = prompt()
      session.store.dispatch({ type: 'memory.reviewRequested', message: text })
      session.turns.send(text)
    },
  }
}
