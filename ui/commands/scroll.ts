import type { WorkbenchCommandId } from '../messages/commands.ts'
import { paneOf } from '../state/pages.ts'
import { isTop } from '../state/reduce/panes.ts'
import { shownApproval } from '../state/shown-approval.ts'
import type { Focus, Scroll } from '../state/state.ts'
import { layout } from '../view/layout.ts'
import { approvalParts, firstRow, isUnread, seenLines } from '../view/panes/approval.ts'
import { changesParts, changesSheet, firstChangesRow } from '../view/panes/changes.ts'
import {
  conversationHeight,
  conversationList,
  hasBegun,
  pinnedRows,
} from '../view/panes/conversation.ts'
import { followedId, nextSelectable, type SelectableList } from '../view/panes/entry-cursor.ts'
import { contentColumns } from '../view/panes/gutter.ts'
import { outputList } from '../view/panes/jobs.ts'
import { divideList } from '../view/panes/list-and-detail.ts'
import { memoryList } from '../view/panes/memory.ts'
import { isMemoryPage, textList, textSize } from '../view/panes/memory-page.ts'
import type { PaneOptions } from '../view/panes/pane.ts'
import { isSkillsPage, listedCount } from '../view/panes/skill-items.ts'
import { skillList } from '../view/panes/skills.ts'
import { skillDetail } from '../view/panes/skills-page.ts'
import {
  heldScroll,
  type RowList,
  scrolledBy,
  scrolledTo,
  scrolledWith,
  visibleRows,
} from '../view/panes/virtual-list.ts'
import { isDiffRows } from '../view/render/diff.ts'
import { rowText } from '../view/render/row.ts'
import type { Size } from '../view/types.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

/** Scrolls a pane by rows. */
export function scrollPaneBy(context: WorkbenchContext, pane: Focus, by: number): void {
  const scroll =
    pane === 'approval'
      ? sheetScroll(approvalPlace(context), by)
      : pane === 'changes'
        ? sheetScroll(changesPlace(context), by)
        : listScroll(context, pane, by)
  if (scroll !== null) moveTo(context, pane, scroll)
}

function moveTo(context: WorkbenchContext, pane: Focus, scroll: Scroll): void {
  if (pane === 'conversation' && isCursorLeftBehind(context, scroll)) {
    selectEntry(context, null, scroll)
    return
  }
  if (pane === 'approval') noteApprovalRows(context)
  context.root.dispatch({ type: 'scroll.moved', pane, scroll })
  if (pane === 'approval') noteApprovalRows(context)
  if (pane === 'conversation') loadEarlierAt(context, scroll)
}

/** Back at the end, the cursor follows the newest entry again, unless it is at one that is visible. */
function isCursorLeftBehind(context: WorkbenchContext, scroll: Scroll): boolean {
  const { selectedEntry } = context.root.state.workbench
  if (scroll.type !== 'end' || selectedEntry === null) return false
  const { list, height } = drawnConversation(context)
  return visibleRows(list, scroll, height).items.every(
    ({ index }) => list.id(index) !== selectedEntry,
  )
}

/** At the top of the conversation, earlier messages are loaded. */
export function loadEarlierAt(context: WorkbenchContext, scroll: Scroll): void {
  if (context.root.state.session.earlier && isTop(scroll)) context.run('conversation.earlier')
}

/** Loads the messages before the oldest that is loaded. Rejects when the server does not answer. */
export async function loadEarlierPage({ root, session }: WorkbenchContext): Promise<void> {
  const { settled } = root.state.session
  await session.conversations.loadEarlier()
  // Another command may be loading the page.
  await root.when(({ session: now }) => now.settled !== settled || !now.earlier || undefined)
}

/** Scrolls a pane so that an item is visible. */
export function showItem(context: WorkbenchContext, pane: Focus, item: string): void {
  const size = paneSize(context, pane)
  const list = listOf(context, pane, size)
  if (list === null) return
  const { workbench } = context.root.state
  const scroll = scrolledTo(list, workbench.scroll[pane], size.rows, item)
  context.root.dispatch({ type: 'scroll.moved', pane, scroll })
}

/** The conversation as it is drawn: its entries, and the height of its pane. */
export function drawnConversation(context: WorkbenchContext) {
  const { columns, rows } = paneSize(context, 'conversation')
  return { list: conversationList(context.root.state, columns, paneOptions(context)), height: rows }
}

