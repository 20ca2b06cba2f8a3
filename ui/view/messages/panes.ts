import type { PermissionMode } from '../../../lib/permissions/types.ts'
import type { PageId } from '../../state/pages.ts'

/** Titles of panes and pages, and the status line. */

export const paneTitles = {
  conversation: 'Conversation',
  memory: 'Memory',
  editingBlock: (label: string) => `Memory: editing ${label}`,
  mergingBlock: (label: string) => `Memory: merging ${label}`,
  changes: 'Changes of this session',
  changesOfConversation: 'Changes of this conversation',
  changesSince: (message: string) => `Changes since: ${message}`,
  tasks: 'Tasks',
  skills: 'Skills',
  jobs: 'Background jobs',
  conversations: 'Agents and conversations',
  approval: 'Approval',
  questions: 'The agent asks',
  approvalOf: (tool: string, subject: string) => `Approval: ${tool} ${subject}`,
  dangerousCall: (tool: string, subject: string) => `! Dangerous call: ${tool} ${subject}`,
  composer: 'Message',
  help: 'Help',
}

/** The tabs of the header. */
export const pageTitles: Readonly<Record<PageId, string>> = {
  chat: 'Chat',
  memory: 'Memory',
  changes: 'Changes',
  skills: 'Skills',
  jobs: 'Jobs',
  conversations: 'Agents',
}

export const modeLabels: Readonly<Record<PermissionMode, string>> = {
  default: 'ask before edits and commands',
  acceptEdits: 'accept edits',
  plan: 'plan: read-only',
  bypassPermissions: 'bypass permissions',
}

/** The phase of a turn, in the status line. */
export const phaseLabels = {
  opening: 'opening',
  unopened: 'no agent',
  idle: 'ready',
  thinking: 'thinking',
  answering: 'answering',
  tool: 'working',
  approval: 'awaiting approval',
  question: 'awaiting an answer',
  shellLine: 'running a shell line',
  cancelling: 'cancelling',
  runningElsewhere: 'running in another terminal',
  approvalElsewhere: 'awaiting approval in another terminal',
}

export const statusLine = {
  noResponse: (time: string) => `, no response for ${time}`,
  tokens: (used: string, window: string | null) =>
    `${used}${window === null ? '' : `/${window}`} tokens`,
  approve: 'approve',
  cancel: 'cancel',
  /** The conversations that are not shown. */
  others: ({
    asking: [first, ...more],
    running,
    answered,
    failed,
  }: {
    readonly asking: readonly string[]
    readonly running: number
    readonly answered: number
    readonly failed: number
  }) =>
    [
      first === undefined ? '' : `? ${short(first)} awaits approval`,
      more.length === 0 ? '' : `${more.length} more`,
      failed === 0 ? '' : `${failed} failed`,
      answered === 0 ? '' : `${answered} answered`,
      running === 0 ? '' : `${running} running`,
    ]
      .filter((part) => part !== '')
      .join(', '),
  commands: 'commands',
  help: 'keys',
  chat: 'chat',
  page: (page: PageId) => pageTitles[page].toLowerCase(),
}

const MAX_TITLE_CHARACTERS = 24

function short(title: string): string {
  const characters = [...title]
  if (characters.length <= MAX_TITLE_CHARACTERS) return title
  return `${characters.slice(0, MAX_TITLE_CHARACTERS - 1).join('')}…`
}
