import { messageOf } from '../../lib/util/user-error.ts'
import type { WorkbenchCommandId } from '../messages/commands.ts'
import { CONVERSATION_IS_EMPTY } from '../messages/entries.ts'
import { entryLines, occurrencesIn } from '../state/entry-lines.ts'
import { entryAt, isExpanded } from '../state/selectors.ts'
import type { Occurrence, RootState } from '../state/state.ts'
import { findRow, type Sought } from '../view/panes/find-row.ts'
import { itemAtCursor } from './entry-cursor.ts'
import { drawnConversation, drawnRows, loadEarlierPage, showRow } from './scroll.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

/**
 * Finding a text in the conversation: while it is typed, the view goes to the nearest match above. Messages that are not loaded yet
 * are loaded while none is found, until the search is stopped.
 */
export const FIND_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'conversation.find',
    argument: { name: 'text', required: false },
    unavailable: ({ session }) =>
      session.settled.length + session.current.length === 0 ? CONVERSATION_IS_EMPTY : null,
    async run(context, text) {
      context.root.dispatch({ type: 'focus.moved', to: 'conversation' })
      context.root.dispatch({ type: 'find.started', query: text, from: cursorEntry(context) })
      await findTyped(context)
    },
  },
  repeat('conversation.findNext', 1),
  repeat('conversation.findPrevious', -1),
  {
    id: 'find.accept',
    hidden: true,
    run: ({ root }) => root.dispatch({ type: 'find.ended', isKept: true }),
  },
  {
    id: 'find.cancel',
    hidden: true,
    run(context) {
      endSearch(context)
      context.root.dispatch({ type: 'find.ended', isKept: false })
    },
  },
]

/** The entry at the cursor; null for the newest one. */
function cursorEntry(context: WorkbenchContext): string | null {
  if (context.root.state.workbench.scroll.conversation.type === 'end') return null
  const at = itemAtCursor(context)
  return at === null ? null : drawnConversation(context).list.id(at.index)
}

/** Searches for what has been typed so far, upwards from where the view was. */
export async function findTyped(context: WorkbenchContext): Promise<void> {
  const { finding } = context.root.state.workbench
  if (finding === null) return
  const query = finding.query.text
  if (query.trim() === '') {
    endSearch(context)
    context.root.dispatch({ type: 'find.progressed', search: null })
    return
  }
  const { session } = context.root.state
  const { from } = finding
  const all = session.settled.length + session.current.length
  const at = from === null ? all : indexOfEntry(context.root.state, from)
  const below = at < 0 ? 0 : all - at - 1
  await search(context, query, (matches) => {
    const above = matches.findIndex(({ fromEnd }) => fromEnd >= below)
    if (above >= 0) return above
    return context.root.state.session.earlier || matches.length === 0 ? -1 : 0
  })
}

/** Ends a search that still runs; what it has found stays. True when one did. */
export function stopSearch(context: WorkbenchContext): boolean {
  if (context.root.state.workbench.search?.isRunning !== true) return false
  endSearch(context)
  context.root.dispatch({ type: 'find.stopped' })
  return true
}

/** The next match above, or the one below again: the newest lines come first. */
function repeat(id: WorkbenchCommandId, by: 1 | -1): WorkbenchCommand {
  return {
    id,
    hidden: true,
    async run(context) {
      const { search: last } = context.root.state.workbench
      if (last === null) {
        if (context.root.state.workbench.finding === null) context.run('conversation.find')
        return
      }
      const { match } = last
      await search(context, last.query, (matches) => {
        const at = matches.findIndex((one) => match !== null && isSame(one, match))
        const next = at + by
        if (next >= 0 && next < matches.length) return next
        if (next >= matches.length && context.root.state.session.earlier) return -1
        return matches.length === 0 ? -1 : (next + matches.length) % matches.length
      })
    },
  }
}

interface Match extends Occurrence {
  /** Entries after it. */
  readonly fromEnd: number
}

function isSame(one: Occurrence, other: Occurrence): boolean {
  return one.entryId === other.entryId && one.line === other.line && one.nth === other.nth
}

