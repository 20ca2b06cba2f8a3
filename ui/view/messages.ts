/** The texts of the panes: titles, labels, hints, and the contents of empty panes. Keys are named by the caller, from the keymap. */

import type { PermissionMode } from '../../lib/permissions/types.ts'
import { authorName } from '../../lib/session/messages/memory.ts'
import { MESSAGE_NOT_RECORDED } from '../../lib/session/messages/turns.ts'
import type { ChangeAuthor, ChangeOrigin } from '../../lib/session/state/memory.ts'
import type { Delivery } from '../../lib/session/state/queue.ts'
import { plural } from '../../lib/util/quantities.ts'
import { COMMAND_TITLES } from '../messages/commands.ts'
import { NO_FILE_CHANGES, NO_MEMORY_BLOCKS } from '../messages/notices.ts'
import type { PageId } from '../state/pages.ts'
import type { VimState } from '../state/vim.ts'

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
  page: (page: PageId) => pageTitles[page].toLowerCase(),
}

export const changesTexts = {
  empty: {
    session: NO_FILE_CHANGES,
    conversation: 'No file was changed in this conversation.',
    checkpoint: 'No file was changed since the message.',
  },
  total: (files: number, added: number, removed: number) =>
    files === 0 ? 'no changes left' : `${plural(files, 'file')}  +${added} −${removed}`,
  moreFiles: (count: number) => `… ${plural(count, 'more file')}`,
  groups: {
    agent: 'Files',
    shell: 'By shell commands',
    others: 'Not by the agent',
    turns: 'By turn',
  },
  signs: { added: 'A', modified: 'M', deleted: 'D' },
  counts: { binary: 'binary', tooLarge: 'too large', lost: 'not recorded' },
  undone: 'undone',
  /** In the index of git. */
  staged: { all: '✓', part: '◐' },
  /** What is not known of the changes of command lines. */
  gaps: {
    repository: 'changes by shell commands are not recorded: git would run a program',
    tooManyFiles: 'changes by shell commands are not recorded: too many files',
    tooManyChanges: 'a shell command changed more files than are recorded',
  },
  gapNotes: {
    repository:
      'What shell commands change is not recorded: git would run a program that the repository names.',
    tooManyFiles: 'What shell commands change is not recorded: the directory has too many files.',
    tooManyChanges: 'A shell command changed more files than are recorded.',
  },
  link: 'link',
  /** Behind the header of a hunk. */
  stages: { staged: '✓ staged', committed: '✓ committed' },
  unknownMessage: MESSAGE_NOT_RECORDED,
  comparing: 'Comparing …',
  withoutLines: {
    text: '',
    binary: 'A binary file: it is not compared by lines.',
    tooLarge: 'The file is too large to be compared by lines.',
    lost: 'One of the two contents is not recorded.',
  },
} as const

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
  allowed: 'allowed',
  running: 'running',
  denied: 'denied',
  unfinished: 'unfinished',
  noOutput: 'no output',
  inPart: 'applied in part',
  editedByYou: 'edited by you',
  notShared: 'not shared with the agent',
  stopped: 'stopped',
  exitCode: (code: number) => `exit code ${code}`,
  lines: (count: number) => plural(count, 'line'),
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

/** The dialog that allows a call always. */
export const ruleDialogTexts = {
  saveTo: 'Save for:',
  scopes: {
    session: 'this session',
    local: 'only me, here',
    project: 'the team, here',
    user: 'everywhere',
  },
  places: {
    session: 'until letta exits',
    local: '.letta/settings.local.json',
    project: '.letta/settings.json',
    user: '~/.letta/settings.json',
  },
  computing: 'Checking what it would have allowed…',
  effect: (allowed: number, calls: number) =>
    `Would have allowed ${allowed} of the agent's last ${plural(calls, 'call')} without asking.`,
  dangerous: (labels: readonly string[]) =>
    `! ${labels.length} of them dangerous: ${labels.join(' · ')}`,
  save: 'save and approve',
  scope: 'wider scope',
  otherRule: 'other rule',
  edit: 'edit',
  cancel: 'cancel',
}

