import type { Entry } from '../../../lib/session/state/entry.ts'
import { isOpening, phaseOf } from '../../../lib/session/state/selectors.ts'
import type { SessionState } from '../../../lib/session/state/session-state.ts'
import { DEFAULT_CONVERSATION } from '../../../lib/util/thread.ts'
import { ENTRY_KIND_NAMES } from '../../messages/entries.ts'
import type { TextEditor } from '../../state/editor.ts'
import { isOfKind } from '../../state/entry-kinds.ts'
import { entryLines } from '../../state/entry-lines.ts'
import { entryAt, isExpanded } from '../../state/selectors.ts'
import type { RootState, Search } from '../../state/state.ts'
import type { Styles } from '../../theme/styles.ts'
import { startCard as card, conversationTexts } from '../messages/conversation.ts'
import { paneTitles, phaseLabels } from '../messages/panes.ts'
import { isCodeHeader } from '../render/code-gutter.ts'
import { highlightText } from '../render/highlight-text.ts'
import { EMPTY_ROW, type Row, row, rowText, styled } from '../render/row.ts'
import { cleanLine } from '../render/sanitize.ts'
import { textWidth } from '../render/width.ts'
import { rowWidth, truncate, wrap } from '../render/wrap.ts'
import { hasSideColumn } from '../side-column.ts'
import { groupSummary } from './call-group.ts'
import { entryRows } from './entry.ts'
import { cursorItem, type SelectableList } from './entry-cursor.ts'
import { entryNote } from './entry-note.ts'
import { findRow } from './find-row.ts'
import { seconds, spinner } from './format.ts'
import { textColumns, withGutter } from './gutter.ts'
import type { Pane, PaneOptions } from './pane.ts'
import { pinnedTask } from './tasks.ts'
import { newestTodoList, openTodoList } from './todo-lists.ts'
import { type Visible, type VisibleItem, visibleRows } from './virtual-list.ts'

export const conversation: Pane = {
  id: 'conversation',
  isUntyped: true,
  title: ({ session: { agent, conversation: open } }) =>
    agent === null
      ? paneTitles.conversation
      : cleanLine([agent.name, open.title].filter((part) => part !== null).join(' · ')),
  render(state, size, options) {
    const { scroll, focus, selectedEntry } = state.workbench
    const list = conversationList(state, size.columns, options)
    const height = conversationHeight(state, size.rows)
    const visible = visibleRows(list, scroll.conversation, height)
    const cursor = focus === 'conversation' ? cursorItem(list, visible.items, selectedEntry) : null
    const found = highlighted(visible.rows, visible.items, list, state, options)
    const marked = withGutter(
      withCopyHints(found, cursor, state, size.columns, options),
      cursor,
      options.styles.borderFocused,
      size.columns,
    )
    // A short conversation is at the bottom, above the message being written.
    const blank = Array.from({ length: Math.max(0, height - visible.rows.length) }, () => EMPTY_ROW)
    const isAtBottom = hasBegun(state.session)
    const rows = isAtBottom ? [...blank, ...marked] : marked
    const note = noteOf(state, visible, options)
    const { finding } = state.workbench
    const task = hasPinnedTask(state, size.rows) ? pinnedTask(state, size.columns, options) : null
    const top = task === null ? [] : [task]
    if (finding === null || size.rows <= MIN_FIND_ROWS) return { rows: [...top, ...rows], note }
    const padded = isAtBottom ? rows : [...rows, ...blank]
    const bar = findBar(finding.query, state, size.columns, options)
    const caret = { x: bar.caret, y: top.length + height }
    return { rows: [...top, ...padded, bar.row], note, caret }
  },
}

/** Rows of the entries: the last row of the pane has the text that is being searched for, the first one the current task. */
export function conversationHeight(state: RootState, rows: number): number {
  const bar = state.workbench.finding !== null && rows > MIN_FIND_ROWS ? 1 : 0
  return rows - bar - pinnedRows(state, rows)
}

/** Rows above the entries. */
export function pinnedRows(state: RootState, rows: number): number {
  return hasPinnedTask(state, rows) ? 1 : 0
}

function hasPinnedTask(state: RootState, rows: number): boolean {
  return rows >= MIN_PINNED_ROWS && openTodoList(state.session) !== null && !hasSideColumn(state)
}

