import type { Entry } from '../session/state/entry.ts'

/** What an export contains. */
export interface ExportedConversation {
  readonly id: string
  readonly title: string | null
  /** The title, otherwise what lists call it. */
  readonly heading: string
  readonly agent: { readonly id: string; readonly name: string; readonly model: string }
  readonly entries: readonly Entry[]
  /** ISO 8601, in UTC. */
  readonly exportedAt: string
}

export const EXPORT_FORMATS = ['markdown', 'html', 'jsonl'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

/** The format that the name of a file stands for; null for another ending. */
export function formatOfFile(name: string): ExportFormat | null {
  const ending = /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase()
  if (ending === 'md' || ending === 'markdown') return 'markdown'
  if (ending === 'html' || ending === 'htm') return 'html'
  return ending === 'jsonl' ? 'jsonl' : null
}