export const approvalTexts = {
  rule: (rule: string) => ` Rule: ${rule}`,
  createsFile: 'Creates a file.',
  part: 'Part of the call:',
  moreBelow: (rows: number, key: string | null) =>
    ` ${plural(rows, 'more row')} below${key === null ? '' : `, ${key}`} `,
  position: (at: number, count: number) => `${at} of ${count}`,
  seen: (percent: number) => `seen ${percent} %`,
  cutLines: (count: number, key: string | null) =>
    `${plural(count, 'line')} cut${key === null ? '' : `, ${key} wraps`}`,
  goToApproval: (key: string) => `${key} to approve or deny`,
  tooEarly: 'key ignored: the call has only just appeared',
  proposal: (count: number, rule: string, key: string) =>
    `Approved ${count} times in this session: ${rule}. ${key} allows it always.`,
  danger: (because: string, parts: string) => `! ${because.replace(/\.$/, '')}: ${parts}`,
  approveOnce: 'approve once',
  edit: 'edit…',
  editPlan: 'edit the plan…',
  editedByYou: 'Edited by you.',
  editing: 'editing',
  edited: 'editing, changed',
  showEdited: 'show for approval',
  closeEditor: 'close',
  editOutside: 'external editor',
  approveDangerous: 'approve',
  alwaysAllow: 'always…',
  approvePlan: 'approve, ask before edits',
  approvePlanAndEdits: 'approve, accept edits',
  continuePlanning: 'continue planning',
  continuePlanningWithReason: 'continue planning, with reason…',
  deny: 'deny',
  denyWithReason: 'with reason…',
  next: 'next call',
  allowFile: 'all of file…',
  allowAll: 'all…',
  nextHunk: 'next',
  selectHunk: 'select',
  divideHunk: 'divide',
  approvePart: (count: number, total: number) => `apply ${count} of ${total} parts`,
  approveWithComment: 'apply, with comment…',
  draft: (key: string) => `Edited draft: ${key} continues.`,
  draftNotApplied: 'The edited draft is not applied.',
  confirm: 'press again to approve',
}

/** The questions of the agent, and the keys that answer them. */
export const questionTexts = {
  position: (at: number, count: number) => `question ${at} of ${count}`,
  ownWords: 'in your own words',
  unanswered: 'not answered',
  goToQuestions: (key: string) => `${key} to answer`,
  choose: 'select',
  write: 'own words',
  next: 'next question',
  review: 'review answers',
  send: 'send answers',
  open: 'to the open question',
  back: 'previous question',
  stopWriting: 'options',
  decline: 'decline…',
}

export const composerTexts = {
  typeMessage: 'Type a message, / for commands, @ for files',
  duringTurn: (delivery: Delivery) =>
    delivery === 'step'
      ? 'Type a message; the agent reads it at its next step'
      : 'Type the next message; it is sent when this turn ends',
  withoutAgent: 'Queued until an agent is open; / for commands',
  queued: (isOpen: boolean, key: string) =>
    `${isOpen ? 'Type the next message' : 'Queued until an agent is open'}; ${key} edits the queued message`,
  moreQueued: (count: number) => `${plural(count, 'more message')}, sent in order`,
  /** Before a queued message: when it is sent. */
  queuedFor: { step: 'next step', end: 'end of turn', agent: 'when open', paused: 'paused' },
  resumeQueue: (key: string) => `${key} send`,
  editQueue: (edit: string | null, list: string | null) =>
    [edit === null ? '' : `${edit} edit`, list === null ? '' : `${list} list`]
      .filter((part) => part !== '')
      .join(' · '),
  line: (at: number, count: number) => `line ${at} of ${count}`,
}

/** The mode of vim, in the title of the text that is edited. */
export const vimModes: Readonly<Record<VimState['mode'], string>> = {
  insert: 'INSERT',
  normal: 'NORMAL',
  visual: 'VISUAL',
  visualLine: 'VISUAL LINE',
}

export const completionTexts = {
  insert: (key: string) => `${key} to insert`,
  total: (count: number) => `${count} total`,
  position: (at: number, count: number) => `${at} of ${count}`,
}

export const memoryPageTexts = {
  blocks: 'BLOCKS',
  sizes: 'chars   tok',
  inContext: (tokens: string, percent: number | null) =>
    `in context ≈ ${tokens} tokens${percent === null ? '' : ` (${percent.toFixed(1)} %)`}`,
  learned: 'THIS SESSION LEARNED',
  shared: (agents: readonly string[]) =>
    agents.length > 2 ? `≡ ${plural(agents.length, 'other agent')}` : `≡ ${agents.join(', ')}`,
  readOnly: 'read-only',
  empty: '(empty)',
  agent: 'agent',
  history: (label: string) => `HISTORY  ${label}`,
  markdown: 'markdown',
  historySize: (versions: string, characters: string) => `${versions} · ${characters}`,
  reading: 'reading …',
  deleted: 'deleted',
  change: (from: string | null, to: string) => `── ${from ?? 'created'} → ${to} ──`,
  sameText: 'The text is the same.',
  compare: 'compare, restore',
  edit: 'edit',
  authors: 'authors',
  versions: 'history',
  find: 'find',
  next: 'next',
  undo: 'undo',
  learnedKey: 'learned',
  create: 'new',
  doctor: 'examine',
  goToTurn: 'go to its turn',
  copyLine: 'copy',
  back: 'back',
  diffToNow: 'diff to now',
  mark: 'mark',
  restore: 'restore',
  /** Which settings have the id of a block. */
  places: { user: 'of the user', project: 'of the project', agent: 'of this agent' },
  markLine: 'select',
  move: 'move to',
  copyTo: 'copy to',
  share: 'share',
  revertLine: 'revert line',
  revertHunk: 'revert change',
  revertVersion: 'revert only this',
  archival: 'archival',
  rename: 'rename',
  limit: 'limit',
  attach: 'attach',
  detach: 'detach',
  delete: 'delete',
}

