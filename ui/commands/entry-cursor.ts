import type { Choice } from '../../lib/commands/command.ts'
import type { Entry } from '../../lib/session/state/entry.ts'
import type { WorkbenchCommandId } from '../messages/commands.ts'
import { ENTRY_KIND_NAMES, NO_SUCH_ENTRY, NOTHING_TO_EXPAND } from '../messages/entries.ts'
import { PICKER_TITLES } from '../messages/program.ts'
import { ENTRY_KINDS, type EntryKind, isOfKind } from '../state/entry-kinds.ts'
import type { WorkbenchEvent } from '../state/events.ts'
import { entryAt } from '../state/selectors.ts'
import type { RootState } from '../state/state.ts'
import { isExpandable } from '../view/panes/entry.ts'
import {
  cursorAt,
  cursorItem,
  cursorOn,
  nextSelectable,
  type SelectableList,
  stepCursor,
} from '../view/panes/entry-cursor.ts'
import { scrolledWith, visibleRows } from '../view/panes/virtual-list.ts'
import { openPicker } from './open-overlay.ts'
import { drawnConversation, loadEarlierAt, loadEarlierPage } from './scroll.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

/** The keys of an entry of the conversation, and those that move to another one. */
export const ENTRY_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'entry.toggle',
    hidden: true,
    run(context) {
      const entry = entryAtCursor(context)
      if (entry !== null && isExpandable(entry)) return openEntry(context, entry)
      flash(context, NOTHING_TO_EXPAND)
    },
  },
  setCollapsed('entries.collapse', true),
  setCollapsed('entries.expand', false),
  {
    id: 'entries.filter',
    argument: { name: 'kind', required: false },
    choices: async ({ root }) => filterChoices(root.state),
    run(context, kind) {
      const wanted = ENTRY_KINDS.find((one) => one === kind.trim())
      if (kind.trim() !== '') filterEntries(context, wanted ?? null)
      else {
        const items = filterChoices(context.root.state).map(({ id, title, detail, current }) => {
          const filter = ENTRY_KINDS.find((one) => one === id) ?? null
          return { title, detail, current, action: { type: 'entries.filter', filter } as const }
        })
        openPicker(context, PICKER_TITLES.filter, items)
      }
    },
  },
  step('entry.next', 1),
  step('entry.previous', -1),
  jump('entry.nextMessage', 1, 'message'),
  jump('entry.previousMessage', -1, 'message'),
  jump('entry.nextEdit', 1, 'edit'),
  jump('entry.previousEdit', -1, 'edit'),
  jump('entry.nextError', 1, 'error'),
  jump('entry.previousError', -1, 'error'),
]

/** The entry that the cursor is on; null when no entry is visible. */
export function entryAtCursor(context: WorkbenchContext): Entry | null {
  const at = itemAtCursor(context)
  return at === null ? null : (entryAt(context.root.state.session, at.index - 1) ?? null)
}

export function itemAtCursor(context: WorkbenchContext) {
  const { list, height } = drawnConversation(context)
  const { scroll, selectedEntry } = context.root.state.workbench
  return cursorItem(list, visibleRows(list, scroll.conversation, height).items, selectedEntry)
}

function step(id: WorkbenchCommandId, by: 1 | -1): WorkbenchCommand {
  return {
    id,
    hidden: true,
    run(context) {
      const { list, height } = drawnConversation(context)
      const { scroll, selectedEntry } = context.root.state.workbench
      const to = stepCursor(list, { id: selectedEntry, scroll: scroll.conversation }, height, by)
      context.root.dispatch({ type: 'entry.selected', ...to })
      loadEarlierAt(context, to.scroll)
    },
  }
}

type Goal = keyof typeof NO_SUCH_ENTRY

function jump(id: WorkbenchCommandId, by: 1 | -1, goal: Goal): WorkbenchCommand {
  return {
    id,
    hidden: true,
    async run(context) {
      const { root } = context
      const { focus, selectedEntry } = root.state.workbench
      while (!jumpsWithin(context, by, goal)) {
        if (by > 0 || !root.state.session.earlier) return flash(context, NO_SUCH_ENTRY[goal])
        await loadEarlierPage(context)
        // The user has moved on meanwhile.
        const now = root.state.workbench
        if (now.focus !== focus || now.selectedEntry !== selectedEntry) return
      }
    },
  }
}

