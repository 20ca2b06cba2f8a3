import { parseMemoryCall } from '../../memory/memory-calls.ts'
import { decide } from '../../permissions/decide.ts'
import { checkRule } from '../../permissions/rules/check-rule.ts'
import { rulesOfFile } from '../../permissions/rules/file-rules.ts'
import { suggestAll } from '../../permissions/suggest.ts'
import type { PermissionRequest, RuleSuggestion } from '../../permissions/types.ts'
import { showable } from '../../tools/files/text-encoding.ts'
import type { ChangeSelection, Preview, ProposedText, QuestionAnswer } from '../../tools/tool.ts'
import { UserError } from '../../util/user-error.ts'
import { widenHunks } from '../../util/widen-hunks.ts'
import { permissionRequest } from '../approval-request.ts'
import { editCall, proposedText } from '../edit-call.ts'
import { memoryRequest } from '../memory-calls.ts'
import {
  ANSWERED,
  APPROVED_ONCE,
  APPROVED_PARTLY,
  APPROVED_TOGETHER,
  approvedByRule,
  invalidRule,
} from '../messages/approvals.ts'
import { LEFT_PENDING } from '../messages/turns.ts'
import { policyOf } from '../policy.ts'
import { createCallRecords } from '../recorded-calls.ts'
import { ruleEffect } from '../rule-effect.ts'
import type { Services } from '../services.ts'
import { agentServices, type SessionContext } from '../session-context.ts'
import type { RuleEffect, ToolCall } from '../state/entry.ts'
import { pendingApprovals, pendingCall } from '../state/selectors.ts'

/** The user's decisions on tool calls. */
export interface ApprovalsPort {
  /** With a selection, only that part of the change is made. */
  allow(callId: string, selection?: ChangeSelection): void
  /**
   * Saves the rule and approves this call, or the selected part of it. The rule allows every other pending call of this session
   * that it covers and that is not in review.
   */
  allowAlways(
    callId: string,
    rule: string,
    scope: 'session' | 'local' | 'project' | 'user',
    options?: AlwaysOptions,
  ): Promise<void>
  /** The rules that could allow this call always, the preferred one first; none where none is safe. */
  suggestRules(callId: string): Promise<readonly RuleSuggestion[]>
  /** What a rule would have allowed so far; null once it is no longer wanted. Rejects with a `UserError` when it is not valid. */
  ruleEffect(suggestion: RuleSuggestion, isWanted: () => boolean): Promise<RuleEffect | null>
  /** Approves these calls once. One that no longer awaits approval, or that requires a confirmation, is left as it is. */
  allowMany(callIds: readonly string[]): void
  /** Allows further changes of the file that this call changes, until the turn ends. */
  allowFileThisTurn(callId: string): void
  deny(callId: string, reason: string): void
  /** Answers the questions of the call, one answer for each. */
  answer(callId: string, answers: readonly QuestionAnswer[]): void
  /** The text of a call that the user can edit: the content of a file, a command, a plan. */
  proposedText(callId: string): Promise<ProposedText>
  /** Query: the change that awaits approval with more or fewer unchanged lines around it; null when the file has changed since. */
  withContext(callId: string, lines: number): Promise<PreviewedDiff | null>
  /** Asks for approval of this text in its place. Rejects with a `UserError` when it is denied or impossible. */
  edit(callId: string, text: string, options?: EditOptions): Promise<void>
}

type PreviewedDiff = Extract<Preview, { type: 'diff' }>

interface EditOptions {
  /** The proposed text that the person began with; the one of now, if that is not given. */
  readonly before?: string
  readonly selection?: ChangeSelection | undefined
}

interface AlwaysOptions {
  readonly selection?: ChangeSelection
  /** Whether the user is reviewing a part of the call, or editing it: a rule does not decide it meanwhile. */
  isInReview(callId: string): boolean
}

export function createApprovals(context: SessionContext): ApprovalsPort {
  const { store } = context
  const records = createCallRecords()
  return {
    allow: (callId, selection) =>
      store.dispatch({
        type: 'approval.decided',
        callId,
        allow: true,
        by: 'person',
        reason: selection === undefined ? APPROVED_ONCE : APPROVED_PARTLY,
        ...(selection === undefined ? {} : { selection }),
      }),
    allowAlways: async (callId, rule, scope, options = { isInReview: () => false }) =>
      allowAlways(agentServices(context), callId, { rule, scope, ...options }),
    suggestRules: async (callId) => suggestRules(agentServices(context), callId),
    async ruleEffect(suggestion, isWanted) {
      assertRule(suggestion.rule)
      return ruleEffect(agentServices(context), suggestion, records, isWanted)
    },
    allowMany(callIds) {
      for (const callId of callIds) {
        const pending = pendingCall(store.state, callId)
        if (pending === undefined || pending.phase.dangers !== undefined) continue
        const reason = APPROVED_TOGETHER
        store.dispatch({ type: 'approval.decided', callId, allow: true, by: 'person', reason })
      }
    },
    allowFileThisTurn: (callId) => allowFileThisTurn(agentServices(context), callId),
    deny: (callId, reason) =>
      store.dispatch({ type: 'approval.decided', callId, allow: false, by: 'person', reason }),
    answer: (callId, answers) =>
      store.dispatch({
        type: 'approval.decided',
        callId,
        allow: true,
        by: 'person',
        reason: ANSWERED,
        answers,
      }),
    proposedText: async (callId) => proposedText(agentServices(context), callId),
    withContext: async (callId, lines) => withContext(agentServices(context), callId, lines),
    edit: async (callId, text, options) =>
      editCall(agentServices(context), callId, { text, ...options }),
  }
}

