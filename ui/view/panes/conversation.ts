import { type Entry, phaseOf, type SessionState } from '../../../lib/session/state.ts'
import type { RootState } from '../../state/state.ts'
import type { Styles } from '../../theme/styles.ts'
import { EMPTY_ROW, type Row, row, styled } from '../render/row.ts'
import { cleanLine } from '../render/sanitize.ts'
import { truncate, wrap } from '../render/wrap.ts'
import { entryRows } from './entry.ts'
import { seconds, spinner } from './format.ts'
import type { Pane, PaneOptions } from './pane.ts'
import { type RowList, visibleRows } from './virtual-list.ts'

export const conversation: Pane = {
  id: 'conversation',
  title: ({ session }) => (session.agent === null ? 'Conversation' : cleanLine(session.agent.name)),
  render(state, size, options) {
    const { scroll } = state.workbench
    const list = conversationList(state, size.columns, options)
    const visible = visibleRows(list, scroll.conversation, size.rows)
    // A short conversation stands at the bottom, above the message being written.
    const blank = Array.from(
      { length: Math.max(0, size.rows - visible.rows.length) },
      () => EMPTY_ROW,
    )
    const rows = hasBegun(state.session) ? [...blank, ...visible.rows] : visible.rows
    return { rows, note: visible.atEnd ? '' : belowNote(state, visible.itemsBelow, options) }
  },
}

/** What is out of sight below: new entries, else how many begin there. */
function belowNote(
  { session, workbench }: RootState,
  itemsBelow: number,
  { key }: PaneOptions,
): string {
  // The activity line is an item too, and no entry.
  const below = itemsBelow - 1
  const fresh = Math.min(
    below,
    session.settled.length + session.current.length - workbench.seenEntries,
  )
  const words = fresh > 0 ? `${fresh} new ↓` : below > 0 ? `${below} below ↓` : 'more ↓'
  const stroke = key('conversation.end')
  return stroke === null ? words : `${words} ${stroke}`
}

/** True when there is more than notices. */
function hasBegun({ settled, current }: SessionState): boolean {
  const isSaid = ({ type }: Entry): boolean => type !== 'notice'
  return settled.some(isSaid) || current.some(isSaid)
}

