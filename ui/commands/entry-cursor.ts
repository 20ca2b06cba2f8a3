import { MEMORY_TOOL, toolFamily } from '../../lib/permissions/rules/rule.ts'
import type { Entry } from '../../lib/session/state.ts'
import type { WorkbenchCommandId } from '../messages/commands.ts'
import { NO_SUCH_ENTRY, NOTHING_TO_EXPAND } from '../messages/notices.ts'
import { entryAt } from '../state/selectors.ts'
import { isLongMessage } from '../view/panes/entry.ts'
import {
  cursorAt,
  cursorItem,
  cursorOn,
  nextSelectable,
  stepCursor,
} from '../view/panes/entry-cursor.ts'
import { scrolledWith, visibleRows } from '../view/panes/virtual-list.ts'
import { drawnConversation, loadEarlierAt } from './scroll.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

/** The keys of an entry of the conversation, and those that move to another one. */
export const ENTRY_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'entry.toggle',
    hidden: true,
    run(context) {
      const entry = entryAtCursor(context)
      if (entry !== null && isFoldable(entry)) return openEntry(context, entry)
      flash(context, NOTHING_TO_EXPAND)
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

function itemAtCursor(context: WorkbenchContext) {
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

const IS_GOAL: Readonly<Record<Goal, (entry: Entry) => boolean>> = {
  message: ({ type }) => type === 'user',
  edit: (entry) => finished(entry)?.status === 'success' && hasDiff(entry) && !isMemoryCall(entry),
  error: (entry) =>
    finished(entry)?.status === 'error' || (entry.type === 'notice' && entry.level === 'error'),
}

function finished(entry: Entry) {
  return entry.type === 'tool' && entry.call.phase.type === 'finished' ? entry.call.phase : null
}

function hasDiff(entry: Entry): boolean {
  return finished(entry)?.preview?.type === 'diff'
}

function isMemoryCall(entry: Entry): boolean {
  return entry.type === 'tool' && toolFamily(entry.call.tool) === MEMORY_TOOL
}

function jump(id: WorkbenchCommandId, by: 1 | -1, goal: Goal): WorkbenchCommand {
  return {
    id,
    hidden: true,
    run(context) {
      const { list, height } = drawnConversation(context)
      const { session, workbench } = context.root.state
      const from = itemAtCursor(context)?.index ?? list.length
      const isGoal = (index: number): boolean => {
        const entry = entryAt(session, index - 1)
        return entry !== undefined && IS_GOAL[goal](entry)
      }
      const index = nextSelectable(list, from, by, isGoal)
      if (index < 0) flash(context, NO_SUCH_ENTRY[goal])
      else {
        const to = cursorOn(list, workbench.scroll.conversation, height, index, 1)
        context.root.dispatch({ type: 'entry.selected', ...to })
      }
    },
  }
}

/** Runs the command of a notice, expands or collapses another entry. */
export function openEntry(context: WorkbenchContext, entry: Entry): void {
  if (entry.type !== 'notice') toggleEntry(context, entry.id)
  else if (entry.command !== undefined) context.run(entry.command)
}

export function isFoldable(entry: Entry): boolean {
  if (entry.type === 'user') return isLongMessage(entry.text)
  if (entry.type === 'notice') return entry.command !== undefined
  return entry.type === 'tool' || entry.type === 'reasoning' || entry.type === 'shellLine'
}

/** Expands or collapses an entry. Its first row stays where it is, unless it was above the visible rows. */
export function toggleEntry(context: WorkbenchContext, id: string): void {
  const { root } = context
  const { list, height } = drawnConversation(context)
  const { scroll } = root.state.workbench
  const index = list.indexOf(id)
  const { items } = visibleRows(list, scroll.conversation, height)
  const item = items.find((one) => one.index === index)
  root.dispatch({ type: 'entry.toggled', id })
  if (item === undefined) return
  const top = item.from > 0 ? 0 : item.top
  const after = drawnConversation(context)
  const to = scrolledWith(after.list, height, id, top)
  root.dispatch({ type: 'entry.selected', ...cursorAt(after.list, index, to, height) })
}