/** The item of a list at a row of the screen, and the row within it; null when none is there. */
export function clickedItem(
  context: WorkbenchContext,
  pane: Focus,
  y: number,
): { readonly id: string; readonly index: number; readonly row: number } | null {
  const { state } = context.root
  const rect = layout(state).find((placed) => placed.pane === pane)?.rect
  const size = paneSize(context, pane)
  const list = listOf(context, pane, size)
  if (rect === undefined || list === null || state.workbench.page === 'memory') return null
  const { rows, items } = visibleRows(list, state.workbench.scroll[pane], size.rows)
  // The title is above the rows, and a short conversation is at the bottom of its pane.
  const blank = pane === 'conversation' && hasBegun(state.session) ? size.rows - rows.length : 0
  const pinned = pane === 'conversation' ? pinnedRows(state, rect.rows - 1) : 0
  const at = y - rect.y - 1 - blank - pinned
  const item = items.find(({ top, from, to }) => at >= top && at < top + to - from)
  if (item === undefined) return null
  return { id: list.id(item.index), index: item.index, row: item.from + at - item.top }
}

/** The rows of an entry as they are drawn, as plain text. */
export function drawnRows(context: WorkbenchContext, item: string): readonly string[] {
  const list = listOf(context, 'conversation', paneSize(context, 'conversation'))
  const index = list?.indexOf(item) ?? -1
  return list === null || index < 0 ? [] : list.rows(index).map(rowText)
}

/** Selects an entry of the conversation, and scrolls so that a row of it is visible, with its context. */
export function showRow(context: WorkbenchContext, item: string, row: number): void {
  const { list, height } = drawnConversation(context)
  const index = list.indexOf(item)
  if (index < 0) return
  const shown = scrolledWith(list, height, item, Math.floor(height / 3) - row)
  // The cursor follows the newest entry only while its end is shown.
  const scroll = heldScroll(list, shown, height, isNewest(list, index))
  selectEntry(context, scroll.type === 'end' ? followedId(list, index) : item, scroll)
}

function selectEntry(context: WorkbenchContext, id: string | null, scroll: Scroll): void {
  context.root.dispatch({ type: 'entry.selected', id, scroll })
  loadEarlierAt(context, scroll)
}

function isNewest(list: SelectableList, index: number): boolean {
  return nextSelectable(list, index, 1) < 0
}

const FULL_PAGE = 'page'
const START: Scroll = { type: 'item', item: '', row: 0 }
const END: Scroll = { type: 'end' }

export const SCROLL_COMMANDS: readonly WorkbenchCommand[] = [
  scrollFocused('scroll.up', -1),
  scrollFocused('scroll.down', 1),
  scrollFocused('scroll.pageUp', `-${FULL_PAGE}`),
  scrollFocused('scroll.pageDown', FULL_PAGE),
  jump('scroll.start', (focus) => focus, START),
  jump('scroll.end', (focus) => focus, END),
  jump('conversation.start', () => 'conversation', START),
  jump('conversation.end', () => 'conversation', END),
  {
    id: 'conversation.pageUp',
    hidden: true,
    run: (context) => scrollPage(context, -1),
  },
  {
    id: 'conversation.pageDown',
    hidden: true,
    run: (context) => scrollPage(context, 1),
  },
]

/** Scrolls the pane that fills the main area. */
function scrollPage(context: WorkbenchContext, by: 1 | -1): void {
  const pane = paneOf(context.root.state.workbench.page)
  scrollPaneBy(context, pane, by * page(context, pane))
}

function scrollFocused(id: WorkbenchCommandId, by: number | string): WorkbenchCommand {
  return {
    id,
    hidden: true,
    run(context) {
      const { focus } = context.root.state.workbench
      const rows = typeof by === 'number' ? by : page(context, focus) * (by === FULL_PAGE ? 1 : -1)
      if (focus === 'approval' && typeof by === 'number' && leavesCall(context, by)) return
      scrollPaneBy(context, focus, rows)
    },
  }
}

/** Past the end of a change, the keys that scroll go to the next call in the list of those that are pending. */
function leavesCall(context: WorkbenchContext, by: number): boolean {
  const at = approvalPlace(context)
  const shown = shownApproval(context.root.state)
  if (at === null || shown === null || shown.waiting.length < 2) return false
  const { row } = scrolledSheet(at, by)
  const to = shown.at + by
  if (row !== at.top || to < 0 || to >= shown.waiting.length) return false
  context.run(by > 0 ? 'approval.next' : 'approval.previous')
  return true
}

function jump(
  id: WorkbenchCommandId,
  which: (focus: Focus) => Focus,
  scroll: Scroll,
): WorkbenchCommand {
  return {
    id,
    hidden: true,
    run(context) {
      const pane = which(context.root.state.workbench.focus)
      if (pane === 'conversation') selectEntry(context, entryAtEnd(context, scroll), scroll)
      else moveTo(context, pane, scroll)
    },
  }
}

/** The first entry at the start; null, which is the newest one, at the end. */
function entryAtEnd(context: WorkbenchContext, { type }: Scroll): string | null {
  const { list } = drawnConversation(context)
  const first = type === 'end' ? -1 : nextSelectable(list, -1, 1)
  return first < 0 ? null : list.id(first)
}

/** Two rows of the previous page stay visible. */
export function page(context: WorkbenchContext, pane: Focus): number {
  const rows = pane === 'approval' ? approvalPlace(context)?.body : paneSize(context, pane).rows
  return Math.max(1, (rows ?? 1) - 2)
}

