import { MEMORY_TOOL, toolFamily } from '../../lib/permissions/rules/rule.ts'
import type { Entry } from '../../lib/session/state/entry.ts'

/** By what the conversation can be filtered, and between what the cursor can jump. */
export const ENTRY_KINDS = ['message', 'answer', 'call', 'error', 'edit'] as const
export type EntryKind = (typeof ENTRY_KINDS)[number]

export function isOfKind(entry: Entry, kind: EntryKind): boolean {
  switch (kind) {
    case 'message':
      return entry.type === 'user'
    case 'answer':
      return entry.type === 'assistant'
    case 'call':
      return entry.type === 'tool' || entry.type === 'shellLine'
    case 'error':
      return (
        finished(entry)?.status === 'error' || (entry.type === 'notice' && entry.level === 'error')
      )
    case 'edit':
      return isFileChange(entry)
  }
}

function isFileChange(entry: Entry): boolean {
  const phase = finished(entry)
  return phase?.status === 'success' && phase.preview?.type === 'diff' && !isMemoryCall(entry)
}

function finished(entry: Entry) {
  return entry.type === 'tool' && entry.call.phase.type === 'finished' ? entry.call.phase : null
}

function isMemoryCall(entry: Entry): boolean {
  return entry.type === 'tool' && toolFamily(entry.call.tool) === MEMORY_TOOL
}