const MIN_FIND_ROWS = 2
const MIN_PINNED_ROWS = 6

function findBar(
  { text, cursor }: TextEditor,
  { workbench: { search } }: RootState,
  columns: number,
  { styles }: PaneOptions,
): { readonly row: Row; readonly caret: number } {
  const { noMatch } = conversationTexts
  const isMissing = search !== null && search.match === null && !search.isRunning
  const said = isMissing ? styled(styles.warning, `  ${noMatch}`) : ''
  const shown = row(styled(styles.accent, '/ '), styled(styles.text, cleanLine(text)), said)
  const caret = FIND_SIGN_COLUMNS + textWidth(cleanLine(text.slice(0, cursor)))
  return { row: truncate(shown, columns), caret: Math.min(columns - 1, caret) }
}

const FIND_SIGN_COLUMNS = 2

/** The rows with the text of the last search marked, and the match in another style. */
function highlighted(
  rows: readonly Row[],
  items: readonly VisibleItem[],
  list: SelectableList,
  { session, workbench: { search } }: RootState,
  { styles }: PaneOptions,
): readonly Row[] {
  if (search === null) return rows
  const text = search.query.trim().toLowerCase()
  const { match } = search
  const item =
    match === null ? undefined : items.find(({ index }) => list.id(index) === match.entryId)
  const entry = item === undefined ? undefined : entryAt(session, item.index - 1)
  let at = -1
  let nth = 0
  if (item !== undefined && entry !== undefined && match !== null) {
    const drawn = list.rows(item.index).map(rowText)
    const sought = { query: search.query, nth: match.nth }
    const found = findRow(drawn, entryLines(entry), match.line, sought)
    at = found.row - item.from + item.top
    nth = found.nth
  }
  return rows.map((line, index) =>
    highlightText(
      line,
      text,
      styles.selection,
      index === at ? { nth, style: styles.badge } : undefined,
    ),
  )
}

/** The code blocks of the entry at the cursor name the key that copies them. */
function withCopyHints(
  rows: readonly Row[],
  cursor: VisibleItem | null,
  { session }: RootState,
  paneColumns: number,
  { styles, key }: PaneOptions,
): readonly Row[] {
  if (cursor === null) return rows
  const entry = entryAt(session, cursor.index - 1)
  const stroke = key('entry.copy')
  const isText = entry?.type === 'assistant' || entry?.type === 'user'
  if (stroke === null || !isText) return rows
  const hint = styled(styles.muted, conversationTexts.copies(stroke))
  const { top, from, to } = cursor
  return rows.map((line, at) => {
    if (at < top || at >= top + to - from || !isCodeHeader(line)) return line
    const gap = textColumns(paneColumns) - rowWidth(line) - rowWidth(hint) - 2
    return gap < 1 ? line : row(line, ' ', styled(styles.codeBorder, '─'.repeat(gap)), ' ', hint)
  })
}

/** At the right end of the title: the match, what is filtered out, and what is below the visible rows. */
function noteOf(state: RootState, visible: Visible, options: PaneOptions): string {
  const { search, filter } = state.workbench
  const parts = [
    filter === null
      ? ''
      : conversationTexts.only(ENTRY_KIND_NAMES[filter], options.key('app.back')),
    search === null ? '' : searchNote(search, state.session.earlier, options),
    visible.atEnd ? '' : belowNote(state, visible.itemsBelow, options),
  ]
  return parts.filter((part) => part !== '').join(' · ')
}

function searchNote(search: Search, earlier: boolean, { key }: PaneOptions): string {
  if (search.isRunning) return conversationTexts.searching(key('find.cancel') ?? key('app.back'))
  const { position, count } = search
  return count === 0
    ? conversationTexts.noMatch
    : conversationTexts.match(position, count, !earlier)
}

/** A note about the entries below the visible rows: the number of new ones, else of all. */
function belowNote(
  { session, workbench }: RootState,
  itemsBelow: number,
  { key }: PaneOptions,
): string {
  // The activity line is an item of the list, but not an entry.
  const below = itemsBelow - 1
  const fresh = Math.min(
    below,
    session.settled.length + session.current.length - workbench.seenEntries,
  )
  const { newBelow, below: entriesBelow, moreBelow } = conversationTexts
  const note = fresh > 0 ? newBelow(fresh) : below > 0 ? entriesBelow(below) : moreBelow
  const stroke = key('conversation.end')
  return stroke === null ? note : `${note} ${stroke}`
}

