import { plural } from '../../../lib/util/quantities.ts'
import { fileReference } from '../../../lib/util/references.ts'

/** Approvals, rules and questions. */

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
    user: fileReference('settings.json'),
  },
  computing: 'Checking what it would have allowed…',
  effect: (allowed: number, calls: number) =>
    `Would have allowed ${allowed} of the agent's last ${plural(calls, 'call')} without asking.`,
  dangerous: (labels: readonly string[]) =>
    `! ${labels.length} of them dangerous: ${labels.join(' · ')}`,
  save: 'save and approve',
  scope: 'scope',
  otherRule: 'rule',
  edit: 'edit',
  cancel: 'cancel',
}

export const approvalTexts = {
  rule: (rule: string) => ` Rule: ${rule}`,
  createsFile: 'Creates a file.',
  part: 'Part of the call:',
  moreBelow: (rows: number, key: string | null) =>
    ` ${plural(rows, 'more row')} below${key === null ? '' : `, ${key}`} `,
  /** Answers on a narrow screen. */
  short: {
    approve: 'approve',
    acceptEdits: 'accept edits',
    reason: 'reason…',
    next: 'next',
    file: 'file…',
  },
  /** Before and after the listed calls. */
  hiddenCalls: (count: number, dangerous: number, side: 'above' | 'below') =>
    `${side === 'above' ? '↑' : '↓'} ${plural(count, 'more call')}${dangerous === 0 ? '' : `, ${dangerous} dangerous`}`,
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
  previousHunk: 'previous',
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
  send: 'send',
  open: 'to the open question',
  back: 'previous question',
  stopWriting: 'options',
  decline: 'decline…',
}
