import type { Session } from '../session/session.ts'
import { pendingApprovals, type ToolCall } from '../session/state.ts'

/**
 * Nobody is there to ask: what waits for a person is refused at once, with the flag or rule that would allow it.
 * `isOurs` tells whether the run's own message is sent yet: what waits before that was left by an earlier session.
 */
export function refuseWaiting(
  store: Session['store'],
  isOurs: () => boolean,
  tell: (line: string) => void,
): () => void {
  const refuse = (): void => {
    for (const call of pendingApprovals(store.state)) {
      const way = isOurs() ? wayToAllow(call, store.state.grants) : LEFT_WAITING
      tell(`Refused: ${call.tool} ${call.label}\n  ${way}`)
      const reason = `Tool requires approval (headless mode). ${way}`
      const decided = { callId: call.callId, allow: false, by: 'policy', reason } as const
      store.dispatch({ type: 'approval.decided', ...decided })
    }
  }
  return store.subscribe((_, event) => {
    // Not within this dispatch: every listener hears the request before the answer.
    if (event.type === 'approval.requested') queueMicrotask(refuse)
  })
}

const LEFT_WAITING =
  'It was left waiting by an earlier session and may have run already: ask for it anew.'

function wayToAllow({ phase, tool }: ToolCall, grants: readonly string[]): string {
  if (phase.type !== 'waiting') return ''
  if (phase.preview.type === 'plan') return 'Only a person can decide this: open letta.'
  // Where no rule covers the call safely, none is named: one for the whole tool would allow far more.
  const rule = phase.suggestion?.rule
  const ways = rule === undefined ? [] : [`--allowedTools ${quoted(rule)}`]
  if (phase.preview.type === 'diff') ways.push('--permission-mode acceptEdits')
  const theirs = grants.filter(
    (grant) => grant === `allow ${tool}` || grant.startsWith(`allow ${tool}(`),
  )
  const rules = theirs.map((grant) => grant.replace('allow ', '')).join(', ')
  if (rules !== '') ways.push(`--trust (counts what this folder allows: ${rules})`)
  return `To allow it: ${[...ways, '--yolo'].join(', or ')}`
}

function quoted(rule: string): string {
  return /["$`\\]/.test(rule) ? `'${rule}'` : `"${rule}"`
}
