import { rowKey } from '../../lib/session/state/conversation-row.ts'
import { SELECTED_TEXT } from '../messages/entries.ts'
import { visibleCompletion } from '../state/completion.ts'
import { conversationLines, selectedConversation } from '../state/conversations-page.ts'
import { pageOf } from '../state/pages.ts'
import { entryAt } from '../state/selectors.ts'
import { shownApproval } from '../state/shown-approval.ts'
import { type Focus, PANE_IDS, type TextSelection } from '../state/state.ts'
import { listedCallAt } from '../view/panes/approval-list.ts'
import { changeIdAt } from '../view/panes/changes.ts'
import { suggestionAt } from '../view/panes/completion.ts'
import { conversationKeyAt } from '../view/panes/conversations.ts'
import { isExpandable } from '../view/panes/entry.ts'
import { cursorAt } from '../view/panes/entry-cursor.ts'
import { contentColumns, marginsIn, marginsOf } from '../view/panes/gutter.ts'
import { tabAt } from '../view/panes/header.ts'
import { jobIdAt } from '../view/panes/jobs.ts'
import { isMemorySummary } from '../view/panes/memory-summary.ts'
import { pickerItemAt } from '../view/panes/overlay.ts'
import { isSkillsPage } from '../view/panes/skill-items.ts'
import { skillIdAt } from '../view/panes/skills-page.ts'
import { rowText } from '../view/render/row.ts'
import { isDragged, selectedText } from '../view/text-selection.ts'
import type { FrameElement, MouseInput } from '../view/types.ts'
import { copyAndReport } from './copy.ts'
import { openEntry } from './entry-cursor.ts'
import { scrollOverlayBy } from './overlay.ts'
import { clickedItem, drawnConversation, scrollPaneBy } from './scroll.ts'
import { selectSkill } from './skills.ts'
import type { WorkbenchContext } from './workbench-command.ts'

const WHEEL_ROWS = 3

/** The wheel scrolls what is under it, a click focuses and selects, and a drag copies the text of one element. */
export async function handleMouse(context: WorkbenchContext, input: MouseInput): Promise<void> {
  const { root } = context
  const { action, button, part, x, y } = input
  switch (action) {
    case 'wheelUp':
      return turnWheel(context, part, -1)
    case 'wheelDown':
      return turnWheel(context, part, 1)
    case 'press':
      if (button !== 'left') return
      if (closeOverlay(context, part)) return
      if (pressTab(context, part, x) || pressTitle(context, part, y)) return
      if (canFocus(context, part) && pressSummary(context, part, y)) return
      if (canFocus(context, part)) root.dispatch({ type: 'focus.moved', to: part })
      if (part !== null) root.dispatch({ type: 'selection.started', part, at: { x, y } })
      return
    case 'drag':
      if (root.state.workbench.textSelection !== null)
        root.dispatch({ type: 'selection.extended', at: { x, y } })
      return
    case 'release': {
      const { textSelection } = root.state.workbench
      if (textSelection === null) return
      const text = isDragged(textSelection) ? textIn(context, textSelection) : null
      root.dispatch({ type: 'selection.ended' })
      if (text === null) click(context, textSelection)
      else await copySelected(context, text)
    }
  }
}

const ASKING: ReadonlySet<string> = new Set(['question', 'rule', 'unsavedBlock'])

/** A press outside of a dialog closes it, unless a text or an answer would be lost with it. */
function closeOverlay(context: WorkbenchContext, part: string | null): boolean {
  const { overlay } = context.root.state.workbench
  if (overlay === null || part === 'overlay') return false
  const isAsking = ASKING.has(overlay.type)
  const isAskingPage = overlay.type === 'page' && overlay.question !== undefined
  const isWritten = overlay.type === 'prompt' && overlay.editor.text !== ''
  if (!isAsking && !isAskingPage && !isWritten) context.run('overlay.close')
  return true
}

