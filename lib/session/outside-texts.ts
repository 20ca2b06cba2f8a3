import type { OutsideText } from '../memory/provenance.ts'
import { MEMORY_TOOLS } from '../permissions/rules/rule.ts'
import { ATTACHED_FILE } from './messages/attachments.ts'
import type { Entry } from './state/entry.ts'
import type { SessionState } from './state/session-state.ts'

/** What the results of these tools contain was written by the model or the user, or is memory already. */
const OWN_TOOLS = new Set([
  ...MEMORY_TOOLS,
  'archival_memory_search',
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

/**
 * Those since the last answer before the running turn, and command lines of the user during the turn before it, since their output
 * goes with the next message. After a restart, the turn is among the settled entries.
 */
function turnEntries({ settled, current }: SessionState): readonly Entry[] {
  const begun = Math.max(0, current.some(isUser) ? settled.length : settled.findLastIndex(isUser))
  const earlier = settled.slice(0, begun)
  const last = earlier.findLastIndex(({ type }) => type === 'assistant') + 1
  const previous = Math.max(0, earlier.findLastIndex(isUser))
  const lines = settled.slice(previous, last).filter(({ type }) => type === 'shellLine')
  return [...lines, ...settled.slice(last), ...current]
}

const isUser = ({ type }: Entry): boolean => type === 'user'

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
  const text = tool === SEARCH_TOOL ? foundOfTools(phase.text) : phase.text
  return text === null ? [] : [{ source: `${tool} ${label}`.trim(), text }]
}

const SEARCH_TOOL = 'conversation_search'

/**
 * What a search of messages has found of the results of tools, which were text from outside in their turn; null when it has found
 * only messages of the user and answers. What follows such a result counts too: its text may contain what looks like another role.
 */
function foundOfTools(text: string): string | null {
  const from = text.search(/["']role["']: *["']tool["']/)
  return from < 0 ? null : text.slice(from)
}

/** What the user has written in the running turn. */
export function userTexts(state: SessionState): readonly string[] {
  return turnEntries(state).flatMap((entry) => (entry.type === 'user' ? [entry.text] : []))
}