/** The conversation as a list: what came before, the entries, and what goes on now. */
export function conversationList(state: RootState, columns: number, options: PaneOptions): RowList {
  const { session, workbench } = state
  const { settled, current } = session
  const renderOptions = {
    styles: options.styles,
    formatter: options.formatter,
    message: options.message,
  }
  const head = headRows(state, columns, options)
  const activity = activityRows(state, columns, options.styles)
  const count = settled.length + current.length
  const entryAt = (index: number): Entry | undefined =>
    index < settled.length ? settled[index] : current[index - settled.length]
  return {
    length: count + 2,
    id: (index) => (index === 0 ? HEAD : (entryAt(index - 1)?.id ?? ACTIVITY)),
    rows(index) {
      if (index === 0) return head
      const entry = entryAt(index - 1)
      if (entry === undefined) return activity
      const expanded = workbench.expanded.includes(entry.id)
      const live = session.turn.type === 'running' && index === count
      if (live && !workbench.streaming && isWritten(entry)) return NOTHING
      const rows = entryRows(entry, { ...renderOptions, columns, expanded, live })
      return entry.id === session.resumedAfter
        ? [...rows, ...resumedRows(session, columns, options.styles)]
        : rows
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

/** What comes word by word. */
function isWritten({ type }: Entry): boolean {
  return type === 'assistant' || type === 'reasoning'
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

function headRows(state: RootState, columns: number, options: PaneOptions): readonly Row[] {
  const { session } = state
  const { styles } = options
  if (session.earlier) {
    const stroke = options.key('conversation.earlier')
    const how = stroke === null ? '' : `: ${stroke} shows them`
    return [
      ...wrap(styled(styles.muted, `Older messages are on the server${how}`), columns),
      EMPTY_ROW,
    ]
  }
  if (hasBegun(session)) return []
  return startCard(state, columns, options)
}

const SERVERS = {
  embedded: 'embedded server, on this machine',
  cloud: 'Letta Cloud',
  selfHosted: 'your Letta server',
} as const

/** Rows of a screen that has room for more than facts. */
const ROOMY = 20

function startCard(
  { session, workbench }: RootState,
  columns: number,
  { styles, key }: PaneOptions,
): readonly Row[] {
  const { agent, server } = session
  const tagline = 'An agent that remembers, and a project it may work on.'
  const isRoomy = workbench.viewport.rows >= ROOMY
  const where = server === null ? 'opening …' : SERVERS[server.type]
  const field = (name: string, value: string): readonly Row[] =>
    value === ''
      ? []
      : wrap(styled(styles.text, cleanLine(value)), columns, {
          indent: styled(styles.muted, name.padEnd(9)),
        })
  const hint = (command: string, does: string): readonly Row[] => {
    const stroke = key(command)
    const line = row(styled(styles.accent, (stroke ?? '').padEnd(9)), styled(styles.muted, does))
    return stroke === null ? [] : [truncate(line, columns)]
  }
  return [
    truncate(styled(styles.title, 'Letta Workbench'), columns),
    ...(isRoomy ? [...wrap(styled(styles.muted, tagline), columns), EMPTY_ROW] : []),
    ...field('folder', session.directory),
    ...field('server', where),
    ...field('agent', agentWords(session)),
    ...field('model', agent?.model ?? ''),
    ...field('memory', memoryWords(session)),
    EMPTY_ROW,
    ...hint('composer.send', 'send the message below'),
    ...hint('palette.open', 'all commands'),
    ...hint('focus.next', 'next pane'),
    ...hint('help.open', 'keys and commands'),
    EMPTY_ROW,
  ]
}

function agentWords({ agent, start }: SessionState): string {
  if (agent === null)
    return start === 'failed' ? 'none: /agents opens one, /new makes one' : 'opening …'
  if (start === null || start === 'failed') return agent.name
  return `${agent.name}, ${start.agent === 'created' ? 'made now' : 'opened again'}`
}

/** Between what was said before and what is said now. */
function resumedRows(session: SessionState, columns: number, styles: Styles): readonly Row[] {
  const memory = memoryWords(session)
  if (memory === '') return NOTHING
  const text = cleanLine(`opened again with its memory: ${memory}`)
  const indent = styled(styles.muted, '── ')
  return [...wrap(styled(styles.muted, text), columns, { indent, hang: '   ' }), EMPTY_ROW]
}

const ORIGINS = { created: 'new', reused: 'shared', recreated: 'recreated' } as const

/** What was made, and what was there before. */
function memoryWords({ agent, start }: SessionState): string {
  if (agent === null || start === null || start === 'failed') return ''
  const named = (origin: keyof typeof ORIGINS): string =>
    start.memory.flatMap((one) => (one.origin === origin ? [one.label] : [])).join(', ')
  const isAsItWas = start.memory.every(({ origin }) => origin === 'reused')
  if (start.agent === 'opened' && isAsItWas) return named('reused')
  const groups = (['created', 'reused', 'recreated'] as const).filter(
    (origin) => named(origin) !== '',
  )
  return groups.map((origin) => `${ORIGINS[origin]}: ${named(origin)}`).join(' · ')
}

const DOING = {
  opening: '',
  unopened: '',
  idle: '',
  thinking: 'thinking',
  answering: 'answering',
  tool: 'working',
  // The call itself says so.
  approval: '',
  cancelling: 'cancelling',
} as const

function activityRows(
  { session, workbench }: RootState,
  columns: number,
  styles: Styles,
): readonly Row[] {
  if (session.turn.type === 'idle') return []
  const phase = phaseOf(session)
  const since = Math.max(0, workbench.now - session.turn.since)
  const doing = DOING[phase]
  if (doing === '') return []
  const activity = styled(styles.accent, `${spinner(since)} ${doing}`)
  return [truncate(row(activity, ' ', styled(styles.muted, seconds(since))), columns)]
}