export const archivalTexts = {
  title: 'ARCHIVAL MEMORY',
  count: (count: number) => plural(count, 'passage'),
  query: (text: string) => `with "${text}"`,
  reading: 'reading …',
  unsupported: 'This server has no archival memory for this agent.',
  none: 'Archival memory is empty. An agent with the tools for it, or you, insert passages.',
  noMatch: 'No passage contains this text.',
  find: 'search',
  insert: 'insert',
  insertOutside: 'write in editor',
  delete: 'delete',
  copy: 'copy',
  searchMessages: 'search conversations',
  close: 'blocks',
}

/** The card of what the session has learned. */
export const learnedTexts = {
  none: 'Memory is again what it was when the session began.',
  line: (number: number) => `line ${number}`,
  position: (at: number, count: number, accepted: number) =>
    `change ${at} of ${count}${accepted === 0 ? '' : ` · ${accepted} accepted`}`,
  accepted: '✓ accepted',
  accept: 'accept',
  discard: 'discard',
  undo: 'undo discard',
  acceptAll: 'accept all',
  open: 'show block',
  close: 'close',
}

export const memoryTexts = {
  withoutAgent: 'The memory of the agent.',
  empty: NO_MEMORY_BLOCKS,
  blocks: (count: number) => plural(count, 'block'),
  tokens: (count: string) => `${count} tokens`,
  emptyBlock: '(empty)',
  readOnly: 'read-only',
  changed: (by: ChangeAuthor, origin: ChangeOrigin, time: string) =>
    `changed by ${authorName(by, origin)} ${time}`,
  drafts: (count: number) => (count === 1 ? 'unsaved draft' : `1 of ${count} unsaved drafts`),
  outside: 'text from outside',
  changedMeanwhile: (by: string) => `modified by ${by}; saving merges`,
  conflict: (at: number, count: number) => `conflict ${at} of ${count}`,
  mine: 'mine',
  theirs: 'theirs',
  both: 'both',
  editMerge: 'edit text',
  back: 'back',
  undecided: 'choose',
  unchangedLines: (count: number) => `… ${plural(count, 'unchanged line')}`,
  noLines: '(no lines)',
  moreRows: (count: number) => `… ${plural(count, 'more row')}`,
  save: 'save',
  close: 'close',
  overLimit: (count: number) => `${count} over limit`,
  edited: (size: string) => `${size} · changed`,
}

export const skillTexts = {
  skills: (count: number) => plural(count, 'skill'),
  broken: (count: number) => `${count} broken`,
  /** The agent gets the directory names alone. */
  untrusted: 'not trusted',
  otherCategory: 'Other',
  invalid: 'The agent does not know this skill.',
  moreRows: (count: number) => `… ${plural(count, 'more row')}`,
  empty: (directory: string) => `No skills. Add ${directory}/<name>/SKILL.MD`,
}

export const conversationsTexts = {
  count: (shown: number, all: number) => (shown === all ? `${all}` : `${shown} of ${all}`),
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

export const dialogTexts = {
  noMatches: 'No matches.',
  notListed: (key: string) => `Not listed: ${key} uses the name as it is typed.`,
  modelKeys: [
    ['picker.nextProvider', 'next provider'],
    ['picker.toggleFavorite', 'favorite'],
  ] as const,
  filter: 'Type to filter',
  position: (at: number, count: number) => `${at} of ${count}`,
  rows: (from: number, to: number, count: number) => `${from}–${to} of ${count}`,
  accept: 'accept',
  back: 'back',
  yes: 'yes',
  no: 'no',
  readFirst: (scroll: string, yes: string) => `${scroll} to the end, then ${yes}`,
}

export const helpTexts = {
  commands: 'Commands',
}

const MAX_TITLE_CHARACTERS = 24

function short(title: string): string {
  const characters = [...title]
  if (characters.length <= MAX_TITLE_CHARACTERS) return title
  return `${characters.slice(0, MAX_TITLE_CHARACTERS - 1).join('')}…`
}
