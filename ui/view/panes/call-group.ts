import { MEMORY_TOOL, toolFamily } from '../../../lib/permissions/rules/rule.ts'
import type { Entry } from '../../../lib/session/state/entry.ts'
import { toolTexts } from '../messages/conversation.ts'

/** Fewer calls need no summary. */
const MIN_GROUP = 3

/** What the calls of a step have done, above the first of them; empty for any other entry, and while few have run. */
export function groupSummary(entryAt: (index: number) => Entry | undefined, index: number): string {
  if (!isCall(entryAt(index)) || isCall(entryAt(index - 1))) return ''
  const counts = { looked: 0, ran: 0, changed: 0, memory: 0, other: 0 }
  let size = 0
  for (let at = index; ; at++) {
    const entry = entryAt(at)
    if (entry?.type !== 'tool') break
    if (entry.call.phase.type !== 'finished') continue
    size++
    if (entry.call.tool !== TASKS) counts[kindOf(entry.call.tool)]++
  }
  return size < MIN_GROUP ? '' : toolTexts.group(counts)
}

function isCall(entry: Entry | undefined): boolean {
  return entry?.type === 'tool'
}

/** The list of tasks is shown elsewhere. */
const TASKS = 'TodoWrite'

type CallKind = 'looked' | 'ran' | 'changed' | 'memory' | 'other'

const KINDS: Readonly<Record<string, CallKind>> = {
  Read: 'looked',
  Grep: 'looked',
  Glob: 'looked',
  LS: 'looked',
  BashOutput: 'looked',
  Bash: 'ran',
  Edit: 'changed',
  MultiEdit: 'changed',
  NotebookEdit: 'changed',
  Write: 'changed',
  [MEMORY_TOOL]: 'memory',
}

function kindOf(tool: string): CallKind {
  return KINDS[tool] ?? KINDS[toolFamily(tool)] ?? 'other'
}