/** A tab of the header opens its page. */
function pressTab(context: WorkbenchContext, part: string | null, x: number): boolean {
  const { root } = context
  if (part !== 'header' || root.state.workbench.overlay !== null) return false
  const element = elementOf(context, part)
  const [line = []] = element?.render(element.rect).rows ?? []
  const page = tabAt(line, root.state.workbench.page, x - (element?.rect.x ?? 0))
  if (page !== null) root.dispatch({ type: 'page.opened', page })
  return page !== null
}

/** The title of a part of the side column that has the focus, or is only a summary, opens its page. */
function pressTitle(context: WorkbenchContext, part: string | null, y: number): boolean {
  const { root } = context
  const { page, focus } = root.state.workbench
  if (!canFocus(context, part) || elementOf(context, part)?.rect.y !== y) return false
  const own = pageOf(part)
  if (own === null || own === 'chat' || page === own || focus !== part) return false
  root.dispatch({ type: 'page.opened', page: own })
  return true
}

function canFocus({ root }: WorkbenchContext, part: string | null): part is Focus {
  return root.state.workbench.overlay === null && isFocusable(part)
}

/** The summary of memory gives way to the blocks when it gets the focus, so what is pressed is selected at once. */
function pressSummary(context: WorkbenchContext, part: Focus, y: number): boolean {
  const { root } = context
  if (part !== 'memory' || !isMemorySummary(root.state)) return false
  const element = elementOf(context, part)
  const line = element?.render(element.rect).rows[y - element.rect.y] ?? []
  const [word = ''] = rowText(line).trim().split(' ')
  root.dispatch({ type: 'focus.moved', to: part })
  const item = root.state.session.memory.find(({ block }) => block.label === word)
  if (item !== undefined) root.dispatch({ type: 'memory.selected', label: item.block.label })
  return true
}

function isFocusable(part: string | null): part is Focus {
  return (
    part !== 'status' &&
    part !== 'header' &&
    part !== 'tasks' &&
    part !== 'tour' &&
    PANE_IDS.some((pane) => pane === part)
  )
}

function turnWheel(context: WorkbenchContext, part: string | null, by: 1 | -1): void {
  if (context.root.state.workbench.overlay !== null) scrollOverlayBy(context, by * WHEEL_ROWS)
  else if (isFocusable(part)) scrollPaneBy(context, part, by * WHEEL_ROWS)
}

function elementOf(context: WorkbenchContext, part: string): FrameElement | undefined {
  return context.frame().elements.findLast(({ id }) => id === part)
}

function textIn(context: WorkbenchContext, selection: TextSelection): string {
  const element = elementOf(context, selection.part)
  if (element === undefined) return ''
  const { rows } = element.render(element.rect)
  const text = selectedText(rows, element.rect, selection)
  return selection.part === 'conversation' ? withoutGutter(text, element.rect.columns) : text
}

/** The lines without the margin, in which the cursor is, and without the bar of an entry. */
function withoutGutter(text: string, columns: number): string {
  const margin = new RegExp(`^[▎ ] {0,${Math.max(0, marginsIn(columns).left - 1)}}`)
  return text
    .split('\n')
    .map((line) => line.replace(margin, '').replace(/^[│▌] ?/, ''))
    .join('\n')
}

async function copySelected(context: WorkbenchContext, text: string): Promise<void> {
  if (text.trim() !== '') await copyAndReport(context, SELECTED_TEXT, text)
}

/** Selects what was clicked. The first row of a call, and the count of its hidden lines, expand and collapse it. */
function click(context: WorkbenchContext, { part, anchor }: TextSelection): void {
  const { root } = context
  if (part === 'overlay') clickPicker(context, anchor.y)
  if (part === 'completion') clickSuggestion(context, anchor.y)
  if (root.state.workbench.overlay !== null || !isFocusable(part)) return
  if (root.state.workbench.page === part) clickList(context, part, anchor)
  if (part === 'approval') clickCall(context, anchor.y)
  if (part === 'skills' && isSkillsPage(root.state)) return
  const at = clickedItem(context, part, anchor.y)
  if (at === null) return
  if (part === 'memory') {
    const isSelected = root.state.workbench.memory.selected === at.id
    if (isSelected) root.dispatch({ type: 'memory.toggled', label: at.id })
    else root.dispatch({ type: 'memory.selected', label: at.id })
  }
  if (part === 'skills') root.dispatch({ type: 'skill.selected', id: at.id })
  if (part === 'conversation') clickEntry(context, at)
}