async function allowAlways(
  services: Services,
  callId: string,
  {
    rule: text,
    scope,
    selection,
    isInReview,
  }: AlwaysOptions & Pick<RuleSuggestion, 'rule' | 'scope'>,
): Promise<void> {
  assertRule(text)
  if (scope !== 'session') await services.settings.addRule(scope, 'allow', text)
  const rule = { text, source: scope }
  services.store.dispatch({ type: 'rule.added', list: 'allow', rule })
  const pending = pendingApprovals(services.store.state)
  const reason = approvedByRule(text)
  if (pending.some((call) => call.callId === callId)) {
    const part = selection === undefined ? {} : { selection }
    services.store.dispatch({
      type: 'approval.decided',
      callId,
      allow: true,
      by: 'person',
      reason,
      ...part,
    })
  }
  for (const call of pending) {
    if (call.callId === callId || isLeftPending(call) || !(await isAllowed(services, call)))
      continue
    // The user may have decided in the meantime, or begun to.
    const isFree = isUntouched(services, call) && !isInReview(call.callId)
    if (isFree) allowByRule(services, call.callId, reason)
  }
}

async function withContext(
  services: Services,
  callId: string,
  lines: number,
): Promise<PreviewedDiff | null> {
  const preview = pendingCall(services.store.state, callId)?.phase.preview
  if (preview?.type !== 'diff') return null
  const { text } = await proposedText(services, callId)
  const hunks = widenHunks(preview.hunks, showable(text), lines)
  return hunks === null ? null : { ...preview, hunks }
}

function assertRule(text: string): void {
  const wrong = checkRule(text)
  if (wrong !== null) throw new UserError(invalidRule(text, wrong))
}

async function suggestRules(
  services: Services,
  callId: string,
): Promise<readonly RuleSuggestion[]> {
  const pending = pendingCall(services.store.state, callId)
  const request = pending === undefined ? null : requestOf(services, pending.call)
  if (request === null || pending?.phase.dangers !== undefined) return []
  return suggestAll(policyOf(services), request)
}

/** Rules of the session that end with the turn. */
function allowFileThisTurn(services: Services, callId: string): void {
  const { store, bounds } = services
  const pending = pendingCall(store.state, callId)
  if (pending === undefined || pending.phase.dangers !== undefined) return
  const request = requestOf(services, pending.call)
  if (request?.subject.type !== 'paths' || request.access !== 'write') return
  const rules = request.subject.paths.flatMap((file) => rulesOfFile(bounds, file))
  const list = 'allow'
  for (const text of rules) {
    store.dispatch({ type: 'rule.added', list, rule: { text, source: 'session' } })
  }
  const stop = store.subscribe((state, { type }) => {
    if (type !== 'turn.finished') return
    stop()
    for (const rule of state.rules.allow) {
      const isOurs = rule.source === 'session' && rules.includes(rule.text)
      if (isOurs) store.dispatch({ type: 'rule.removed', list, rule })
    }
  })
}

/** It runs as the rule is understood, not as it is written: see `settleOne`. */
function allowByRule({ store }: Pick<Services, 'store'>, callId: string, reason: string): void {
  store.dispatch({ type: 'approval.decided', callId, allow: true, reason, by: 'rule' })
}

/** It may have run already, which no rule can know. */
function isLeftPending({ phase }: ToolCall): boolean {
  return phase.type === 'waiting' && phase.verdict.because === LEFT_PENDING
}

/** Whether it still awaits approval as the agent wrote it. */
function isUntouched({ store }: Services, { callId }: ToolCall): boolean {
  const pending = pendingCall(store.state, callId)
  return pending !== undefined && pending.phase.edited === undefined
}

async function isAllowed(services: Services, call: ToolCall): Promise<boolean> {
  const request = requestOf(services, call)
  return request !== null && (await decide(policyOf(services), request)).decision === 'allow'
}

/** The reason is not one of the rules: no rule is suggested. */
function isAskedForText({ phase }: ToolCall): boolean {
  return phase.type === 'waiting' && phase.suggestion === null
}

function requestOf({ runner }: Services, call: ToolCall): PermissionRequest | null {
  const { callId, tool: name, args, phase } = call
  const write = parseMemoryCall(name, args)
  // A text from outside is asked about whatever the rules say.
  if (write !== null) return isAskedForText(call) ? null : memoryRequest(call, write)
  // With the text of the user, if it was edited.
  const own = phase.type === 'waiting' && phase.edited ? { edited: phase.edited } : {}
  const made = runner.prepare({ callId, turnId: '', agentId: '', name, args, ...own })
  return made.ok ? permissionRequest(made.prepared) : null
}
