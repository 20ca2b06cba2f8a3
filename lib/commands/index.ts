import { AGENT_COMMANDS } from './agent.ts'
import { CONVERSATION_COMMANDS } from './conversation.ts'
import { MEMORY_COMMANDS } from './memory.ts'
import type { SessionCommand } from './session-command.ts'
import { TOOL_COMMANDS } from './tools.ts'
import { DIRECTORY_COMMANDS } from './trust.ts'
import { TURN_COMMANDS } from './turn.ts'

/** All commands of a session, with or without a screen. */
export const SESSION_COMMANDS: readonly SessionCommand[] = [
  ...TURN_COMMANDS,
  ...CONVERSATION_COMMANDS,
  ...AGENT_COMMANDS,
  ...MEMORY_COMMANDS,
  ...TOOL_COMMANDS,
  ...DIRECTORY_COMMANDS,
]
