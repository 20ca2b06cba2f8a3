import type { OutsideText } from '../memory/provenance.ts'
import { MEMORY_TOOLS } from '../permissions/rules/rule.ts'
import { ATTACHED_FILE } from './messages/attachments.ts'
import type { Entry } from './state/entry.ts'
import type { SessionState } from './state/session-state.ts'

/** What the results of these tools contain was written by the model or the user, or is memory already. */
const OWN_TOOLS = new Set([
  ...MEMORY_TOOLS,
  'archival_memory_search',
  'conversation_search',
  'send_message',
  'AskUserQuestion',
  'Edit',
  'ExitPlanMode',
  'MultiEdit',
  'NotebookEdit',
  'TodoWrite',
  'Write',
])

/** The results of tools in the running turn, and the output of command lines since the last one, oldest first. */
export function outsideTexts(state: SessionState): readonly OutsideText[] {
  return turnEntries(state).flatMap(toOutsideText)
}

/** Those since the last answer before the running turn. After a restart, the turn is among the settled entries. */
function turnEntries({ settled, current }: SessionState): readonly Entry[] {
  const isUser = ({ type }: Entry): boolean => type === 'user'
  const begun = current.some(isUser) ? settled.length : settled.findLastIndex(isUser)
  const last = settled
    .slice(0, Math.max(0, begun))
    .findLastIndex(({ type }) => type === 'assistant')
  return [...settled.slice(last + 1), ...current]
}

function toOutsideText(entry: Entry): readonly OutsideText[] {
  if (entry.type === 'shellLine') {
    return entry.isShared ? [{ source: `!${entry.command}`, text: entry.text }] : []
  }
  if (entry.type === 'user' && entry.attached !== undefined) {
    return [{ source: ATTACHED_FILE, text: entry.attached }]
  }
  if (entry.type !== 'tool' || OWN_TOOLS.has(entry.call.tool)) return []
  const { tool, label, phase } = entry.call
  if (phase.type !== 'finished') return []
  return [{ source: `${tool} ${label}`.trim(), text: phase.text }]
}

/** What the user has written in the running turn. */
export function userTexts(state: SessionState): readonly string[] {
  return turnEntries(state).flatMap((entry) => (entry.type === 'user' ? [entry.text] : []))
}