/** Goes to the next entry of a kind among those that are loaded; false when there is none. */
function jumpsWithin(context: WorkbenchContext, by: 1 | -1, goal: Goal): boolean {
  const { list, height } = drawnConversation(context)
  const { session, workbench } = context.root.state
  const from = itemAtCursor(context)?.index ?? list.length
  const isGoal = (index: number): boolean => {
    const entry = entryAt(session, index - 1)
    return entry !== undefined && isOfKind(entry, goal)
  }
  const index = nextSelectable(list, from, by, isGoal)
  if (index < 0) return false
  const to = cursorOn(list, workbench.scroll.conversation, height, index, 1)
  context.root.dispatch({ type: 'entry.selected', ...to })
  return true
}

/** Runs the command of a notice, expands or collapses another entry. */
export function openEntry(context: WorkbenchContext, entry: Entry): void {
  if (entry.type !== 'notice') toggleEntry(context, entry.id)
  else if (entry.command !== undefined) context.run(entry.command)
}

/** Expands or collapses an entry. Its first row stays where it is, unless it was above the visible rows or too little of it is visible. */
export function toggleEntry(context: WorkbenchContext, id: string): void {
  const { root } = context
  const { list, height } = drawnConversation(context)
  const { scroll } = root.state.workbench
  const index = list.indexOf(id)
  const { items } = visibleRows(list, scroll.conversation, height)
  const item = items.find((one) => one.index === index)
  root.dispatch({ type: 'entry.toggled', id })
  const after = drawnConversation(context)
  const highest = Math.max(0, height - after.list.rows(index).length)
  // One that was above the visible rows comes into view.
  const top = item === undefined || item.from > 0 ? 0 : Math.min(item.top, highest)
  const to = scrolledWith(after.list, height, id, top)
  root.dispatch({ type: 'entry.selected', ...cursorAt(after.list, index, to, height) })
}

/** Collapses or expands all entries. The one at the cursor stays where it is. */
function setCollapsed(id: WorkbenchCommandId, collapsed: boolean): WorkbenchCommand {
  return {
    id,
    run: (context) => keepInPlace(context, { type: 'entries.collapsed', collapsed }),
  }
}

/** Shows the entries of one kind only. */
export function filterEntries(context: WorkbenchContext, filter: EntryKind | null): void {
  context.root.dispatch({ type: 'focus.moved', to: 'conversation' })
  keepInPlace(context, { type: 'entries.filtered', filter })
}

function keepInPlace(
  context: WorkbenchContext,
  event: Extract<WorkbenchEvent, { type: `entries.${string}` }>,
): void {
  const { root } = context
  const at = itemAtCursor(context)
  const id = at === null ? '' : drawnConversation(context).list.id(at.index)
  root.dispatch(event)
  const { list, height } = drawnConversation(context)
  const index = at === null ? -1 : nearestSelectable(list, list.indexOf(id))
  if (at === null || index < 0) return
  const to = scrolledWith(list, height, list.id(index), at.from > 0 ? 0 : at.top)
  root.dispatch({ type: 'entry.selected', ...cursorAt(list, index, to, height) })
}

function nearestSelectable(list: SelectableList, index: number): number {
  if (list.isSelectable(index)) return index
  const above = nextSelectable(list, index, -1)
  return above >= 0 ? above : nextSelectable(list, index, 1)
}

/** The kinds of entries with their numbers, after all of them. */
function filterChoices({ session, workbench }: RootState): readonly Choice[] {
  const entries = [...session.settled, ...session.current]
  const choice = (kind: EntryKind | 'all'): Choice => {
    const count =
      kind === 'all' ? entries.length : entries.filter((one) => isOfKind(one, kind)).length
    const current = workbench.filter === (kind === 'all' ? null : kind)
    return { id: kind, title: ENTRY_KIND_NAMES[kind], detail: String(count), current }
  }
  return [choice('all'), ...ENTRY_KINDS.map(choice)]
}