/** True when the conversation contains more than notices. */
export function hasBegun({ settled, current }: SessionState): boolean {
  const isMessage = ({ type }: Entry): boolean => type !== 'notice'
  return settled.some(isMessage) || current.some(isMessage)
}

/** The conversation as a list: the earlier context, the entries, and the current activity. */
export function conversationList(
  state: RootState,
  paneColumns: number,
  options: PaneOptions,
): SelectableList {
  const columns = textColumns(paneColumns)
  const { session, workbench } = state
  const { settled, current } = session
  const renderOptions = {
    styles: options.styles,
    formatter: options.formatter,
    message: options.message,
  }
  const newestList = newestTodoList(session)?.id ?? null
  const isListPinned = hasSideColumn(state) && openTodoList(session) !== null
  const head = headRows(state, columns, options)
  const activity = activityRows(state, columns, options)
  const count = settled.length + current.length
  const isLive = (index: number): boolean => session.turn.type === 'running' && index === count
  const { filter } = workbench
  const isHidden = (index: number): boolean => {
    if (index === 0 || index > count) return false
    const entry = entryAt(session, index - 1)
    if (filter !== null && entry !== undefined && !isOfKind(entry, filter)) return true
    return !workbench.streaming && isLive(index) && isWritten(entry)
  }
  const known = new Map<number, readonly Row[]>()
  const rowsAt = (index: number): readonly Row[] => {
    if (index === 0) return head
    const entry = entryAt(session, index - 1)
    if (entry === undefined) return activity
    if (isHidden(index)) return NOTHING
    const rows = entryRows(entry, {
      ...renderOptions,
      columns,
      expanded: isExpanded(workbench, entry.id),
      live: isLive(index),
      joined: isJoined(entry, entryAt(session, index)) && entry.id !== session.resumedAfter,
      group: filter === null ? groupSummary((at) => entryAt(session, at), index - 1) : '',
      superseded: newestList !== null && (newestList !== entry.id || isListPinned),
      note: entryNote(entry, session),
    })
    return entry.id === session.resumedAfter
      ? [...rows, ...resumedRows(session, columns, options.styles)]
      : rows
  }
  return {
    length: count + 2,
    isSelectable: (index) => index > 0 && index <= count && !isHidden(index),
    isNotice: (index) => isReport(entryAt(session, index - 1)),
    id: (index) => (index === 0 ? HEAD : (entryAt(session, index - 1)?.id ?? ACTIVITY)),
    rows(index) {
      const before = known.get(index)
      if (before !== undefined) return before
      const rows = rowsAt(index)
      known.set(index, rows)
      return rows
    },
    indexOf(id) {
      if (id === HEAD) return 0
      if (id === ACTIVITY) return count + 1
      const running = current.findIndex((entry) => entry.id === id)
      if (running >= 0) return settled.length + running + 1
      const index = indexOfSettled(settled, id)
      return index < 0 ? -1 : index + 1
    },
  }
}

const NOTHING: readonly Row[] = []

/** Calls that follow each other are a group without blank rows. A notice belongs to the answer, call or notice that it follows. */
function isJoined({ type }: Entry, next: Entry | undefined): boolean {
  if (next?.type === 'notice') return type !== 'user'
  return type === 'tool' && next?.type === 'tool'
}

/** The entry that is being streamed. */
function isWritten(entry: Entry | undefined): boolean {
  return entry?.type === 'assistant' || entry?.type === 'reasoning'
}

const HEAD = 'head'
const ACTIVITY = 'activity'

const indexes = new WeakMap<readonly Entry[], ReadonlyMap<string, number>>()

function indexOfSettled(settled: readonly Entry[], id: string): number {
  let known = indexes.get(settled)
  if (known === undefined) {
    known = new Map(settled.map((entry, index) => [entry.id, index]))
    indexes.set(settled, known)
  }
  return known.get(id) ?? -1
}

/** The entry that the keys apply to: the selected one, otherwise the newest one that is no notice. */
export function selectedEntry({ session, workbench }: RootState): Entry | undefined {
  const { settled, current } = session
  const id = workbench.selectedEntry
  if (id === null) {
    const isOther = (entry: Entry): boolean => !isReport(entry)
    return current.findLast(isOther) ?? settled.findLast(isOther) ?? settled.at(-1)
  }
  return current.find((entry) => entry.id === id) ?? settled[indexOfSettled(settled, id)]
}

