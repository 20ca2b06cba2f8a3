import { cleanMerge } from '../memory/merge.ts'
import { decideCall } from '../permissions/decide.ts'
import { denialMessage } from '../permissions/messages.ts'
import type { Verdict } from '../permissions/types.ts'
import { ask } from '../permissions/verdicts.ts'
import type { ChangeSelection, Preview, ProposedText, TextEdit } from '../tools/tool.ts'
import { carryRejected } from '../util/carry-rejected.ts'
import { UserError } from '../util/user-error.ts'
import { asLeftWaiting, createApprovalRequest, permissionRequest } from './approval-request.ts'
import { editedMemoryPreview, judgeMemoryText, proposedMemory } from './memory-calls.ts'
import {
  CALL_NOT_EDITABLE,
  CALL_NOT_PENDING,
  EDITED_BY_USER,
  EMPTY_COMMAND,
  editDenied,
} from './messages/approvals.ts'
import { LEFT_PENDING } from './messages/turns.ts'
import { memoryChecks, policyOf } from './policy.ts'
import type { Services } from './services.ts'
import type { ToolCall } from './state/entry.ts'
import { pendingCall } from './state/selectors.ts'

/** What the user edits: the text that awaits approval now. */
export async function proposedText(services: Services, callId: string): Promise<ProposedText> {
  const { call, phase } = requirePending(services, callId)
  const memory = proposedMemory(services.store.state, call)
  if (memory !== null) {
    return { text: phase.edited?.text ?? memory.after, fileName: `${memory.label}.md` }
  }
  const proposed = await prepared(services, call, null).propose()
  if (proposed === null) throw new UserError(CALL_NOT_EDITABLE)
  return phase.edited === undefined ? proposed : { ...proposed, text: phase.edited.text }
}

/**
 * Puts the text of the user in place of the proposed one, and asks for approval of it: the rules judge it again, and what is
 * shown then is what is approved. What was rejected stays so where its text is the same. Throws a `UserError` when a rule denies it or it cannot be done; the request stays as it was.
 */
export async function editCall(
  services: Services,
  callId: string,
  { text, before, selection }: EditedCall,
): Promise<void> {
  const { call, phase } = requirePending(services, callId)
  const memory = proposedMemory(services.store.state, call)
  if (memory !== null) {
    const { label, before: base, after } = memory
    const basis = { before: base, after }
    // Others may have changed the block since the person began: what they have changed in other lines stays.
    const now = phase.edited === undefined ? after : mergedText(phase.edited, after)
    const wanted = mergedText({ proposed: before ?? now, text }, now)
    const own = wanted === after ? {} : { edited: { proposed: after, text: wanted } }
    const preview = editedMemoryPreview(label, base, wanted)
    const judged = await judgeMemoryText(
      memoryChecks(services),
      { before: base, after: wanted },
      services.store.state,
    )
    if (judged?.verdict.decision === 'deny')
      throw new UserError(editDenied(denialMessage(judged.verdict)))
    const verdict = askedAgain(judged?.verdict ?? phase.verdict)
    // What was dangerous stays so: where its text comes from may be forgotten.
    const still = phase.dangers?.map(({ because, parts }) => ({ because, parts }))
    const dangers = judged?.dangers ?? still
    const careful = dangers === undefined ? {} : { dangers }
    const kept = stillRejected(phase.preview, preview, selection)
    const plain = { callId, label, preview, verdict, suggestion: null }
    const request = { ...plain, basis, ...careful, ...own, ...kept }
    services.store.dispatch({ type: 'approval.requested', requests: [request], at: services.now() })
    return
  }
  // What another program has changed in the file since is no change of the person.
  const proposed =
    phase.edited?.proposed ?? before ?? (await prepared(services, call, null).propose())?.text
  if (proposed === undefined) throw new UserError(CALL_NOT_EDITABLE)
  if (phase.preview.type === 'command' && text.trim() === '') throw new UserError(EMPTY_COMMAND)
  const edited = text === proposed ? null : { proposed, text }
  const policy = policyOf(services)
  const made = prepared(services, call, edited)
  const { verdict, resolved } = await decideCall(policy, permissionRequest(made))
  if (verdict.decision === 'deny') throw new UserError(editDenied(denialMessage(verdict)))
  const isLeft = phase.verdict.because === LEFT_PENDING
  const asked = isLeft ? asLeftWaiting(verdict) : askedAgain(verdict)
  const composed = await createApprovalRequest(policy, made, { verdict: asked, resolved })
  if (composed.type === 'impossible') throw new UserError(composed.reason)
  const { request } = composed
  if (request.preview.type === 'impossible') throw new UserError(request.preview.reason)
  // It may have been decided in the meantime.
  requirePending(services, callId)
  const own = edited === null ? {} : { edited }
  services.store.dispatch({
    type: 'approval.requested',
    requests: [{ ...request, ...own, ...stillRejected(phase.preview, request.preview, selection) }],
    at: services.now(),
  })
}

/** The text of the person, with what has become of the proposed text since; where both have changed the same lines, as it is. */
function mergedText({ proposed, text }: TextEdit, now: string): string {
  return cleanMerge(proposed, text, now) ?? text
}

interface EditedCall {
  readonly text: string
  /** The proposed text that the person began with. */
  readonly before?: string | undefined
  /** What was selected before. */
  readonly selection?: ChangeSelection | undefined
}

function stillRejected(
  before: Preview,
  after: Preview,
  selection: ChangeSelection | undefined,
): { readonly rejectedLines?: readonly number[] } {
  if (selection === undefined || before.type !== 'diff' || after.type !== 'diff') return {}
  if (after.isIndivisible === true) return {}
  return {
    rejectedLines: carryRejected(before.hunks, after.hunks, selection.rejectedLines).rejected,
  }
}

/** The user sees the new text before it runs, even where a rule allows it. */
function askedAgain(verdict: Verdict): Verdict {
  if (verdict.decision === 'ask') return verdict
  return ask(EDITED_BY_USER)
}

function requirePending({ store }: Services, callId: string) {
  const pending = pendingCall(store.state, callId)
  if (pending === undefined) throw new UserError(CALL_NOT_PENDING)
  return pending
}

function prepared({ runner }: Services, call: ToolCall, edited: TextEdit | null) {
  const { callId, tool: name, args } = call
  const own = edited === null ? {} : { edited }
  const made = runner.prepare({ callId, turnId: '', agentId: '', name, args, ...own })
  if (!made.ok) throw new UserError(CALL_NOT_EDITABLE)
  return made.prepared
}