/** The size of the part of the pane that scrolls. */
function paneSize(context: WorkbenchContext, pane: Focus): Size {
  const size = placeOf(context, pane)
  const { state } = context.root
  if (pane === 'conversation') return { ...size, rows: conversationHeight(state, size.rows) }
  if (pane === 'jobs') return divideList(size, state.session.jobs.length).detail
  if (pane === 'skills' && isSkillsPage(state)) return divideList(size, listedCount(state)).detail
  return pane === 'memory' && isMemoryPage(state.workbench, size) ? textSize(size) : size
}

/** The size of the pane without its title. */
function placeOf(context: WorkbenchContext, pane: Focus): Size {
  const rect = layout(context.root.state).find((placed) => placed.pane === pane)?.rect
  if (rect === undefined) return { columns: 80, rows: 1 }
  return { columns: contentColumns(pane, rect.columns), rows: Math.max(1, rect.rows - 1) }
}

function paneOptions(context: WorkbenchContext): PaneOptions {
  return {
    ...context.renderOptions(),
    key: () => null,
    ownKeys: () => [],
    message: context.presenter(),
  }
}

function listOf(context: WorkbenchContext, pane: Focus, size: Size): RowList | null {
  const { columns } = size
  const { state } = context.root
  if (pane === 'conversation') return conversationList(state, columns, paneOptions(context))
  if (pane === 'memory') {
    const options = context.renderOptions()
    const isText = isMemoryPage(state.workbench, placeOf(context, pane))
    return isText ? textList(state, columns, options) : memoryList(state, columns, options)
  }
  if (pane === 'jobs') return outputList(state, columns, context.renderOptions().styles)
  if (pane !== 'skills') return null
  const options = context.renderOptions()
  return isSkillsPage(state)
    ? skillDetail(state, columns, options)
    : skillList(state, size, options)
}

/** Panes that stay at the end of what grows. */
const FOLLOWS_END: ReadonlySet<Focus> = new Set(['conversation', 'jobs'])

function listScroll(context: WorkbenchContext, pane: Focus, by: number): Scroll | null {
  const size = paneSize(context, pane)
  const list = listOf(context, pane, size)
  if (list === null) return null
  const { scroll } = context.root.state.workbench
  return scrolledBy(list, scroll[pane], size.rows, by, FOLLOWS_END.has(pane))
}

/** The preview of the call that awaits approval, its first visible row and the rows that are visible. */
export function approvalPlace(context: WorkbenchContext) {
  const { state } = context.root
  const shown = shownApproval(state)
  if (shown === null) return null
  const { sheet, body } = approvalParts(
    shown,
    state,
    paneSize(context, 'approval'),
    paneOptions(context),
  )
  return { sheet, body, top: firstRow(state, sheet, body) }
}

/** Whether rows of the call that awaits approval must be displayed before it is approved. */
export function isApprovalUnread(context: WorkbenchContext): boolean {
  const { state } = context.root
  const [shown, at] = [shownApproval(state), approvalPlace(context)]
  if (shown === null || at === null) return false
  return isUnread(shown, state, paneSize(context, 'approval'), at)
}

/** The rows that are visible now are seen. */
export function noteApprovalRows(context: WorkbenchContext): void {
  const at = approvalPlace(context)
  const shown = shownApproval(context.root.state)
  if (at === null || shown === null) return
  const { callId } = shown.call
  const { columns } = paneSize(context, 'approval')
  const { top, sheet } = at
  const to = top + at.body
  const { seen } = context.root.state.workbench.approval
  const known = seen?.callId === callId ? seen.lines : 0
  const lines = isDiffRows(sheet) ? { lines: seenLines(sheet, known, { top, to }) } : {}
  context.root.dispatch({ type: 'approval.viewed', callId, columns, top, to, ...lines })
}

interface SheetPlace {
  readonly sheet: { readonly count: number }
  readonly body: number
  readonly top: number
}

/** Another position of rows that have no items; null without rows. */
function sheetScroll(at: SheetPlace | null, by: number): Scroll | null {
  return at === null ? null : { type: 'item', item: '', ...scrolledSheet(at, by) }
}

function scrolledSheet({ sheet, body, top }: SheetPlace, by: number): { readonly row: number } {
  return { row: Math.min(Math.max(0, sheet.count - body), Math.max(0, top + by)) }
}

/** The diff of the changes page, its first visible row and the rows that are visible; null while none is shown. */
export function changesPlace(context: WorkbenchContext) {
  const { state } = context.root
  const { detail } = changesParts(paneSize(context, 'changes'))
  const sheet = changesSheet(state, detail.columns, context.renderOptions())
  if (sheet === null) return null
  return { sheet, body: detail.rows, top: firstChangesRow(state, sheet, detail.rows) }
}