// A new search ends the one before.
const running = new WeakMap<WorkbenchContext['root'], object>()

function endSearch({ root }: WorkbenchContext): void {
  running.delete(root)
}

/** Shows the match that is picked, or loads earlier messages until one is. The newest match is the first. */
async function search(
  context: WorkbenchContext,
  query: string,
  pick: (matches: readonly Match[]) => number,
): Promise<void> {
  const { root } = context
  const run = {}
  running.set(root, run)
  const isCurrent = (): boolean => running.get(root) === run
  const text = query.trim().toLowerCase()
  const before = root.state.workbench.search?.match ?? null
  let shown = before
  for (;;) {
    const matches = await matchesIn(root.state, text, isCurrent)
    if (matches === null) return
    const at = pick(matches)
    const match = matches[at]
    if (match !== undefined) shown = match
    const found = matches.findIndex((one) => shown !== null && isSame(one, shown))
    const { entryId = '', line = 0, nth = 0 } = matches[found] ?? {}
    const isRunning = match === undefined && root.state.session.earlier
    root.dispatch({
      type: 'find.progressed',
      search: {
        query,
        match: found < 0 ? null : { entryId, line, nth },
        position: found < 0 ? 0 : matches.length - found,
        count: matches.length,
        isRunning,
      },
    })
    if (match !== undefined) return showMatch(context, match, query)
    if (!isRunning) return
    if (!(await loadsEarlier(context))) return
    if (!isCurrent()) return
  }
}

/** False when the server did not answer. */
async function loadsEarlier(context: WorkbenchContext): Promise<boolean> {
  try {
    await loadEarlierPage(context)
    return true
  } catch (thrown) {
    stopSearch(context)
    flash(context, messageOf(thrown))
    return false
  }
}

/** Comparing is interrupted so often that keys are not delayed. */
const SLICE_MS = 8

/** The newest match first; null when another search has begun. */
async function matchesIn(
  state: RootState,
  text: string,
  isCurrent: () => boolean,
): Promise<readonly Match[] | null> {
  const matches: Match[] = []
  const { settled, current } = state.session
  const count = settled.length + current.length
  let since = performance.now()
  for (let index = count - 1; index >= 0; index--) {
    const entry = entryAt(state.session, index)
    if (entry === undefined) continue
    for (const place of occurrencesIn(entry, text).toReversed())
      matches.push({ entryId: entry.id, ...place, fromEnd: count - 1 - index })
    if (performance.now() - since < SLICE_MS) continue
    await new Promise((resolve) => setImmediate(resolve))
    if (!isCurrent()) return null
    since = performance.now()
  }
  return matches
}

function indexOfEntry({ session }: RootState, id: string): number {
  return [...session.settled, ...session.current].findIndex((entry) => entry.id === id)
}

/** Opens the entry if the line is hidden. */
function showMatch(context: WorkbenchContext, match: Match, query: string): void {
  const { root } = context
  if (root.state.workbench.finding !== null) root.dispatch({ type: 'find.opened', entryId: null })
  showLine(context, match.entryId, match.line, { query, nth: match.nth })
}

/** Goes to the line of an entry, which is opened if the line is hidden. */
export function showLine(
  context: WorkbenchContext,
  id: string,
  line: number,
  sought: Sought = { query: '', nth: 0 },
): void {
  const { root } = context
  const entry = entryAt(root.state.session, indexOfEntry(root.state, id))
  if (entry === undefined) return
  const lines = entryLines(entry)
  let found = findRow(drawnRows(context, id), lines, line, sought)
  if (!found.isVisible && !isExpanded(root.state.workbench, id)) {
    const isTyping = root.state.workbench.finding !== null
    root.dispatch(isTyping ? { type: 'find.opened', entryId: id } : { type: 'entry.toggled', id })
    found = findRow(drawnRows(context, id), lines, line, sought)
  }
  root.dispatch({ type: 'focus.moved', to: 'conversation' })
  showRow(context, id, found.row)
}
