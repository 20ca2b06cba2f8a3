import { plural } from '../../../lib/util/quantities.ts'
import { commandReference } from '../../../lib/util/references.ts'
import { COMMAND_TITLES } from '../../messages/commands.ts'

/** The conversation, its entries and the conversations of the agent. */

export const conversationTexts = {
  newBelow: (count: number) => `${count} newer ↓`,
  below: (count: number) => `${count} below ↓`,
  moreBelow: 'more ↓',
  noMatch: 'no match',
  match: (position: number, count: number, isAll: boolean) =>
    `match ${position} of ${count}${isAll ? '' : '+'}`,
  searching: (key: string | null) =>
    `searching earlier messages …${key === null ? '' : ` ${key} stops`}`,
  only: (kind: string, key: string | null) =>
    `only ${kind}${key === null ? '' : `, ${key} shows all`}`,
  olderMessages: (key: string | null) =>
    key === null ? 'Older messages are on the server' : `${key}: load older messages`,
  name: 'Letta Workbench',
  tagline: 'An agent that remembers; you see every change first.',
  demo: 'This is a demo: a scripted model shows the workbench on a scratch copy. Type anything and press enter.',
  resumed: (memory: string) => `Resumed with memory: ${memory}`,
  cancelled: 'cancelled',
  failed: 'failed',
  retry: 'sends the message again',
  retryCommand: '/retry',
  copies: (stroke: string) => `${stroke} copies`,
  retryingIn: (time: string, reason: string) =>
    `next attempt in ${time}: ${reason.replace(/\.$/, '')}`,
  retryNow: 'now',
  giveUp: 'cancel',
  retryIn: (time: string) => `; wait ${time}`,
  tokens: (count: string) => `${count} tokens`,
  months: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
}

export const taskTexts = {
  done: (done: number, count: number) => `${done}/${count}`,
  moreDone: (count: number) => `✔ ${count} done`,
  more: (count: number) => `… ${plural(count, 'more task')}`,
}

export const startCard = {
  directory: 'directory',
  server: 'server',
  agent: 'agent',
  model: 'model',
  memory: 'memory',
  opening: 'opening …',
  noAgent: 'none (/agents to open, /new-agent to create)',
  noModel: 'none yet: created with your first model',
  connectByKey: (stroke: string) =>
    `No model connected yet. Press ${stroke} to connect one: with an API key, from this machine or from a Letta server.`,
  connectByCommand: `No model connected yet. ${commandReference('account.choose')} connects one.`,
  created: (agent: string) => `${agent}, created`,
  resumed: (agent: string) => `${agent}, resumed`,
  newConversation: (agent: string) => `${agent}, in a new conversation`,
  servers: {
    embedded: 'embedded server on this machine',
    cloud: 'Letta Cloud',
    selfHosted: 'self-hosted Letta server',
  },
  /** The origin of a memory block. */
  blocks: { created: 'new', reused: 'shared', recreated: 'recreated' },
  send: 'Send message',
  commands: 'Show commands',
  nextPane: COMMAND_TITLES['focus.next'],
  help: 'Show help',
}

export const toolTexts = {
  awaitingApproval: 'awaiting approval',
  awaitingAnswer: 'awaiting an answer',
  allowed: 'allowed',
  running: 'running',
  denied: 'denied',
  unfinished: 'unfinished',
  noOutput: 'no output',
  inPart: 'applied in part',
  editedByYou: 'edited by you',
  notShared: 'not shared with the agent',
  stopped: 'stopped',
  failed: 'failed',
  exitCode: (code: number) => `exit code ${code}`,
  lines: (count: number) => plural(count, 'line'),
  moreThanLines: (count: number) => `over ${plural(count, 'line')}`,
  moreLines: (count: number) => `… ${plural(count, 'more line')}`,
  /** `read or searched 4 times, ran 2 commands`. */
  group: (counts: {
    readonly looked: number
    readonly ran: number
    readonly changed: number
    readonly memory: number
    readonly other: number
  }) => {
    const { looked, ran, changed, memory, other } = counts
    const parts = [
      looked === 0 ? '' : `read or searched ${plural(looked, 'time')}`,
      ran === 0 ? '' : `ran ${plural(ran, 'command')}`,
      changed === 0 ? '' : `made ${plural(changed, 'edit')}`,
      memory === 0 ? '' : plural(memory, 'memory update'),
      other === 0 ? '' : plural(other, 'other call'),
    ]
    return parts.filter((part) => part !== '').join(', ')
  },
  items: (count: number) => `[${plural(count, 'item')}]`,
  properties: (count: number) => `{${plural(count, 'property', 'properties')}}`,
}

export const conversationsTexts = {
  count: (shown: number, all: number) =>
    shown === all ? plural(all, 'conversation') : `${shown} of ${plural(all, 'conversation')}`,
  find: 'Find',
  here: 'this directory',
  listing: 'Listing the conversations …',
  none: 'No conversation has this text.',
  reading: 'Reading …',
  messages: (count: number) => `${plural(count, 'message')} in context`,
  memory: 'MEMORY',
  lastMessages: 'LAST MESSAGES',
  files: 'RECENTLY CHANGED FILES',
  /** What a session does in it. */
  holder: {
    model: 'A turn is running.',
    tool: 'A tool is running.',
    approval: 'A call awaits approval.',
  },
} as const

export const jobTexts = {
  none: 'No background jobs. A command that the agent starts in the background is listed here until letta ends.',
  running: (count: number) => `${count} running`,
  exited: (code: number) => `exit code ${code}`,
  killed: 'killed',
  noOutputYet: '(no output yet)',
}
