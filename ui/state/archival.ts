import type { Passage } from '../../lib/session/state/memory.ts'
import type { RootState } from './state.ts'

/** Archival memory, shown in place of the blocks on the memory page. */
export interface ArchivalPage {
  /** Only passages with this text; empty for all. */
  readonly query: string
  /** Newest first; null until they are read, and when they cannot be. */
  readonly passages: readonly Passage[] | null
  /** The server has no archival memory for this agent. */
  readonly isUnsupported: boolean
  /** Why they could not be read. */
  readonly problem: string | null
  readonly selected: number
}

export type ArchivalEvent =
  | { readonly type: 'archival.opened'; readonly query: string }
  | { readonly type: 'archival.closed' }
  /** `passages`: null without a problem when the server does not support them. */
  | {
      readonly type: 'archival.read'
      readonly query: string
      readonly passages: readonly Passage[] | null
      readonly problem: string | null
    }
  | { readonly type: 'archival.selected'; readonly selected: number }

export function reduceArchival(
  page: ArchivalPage | null,
  event: ArchivalEvent,
): ArchivalPage | null {
  if (event.type === 'archival.opened') {
    const { query } = event
    const passages = page?.query === query ? page.passages : null
    return { query, passages, isUnsupported: false, problem: null, selected: 0 }
  }
  if (page === null || event.type === 'archival.closed') return null
  if (event.type === 'archival.selected') return { ...page, selected: event.selected }
  // The answer to an earlier search.
  if (event.query !== page.query) return page
  const { passages, problem } = event
  const last = Math.max(0, (passages?.length ?? 0) - 1)
  const isUnsupported = passages === null && problem === null
  return { ...page, passages, problem, isUnsupported, selected: Math.min(page.selected, last) }
}

export function selectedPassage({ workbench }: RootState): Passage | null {
  const { archival } = workbench.memory
  return archival?.passages?.[archival.selected] ?? null
}
