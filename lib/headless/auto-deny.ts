import { reasons } from '../permissions/messages.ts'
import { MEMORY_TOOL, toolFamily } from '../permissions/rules/rule.ts'
import type { ToolCall } from '../session/state/entry.ts'
import { pendingApprovals } from '../session/state/selectors.ts'
import type { TurnSession } from '../session/turn-session.ts'
import { spellOut } from '../util/invisible-characters.ts'
import { toTerminalRow } from '../util/sanitize.ts'
import {
  allowHint,
  callDenied,
  LEFT_PENDING_HINT,
  outsideTextHint,
  PLAN_HINT,
  QUESTION_HINT,
  requiresApproval,
} from './messages.ts'

/**
 * Denies at once every call that awaits approval, naming the flag that would allow it. `isSent` is whether the prompt of this
 * run has been sent: calls pending before that were left by an earlier session.
 */
export function denyPendingCalls(
  store: TurnSession['store'],
  isSent: () => boolean,
  report: (line: string) => void,
): () => void {
  const deny = (): void => {
    for (const call of pendingApprovals(store.state)) {
      const { callId, tool, label } = call
      const hint = isSent() ? hintFor(call, store.state.grants) : LEFT_PENDING_HINT
      report(callDenied(spellOut(tool), spellOut(label), hint))
      const reason = requiresApproval(hint)
      store.dispatch({ type: 'approval.decided', callId, allow: false, by: 'policy', reason })
    }
  }
  return store.subscribe((_, event) => {
    // Not within this dispatch: every listener gets the request before the answer.
    if (event.type === 'approval.requested') queueMicrotask(deny)
  })
}

function hintFor({ phase, tool }: ToolCall, grants: readonly string[]): string {
  if (phase.type !== 'waiting') return ''
  if (phase.preview.type === 'plan') return PLAN_HINT
  if (phase.preview.type === 'questions') return QUESTION_HINT
  const [danger] = phase.dangers ?? []
  if (danger !== undefined && toolFamily(tool) === MEMORY_TOOL) {
    return outsideTextHint(danger.because, toTerminalRow(danger.parts.join(' ')))
  }
  const isCovering = (grant: string): boolean =>
    grant === `allow ${tool}` || grant.startsWith(`allow ${tool}(`)
  return allowHint({
    // Null where no rule covers the call safely: a rule for the tool would allow far more.
    rule: phase.suggestion?.rule ?? null,
    acceptsEdits:
      phase.preview.type === 'diff' &&
      toolFamily(tool) !== MEMORY_TOOL &&
      phase.verdict.because !== reasons.protectedFile,
    untrustedRules: grants.filter(isCovering).map((grant) => spellOut(grant.replace('allow ', ''))),
  })
}