/** An error is what the keys are wanted for. */
function isReport(entry: Entry | undefined): boolean {
  return entry?.type === 'notice' && entry.level !== 'error'
}

function headRows(state: RootState, columns: number, options: PaneOptions): readonly Row[] {
  const { session } = state
  const { styles } = options
  if (session.earlier) {
    const text = conversationTexts.olderMessages(options.key('conversation.earlier'))
    return [...wrap(styled(styles.muted, text), columns), EMPTY_ROW]
  }
  if (hasBegun(session)) return []
  return startCard(state, columns, options)
}

/** The minimum height of a screen that has room for more than the facts. */
const ROOMY_ROWS = 20
/** The width of the names and keys of the card, including a blank after them. */
const NAME_COLUMNS = 11

function startCard(
  { session, workbench }: RootState,
  columns: number,
  options: PaneOptions,
): readonly Row[] {
  const { styles, key } = options
  const { agent, server } = session
  const isRoomy = workbench.viewport.rows >= ROOMY_ROWS
  const where = server === null ? card.opening : card.servers[server.type]
  const field = (name: string, value: string): readonly Row[] =>
    value === ''
      ? []
      : wrap(styled(styles.text, cleanLine(value)), columns, {
          indent: styled(styles.muted, name.padEnd(NAME_COLUMNS)),
        })
  const hint = (command: string, does: string): readonly Row[] => {
    const stroke = key(command)
    const line = row(
      styled(styles.accent, (stroke ?? '').padEnd(NAME_COLUMNS)),
      styled(styles.muted, does),
    )
    return stroke === null ? [] : [truncate(line, columns)]
  }
  return [
    truncate(styled(styles.title, conversationTexts.name), columns),
    ...(isRoomy ? [...wrap(styled(styles.muted, tagline(session)), columns), EMPTY_ROW] : []),
    ...field(card.directory, session.directory),
    ...field(card.server, where),
    ...field(card.agent, agentText(session)),
    ...field(card.model, agent?.model ?? ''),
    ...field(card.memory, memoryText(session)),
    EMPTY_ROW,
    ...(session.start === 'noModel' ? [...connectRows(columns, options), EMPTY_ROW] : []),
    ...hint('composer.send', card.send),
    ...hint('palette.open', card.commands),
    ...hint('focus.next', card.nextPane),
    ...hint('help.open', card.help),
    EMPTY_ROW,
  ]
}

/** How a model is connected, while there is none. */
function connectRows(columns: number, { styles, key, message }: PaneOptions): readonly Row[] {
  const stroke = key('account.chooseByKey')
  const text = message(stroke === null ? card.connectByCommand : card.connectByKey(stroke))
  return wrap(styled(styles.accent, text), columns)
}

function tagline({ agent }: SessionState): string {
  return agent?.model.startsWith(DEMO_PREFIX) ? conversationTexts.demo : conversationTexts.tagline
}

/** The provider of the scripted model, in its handle. */
const DEMO_PREFIX = 'demo/'

function agentText({ agent, start, conversation: open }: SessionState): string {
  if (agent === null && start === 'noModel') return card.noModel
  if (agent === null) return isOpening({ agent, start }) ? card.opening : card.noAgent
  if (start === null || typeof start === 'string') return agent.name
  if (open.id !== DEFAULT_CONVERSATION) return card.newConversation(agent.name)
  return start.agent === 'created' ? card.created(agent.name) : card.resumed(agent.name)
}

/** The separator between the resumed and the new part of the conversation. */
function resumedRows(session: SessionState, columns: number, styles: Styles): readonly Row[] {
  const memory = resumedMemory(session)
  if (memory === '') return NOTHING
  const text = cleanLine(conversationTexts.resumed(memory))
  const indent = styled(styles.muted, '── ')
  return [...wrap(styled(styles.muted, text), columns, { indent, hang: '   ' }), EMPTY_ROW]
}

