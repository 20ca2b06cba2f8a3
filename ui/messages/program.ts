import { withSuggestion } from '../../lib/util/did-you-mean.ts'
import { commandReference, fileReference } from '../../lib/util/references.ts'

/** Starting, quitting, keys and preferences. */

export const PRESS_AGAIN_TO_QUIT = 'Press again to quit.'
export const NOT_QUIT_WITH_TEXT = 'The message is not empty: delete its text to quit with this key.'

export const HISTORY_IN_USE = 'The history of sent messages is in use.'

/** Notifications of the terminal. */
export const ATTENTION = {
  approval: (agent: string, tool: string) => `${agent} requests approval: ${tool}`,
  done: (agent: string) => `${agent} has finished`,
  cancelled: (agent: string) => `${agent} was stopped`,
  failed: (agent: string) => `${agent} has failed`,
  /** In another conversation than the one that is shown. */
  elsewhere: (title: string, text: string) => `${title}: ${text}`,
} as const

export const STILL_OPENING = 'The agent is still being opened.'

/** A keymap is checked when it is read, so this names a bug. */
export function unknownCommandId(id: string): string {
  return `Unknown command "${id}".`
}

export function unknownSlashCommand(name: string, names: readonly string[]): string {
  const sentence = `Unknown command /${name}.`
  const message = withSuggestion(sentence, name, names, (near) => `/${near}`)
  return message === sentence
    ? `${sentence} ${commandReference('help.open')} lists all commands.`
    : message
}

export function slashArgumentRequired(command: string, argument: string): string {
  return `/${command} requires a ${argument}: /${command} <${argument}>`
}

export function keymapSet(name: string): string {
  return `Keymap set to "${name}".`
}

export const STREAMING_ON = 'Streaming on.'

export const STREAMING_OFF = 'Streaming off: answers are shown when they are complete.'

export const MOUSE_ON = 'Mouse on: click, wheel and drag are for the workbench.'

export const MOUSE_OFF = 'Mouse off: the terminal selects text itself.'

/** What may follow the first strokes of a longer binding. */
export const keyContinuations = (
  begun: string,
  next: readonly (readonly [string, string])[],
): string => `${begun} …  ${next.map(([keys, title]) => `${keys} ${title}`).join(' · ')}`

/** Text that was not typed came to a pane whose characters are keys. `key`: of the message. */
export function pasteRefused(key: string | null): string {
  return `Pasted text is not taken for keys.${key === null ? '' : ` ${key} writes a message.`}`
}

export const PICKER_TITLES = {
  agents: 'Agents',
  skills: 'Skills',
  commands: 'Commands',
  connect: 'Connect',
  account: 'Account',
  firstStart: 'No model yet: choose how to start',
  conversations: 'Conversations',
  copy: 'Copy',
  effort: 'Reasoning effort',
  filter: 'Show in the conversation',
  keymap: 'Keymap',
  messages: 'Earlier messages',
  missingAgent: 'Agent not found on this server: choose another',
  model: 'Model',
  permissions: 'Permission mode and rules',
  queue: 'Queued messages',
  theme: 'Theme',
  undo: 'Undo',
} as const

export const FOLLOWS_TERMINAL = 'light or dark, as the terminal'

export function customFile(kind: string, name: string): string {
  return `custom: ${fileReference(kind)}/${name}.json`
}

export function askForArgument(argument: string): string {
  return `Enter the ${argument}:`
}