/** A click in the list of pending calls shows the call; it answers nothing. */
function clickCall({ root, frame }: WorkbenchContext, y: number): void {
  const shown = shownApproval(root.state)
  const rect = frame().elements.findLast(({ id }) => id === 'approval')?.rect
  const { editing } = root.state.workbench.approval
  if (shown === null || rect === undefined || editing?.callId === shown.call.callId) return
  const call = listedCallAt(shown, rect.rows - 1, y - rect.y - 1)
  if (call !== null) root.dispatch({ type: 'approval.selected', callId: call.callId })
}

/** A click in the list of a page selects; on the selected conversation, it opens it. */
function clickList(
  context: WorkbenchContext,
  part: Focus,
  { x, y }: TextSelection['anchor'],
): void {
  const { root } = context
  const rect = elementOf(context, part)?.rect
  if (rect === undefined || y <= rect.y) return
  const size = { columns: contentColumns(part, rect.columns), rows: rect.rows - 1 }
  const at = { x: x - rect.x - marginsOf(part, rect.columns).left, y: y - rect.y - 1 }
  if (part === 'changes') {
    const id = changeIdAt(root.state, size, at)
    if (id !== null) root.dispatch({ type: 'change.selected', id })
  }
  if (part === 'jobs') {
    const id = jobIdAt(root.state, size, at)
    if (id !== null) root.dispatch({ type: 'job.selected', id })
  }
  if (part === 'skills') {
    const id = skillIdAt(root.state, size, at)
    if (id !== null) selectSkill(context, id)
  }
  if (part === 'conversations') {
    const key = conversationKeyAt(root.state, size, at)
    const selected = selectedConversation(root.state, conversationLines(root.state))
    if (key === null) return
    if (selected !== null && key === rowKey(selected)) context.run('conversations.open')
    else root.dispatch({ type: 'conversations.selected', key })
  }
}

/** A click selects an item of a list; on the selected one, it chooses it. */
function clickPicker(context: WorkbenchContext, y: number): void {
  const { root } = context
  const { overlay, viewport } = root.state.workbench
  const element = elementOf(context, 'overlay')
  if (overlay?.type !== 'picker' || element === undefined) return
  const at = pickerItemAt(overlay, viewport, y - element.rect.y)
  if (at === null) return
  if (at === overlay.selected) context.run('picker.choose')
  else root.dispatch({ type: 'overlay.moved', by: at - overlay.selected })
}

function clickSuggestion(context: WorkbenchContext, y: number): void {
  const { root } = context
  const open = visibleCompletion(root.state)
  const element = elementOf(context, 'completion')
  if (open === null || element === undefined) return
  const at = suggestionAt(open, element.rect.rows, y - element.rect.y)
  if (at === null) return
  if (at === open.selected) context.run('completion.accept')
  else root.dispatch({ type: 'completion.moved', by: at - open.selected })
}

function clickEntry(
  context: WorkbenchContext,
  { index, row }: { readonly index: number; readonly row: number },
): void {
  const { root } = context
  const { list, height } = drawnConversation(context)
  const entry = entryAt(root.state.session, index - 1)
  if (entry === undefined || !list.isSelectable(index)) return
  const { conversation } = root.state.workbench.scroll
  root.dispatch({ type: 'entry.selected', ...cursorAt(list, index, conversation, height) })
  const text = rowText(list.rows(index)[row] ?? [])
  if (isExpandable(entry) && (row === 0 || CALL_ROW.test(text) || MORE_LINES.test(text)))
    openEntry(context, entry)
}

/** The row of a call, below the summary of several. */
const CALL_ROW = /^[●✗○◐⊘?◌] /

/** The count of hidden lines, after the bar of the entry. */
const MORE_LINES = /^[│▌] … \d/