/** The memory blocks with which the conversation continues. Those of an agent that this session created are not new to it. */
function resumedMemory({ agent, start }: SessionState): string {
  if (agent === null || start === null || typeof start === 'string') return ''
  return start.memory
    .map(({ label, origin }) =>
      origin === 'recreated' ? `${label} (${card.blocks[origin]})` : label,
    )
    .join(', ')
}

/** The memory blocks that were created, and those that existed before. */
function memoryText({ agent, start }: SessionState): string {
  if (agent === null || start === null || typeof start === 'string') return ''
  const named = (origin: keyof typeof card.blocks): string =>
    start.memory.flatMap((one) => (one.origin === origin ? [one.label] : [])).join(', ')
  const isAsItWas = start.memory.every(({ origin }) => origin === 'reused')
  if (start.agent === 'opened' && isAsItWas) return named('reused')
  const groups = (['created', 'reused', 'recreated'] as const).filter(
    (origin) => named(origin) !== '',
  )
  return groups.map((origin) => `${card.blocks[origin]}: ${named(origin)}`).join(' · ')
}

// A call that awaits approval shows that in its entry.
const ACTIVE_PHASES: ReadonlySet<string> = new Set(['thinking', 'answering', 'tool', 'cancelling'])

function activityRows(state: RootState, columns: number, options: PaneOptions): readonly Row[] {
  const { session, workbench } = state
  const { styles } = options
  const waits = waitRows(state, columns, options)
  if (waits.length > 0) return waits
  if (session.turn.type === 'idle') return retryRows(state, columns, options)
  const phase = phaseOf(session)
  const since = Math.max(0, workbench.now - session.turn.since)
  if (!ACTIVE_PHASES.has(phase)) return []
  return activity(`${spinner(since)} ${phaseLabels[phase]}`, seconds(since), columns, styles)
}

interface Activity {
  readonly text: string
  readonly rows: readonly Row[]
}

const activities = new WeakMap<Styles, Activity>()

/** It changes ten times a second, and is drawn three times as often. */
function activity(label: string, time: string, columns: number, styles: Styles): readonly Row[] {
  const text = `${columns} ${label} ${time}`
  const before = activities.get(styles)
  if (before?.text === text) return before.rows
  const line = row(styled(styles.accent, label), ' ', styled(styles.muted, time))
  const rows = [truncate(line, columns)]
  activities.set(styles, { text, rows })
  return rows
}

/** Why a request is repeated later, how long that takes, and how to end the wait. */
function waitRows(
  { session, workbench }: RootState,
  columns: number,
  { styles, key }: PaneOptions,
): readonly Row[] {
  const [next] = session.retryWaits.toSorted((a, b) => a.until - b.until)
  const left = Math.ceil(((next?.until ?? 0) - workbench.now) / 1000)
  if (next === undefined || left <= 0) return []
  const hints: readonly (readonly [string, string])[] = [
    [key('conversation.retry') ?? conversationTexts.retryCommand, conversationTexts.retryNow],
    [key('app.back') ?? '', conversationTexts.giveUp],
  ]
  const text = conversationTexts.retryingIn(seconds(left * 1000), cleanLine(next.reason))
  const parts = hints.flatMap(([name, does]) =>
    name === '' ? [] : [row('  '), styled(styles.accent, name), styled(styles.muted, ` ${does}`)],
  )
  const reason = styled(styles.warning, text)
  const line = row(styled(styles.accent, '↻ '), reason, ...parts)
  if (rowWidth(line) <= columns) return [line]
  // A long reason is shown completely, and the keys below it.
  const indent = styled(styles.accent, '↻ ')
  return [...wrap(reason, columns, { indent, hang: '  ' }), truncate(row(...parts), columns)]
}

/** How to send a message again whose turn has failed, and how long the server asks to wait. */
function retryRows(
  { session, workbench }: RootState,
  columns: number,
  { styles, key }: PaneOptions,
): readonly Row[] {
  const { failedTurn } = session
  if (failedTurn === null) return []
  const wait = Math.ceil(((failedTurn.retryAt ?? 0) - workbench.now) / 1000)
  const left = wait > 0 ? conversationTexts.retryIn(seconds(wait * 1000)) : ''
  const hint = row(
    styled(styles.accent, `↻ ${key('conversation.retry') ?? conversationTexts.retryCommand}`),
    styled(styles.muted, ` ${conversationTexts.retry}${left}`),
  )
  return [truncate(hint, columns)]
}
