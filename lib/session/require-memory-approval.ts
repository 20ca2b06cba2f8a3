import { MEMORY_TOOL, MEMORY_TOOLS, parseRule } from '../permissions/rules/rule.ts'
import { messageOf, UserError } from '../util/user-error.ts'
import {
  MEMORY_APPROVAL_HINT,
  MEMORY_RAN_UNREVIEWED,
  memoryApprovalRequired,
  memoryNotReviewed,
} from './messages/memory-review.ts'
import type { Services } from './services.ts'
import { openThread } from './state/selectors.ts'
import type { SessionState } from './state/session-state.ts'

/**
 * Makes a server ask before it runs memory tools, when a rule or a setting requires this. The embedded server and `letta serve` ask
 * a client that says so in its requests. On others it is a property of the agent, which all of its clients notice: it is set only
 * where the user has asked for a review, and reported.
 */
export async function requireMemoryApproval(services: Services): Promise<void> {
  const { gateway, store, notify } = services
  const { agent } = store.state
  if (gateway.type === 'embedded' || agent === null || !isReviewWanted(store.state)) return
  if ((await gateway.leases.read(openThread(store.state))) !== null) return
  try {
    const details = await gateway.agents.retrieve(agent.id)
    if (details === null) return
    const missing = details.tools.filter(
      (tool) => MEMORY_TOOLS.includes(tool) && !details.approvalRules.includes(tool),
    )
    for (const tool of missing) await gateway.tools.setApproval(agent.id, tool, true)
    if (missing.length > 0) notify('info', memoryApprovalRequired(missing), MEMORY_APPROVAL_HINT)
    // A server that has run one all the same does so again.
    if (store.state.memoryReviewProblem !== MEMORY_RAN_UNREVIEWED) reportProblem(services, null)
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown
    const problem = memoryNotReviewed(messageOf(thrown))
    if (store.state.memoryReviewProblem !== problem) notify('warning', problem)
    reportProblem(services, problem)
  }
}

export function isReviewWanted(state: SessionState): boolean {
  const { ask, deny } = state.rules
  const isReviewed = state.reviewsMemory || state.reviewedMessage !== null
  return isReviewed || [...ask, ...deny].some(({ text }) => isAboutMemory(text))
}

function isAboutMemory(rule: string): boolean {
  return [MEMORY_TOOL, '*'].includes(parseRule(rule)?.tool ?? '')
}

function reportProblem({ store }: Services, problem: string | null): void {
  if (store.state.memoryReviewProblem === problem) return
  store.dispatch({ type: 'memory.reviewChecked', problem })
}
