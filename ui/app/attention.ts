import type { SessionEvent } from '../../lib/session/events.ts'
import { conversationName } from '../../lib/session/messages/conversations.ts'
import { pendingApprovals } from '../../lib/session/state/selectors.ts'
import { ATTENTION } from '../messages/program.ts'
import type { WorkbenchEvent } from '../state/events.ts'
import type { OtherConversation, RootState } from '../state/state.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { RootStore } from './render-scheduler.ts'

export type NotificationSetting = 'auto' | 'bell' | 'off'

/** Calls the person to a terminal without focus: for an approval, the end of a turn, an error. */
export function startAttention(
  root: RootStore,
  terminal: Pick<Terminal, 'bell' | 'notify'>,
  setting: NotificationSetting,
): void {
  if (setting === 'off') return
  root.subscribe((state, event) => {
    if (state.workbench.terminalFocused) return
    const text = reasonOf(state, event)
    if (text === null) return
    terminal.bell()
    if (setting === 'auto') terminal.notify(text)
  })
}

function reasonOf({ session }: RootState, event: SessionEvent | WorkbenchEvent): string | null {
  const name = session.agent?.name ?? ''
  if (event.type === 'others.changed') return event.news === null ? null : newsOf(event.news)
  if (event.type === 'turn.finished') return ATTENTION[event.outcome.type](name)
  if (event.type !== 'approval.requested') return null
  const [call] = pendingApprovals(session)
  return call === undefined ? null : ATTENTION.approval(name, call.tool)
}

function newsOf({ conversationId, title, agentName, status, tool }: OtherConversation): string {
  const { elsewhere, approval, failed, done } = ATTENTION
  const text = { approval: approval(agentName, tool ?? ''), failed: failed(agentName) }
  return elsewhere(
    conversationName(conversationId, title),
    status === 'approval' || status === 'failed' ? text[status] : done(agentName),
  )
}
