import { conversationName } from '../../../lib/session/messages/conversations.ts'
import type { Entry } from '../../../lib/session/state/entry.ts'
import {
  type Phase,
  pendingApprovals,
  phaseOf,
  shellLineStart,
} from '../../../lib/session/state/selectors.ts'
import type { SessionState } from '../../../lib/session/state/session-state.ts'
import { plural } from '../../../lib/util/quantities.ts'
import type { OwnKey } from '../../input/key-contexts.ts'
import { COMMAND_HINTS } from '../../messages/command-hints.ts'
import { entryFile, mayHaveChanged, textToRun } from '../../state/entry-abilities.ts'
import { PAGES, type PageId } from '../../state/pages.ts'
import { partKeysOf, shownApproval } from '../../state/shown-approval.ts'
import type { OtherConversation, RootState } from '../../state/state.ts'
import { untypedUnmoved } from '../../state/unmoved.ts'
import type { StyleName, Styles } from '../../theme/styles.ts'
import { hasHeader } from '../layout.ts'
import { modeLabels, phaseLabels, statusLine } from '../messages/panes.ts'
import { EMPTY_ROW, joinRows, type Row, row, rowText, styled } from '../render/row.ts'
import { cleanLine } from '../render/sanitize.ts'
import { rowWidth, truncate } from '../render/wrap.ts'
import { MODE_STYLES } from './composer.ts'
import { selectedEntry } from './conversation.ts'
import { createDrawing } from './drawn.ts'
import { isExpandable } from './entry.ts'
import { seconds, shortCount, spinner } from './format.ts'
import { isMemoryPage } from './memory-page.ts'
import { lastScroll } from './overlay.ts'
import type { Pane, PaneOptions } from './pane.ts'

export const status: Pane = {
  id: 'status',
  title: () => '',
  render(state, size, options) {
    const { flash } = state.workbench
    if (flash !== null) {
      return {
        rows: [
          truncate(
            styled(options.styles[flash.level], ` ${cleanLine(options.message(flash.text))}`),
            size.columns,
          ),
        ],
      }
    }
    return { rows: [statusRow(state, size.columns, options)] }
  },
}

/** What happens, at the left; what the focused pane can do, at the right. */
function statusRow(state: RootState, columns: number, options: PaneOptions): Row {
  const phase = phasePart(state, options.styles)
  const place = `${columns} ${rowText(phase)}`
  return drawRow(state, options, place, () => {
    // A key in the message changes the row only where it makes other keys available.
    const { own, names } = drawKeys(state, options, '', () => namedKeys(options))
    const hints = drawHints(state, options, names, (still) => hintsOf(still, own, options))
    return drawTypedRow(state, options, `${place} ${names}`, (still) =>
      drawnRow(still, phase, hints, columns, options),
    )
  })
}

const drawRow = createDrawing<Row>()
const drawKeys = createDrawing<ReturnType<typeof namedKeys>>()
const drawTypedRow = createDrawing<Row>(untypedUnmoved)
const drawHints = createDrawing<readonly Hint[]>(untypedUnmoved)

function namedKeys({ ownKeys }: PaneOptions) {
  const own = ownKeys()
  return { own, names: own.map(({ command }) => command).join(' ') }
}

function drawnRow(
  state: RootState,
  phase: Row,
  hints: readonly Hint[],
  columns: number,
  options: PaneOptions,
): Row {
  const wanted = joinedWidth(hints)
  const reserved = Math.min(wanted, Math.floor(columns * HINTS_SHARE))
  const help = state.workbench.overlay === null ? joinedWidth(hints.slice(-1)) + GAP : 0
  const rooms = { wanted: columns - reserved - GAP, withHelp: columns - help, columns }
  const left = leftRow(state, phase, rooms, options)
  const shown = fittingHints(hints, columns - rowWidth(left) - GAP)
  const right = joinRows(
    shown.map((hint) => hintRow(hint, options.styles)),
    HINT_SPACES,
  )
  const gap = columns - rowWidth(left) - rowWidth(right) - 1
  return right.length === 0 ? left : row(left, ' '.repeat(gap), right)
}

/** The part of the row that the hints get, before what happens is shortened to its most important parts. */
const HINTS_SHARE = 0.45
/** Cells between both sides, and after the hints. */
const GAP = 3
const HINT_SPACES = '  '

/** Cells for what happens: with those of the hints left free, with those of the help left free, and all. */
interface Rooms {
  readonly wanted: number
  readonly withHelp: number
  readonly columns: number
}

/**
 * Parts in display order. The least important ones are dropped until the others fit into `wanted` cells; the most important ones
 * may use the complete row.
 */
function leftRow(
  state: RootState,
  phase: Row,
  { wanted, withHelp, columns }: Rooms,
  options: PaneOptions,
): Row {
  const { styles } = options
  const parts = [
    { content: phase, keep: 8 },
    { content: modePart(state, styles), keep: 7 },
    othersPart(state, options),
    { content: agentPart(state, styles), keep: 1 },
    ...(hasHeader(state) ? [] : headerParts(state, options)),
    ...turnHints(state, options),
  ].filter((part) => part.content.length > 0)
  const separator = styled(styles.muted, ' · ')
  const rowOf = (least: number, shownPhase = phase): Row =>
    row(
      ' ',
      joinRows(
        parts
          .filter(({ keep }) => keep >= least)
          .map(({ content }) => (content === phase ? shownPhase : content)),
        separator,
      ),
    )
  for (let least = 0; least < MAX_IMPORTANCE; least++) {
    const line = rowOf(least)
    if (rowWidth(line) <= (least < IMPORTANT ? wanted : withHelp)) return line
    if (least <= IMPORTANT) continue
    // How long it has taken is worth less than the key of the help.
    const untimed = rowOf(least, phasePart(state, styles, 'untimed'))
    if (rowWidth(untimed) <= withHelp) return untimed
    if (rowWidth(line) <= columns) return line
  }
  return truncate(rowOf(MAX_IMPORTANCE), columns)
}

/** From this importance on a part is more important than the hints. */
const IMPORTANT = 5
/** The importance of the part that is dropped last. */
const MAX_IMPORTANCE = 8

const PHASE_STYLES: Readonly<Record<Phase, StyleName>> = {
  opening: 'muted',
  unopened: 'warning',
  idle: 'success',
  thinking: 'accent',
  answering: 'accent',
  tool: 'accent',
  approval: 'warning',
  cancelling: 'warning',
  runningElsewhere: 'muted',
  approvalElsewhere: 'muted',
}

/** How long the server is silent before that is reported. */
const QUIET_MS = 15_000

function phasePart(
  { session, workbench }: RootState,
  styles: Styles,
  form: 'timed' | 'untimed' = 'timed',
): Row {
  const phase = phaseOf(session)
  const label = phaseLabels[phase === 'approval' && asksOnly(session) ? 'question' : phase]
  const style = styles[PHASE_STYLES[phase]]
  if (session.turn.type === 'idle') {
    const started = shellLineStart(session)
    if (started === null) return styled(style, label)
    const ran = Math.max(0, workbench.now - started)
    const what = `${spinner(ran)} ${phaseLabels.shellLine}`
    return styled(styles.accent, form === 'untimed' ? what : `${what} ${seconds(ran)}`)
  }
  const since = Math.max(0, workbench.now - session.turn.since)
  const quiet = workbench.now - session.turn.lastEventAt
  const isSilent = quiet > QUIET_MS && phase !== 'approval'
  const silence = isSilent ? statusLine.noResponse(seconds(quiet)) : ''
  const mark = phase === 'approval' ? '?' : spinner(since)
  if (form === 'untimed') return styled(style, `${mark} ${label}`)
  return styled(style, `${mark} ${label} ${seconds(since)}${silence}`)
}

/** Whether the agent awaits no approval, only answers to its questions. */
function asksOnly(session: SessionState): boolean {
  return pendingApprovals(session).every(
    ({ phase }) => phase.type === 'waiting' && phase.preview.type === 'questions',
  )
}

/** The other conversations that run or have news: above all those that await approval. */
function othersPart(
  { workbench: { others } }: RootState,
  { styles, key }: PaneOptions,
): StatusPart {
  const count = (status: OtherConversation['status']): number =>
    others.filter((one) => one.status === status).length
  const asks = others.filter(({ status }) => status === 'approval')
  const text = statusLine.others({
    running: count('running'),
    asking: asks.map(({ conversationId, title }) =>
      cleanLine(conversationName(conversationId, title)),
    ),
    answered: count('answered'),
    failed: count('failed'),
  })
  const stroke = key('conversation.next')
  const hint = stroke === null ? '' : ` ${stroke}`
  const isUrgent = asks.length + count('failed') > 0
  return {
    content: text === '' ? EMPTY_ROW : styled(styles[isUrgent ? 'warning' : 'muted'], text, hint),
    keep: isUrgent ? 7 : 5,
  }
}

function modePart({ session }: RootState, styles: Styles): Row {
  const { style } = MODE_STYLES[session.mode]
  const label = modeLabels[session.mode]
  return session.mode === 'default' ? EMPTY_ROW : styled(styles[style], label)
}

/** On the chat page the title of the conversation names the agent. */
function agentPart({ session, workbench }: RootState, styles: Styles): Row {
  return session.agent === null || workbench.page === 'chat'
    ? EMPTY_ROW
    : styled(styles.text, cleanLine(session.agent.name))
}

/** What the header shows on a screen that has room for one: above all, that there are other pages. */
function headerParts(state: RootState, options: PaneOptions): readonly StatusPart[] {
  const { styles } = options
  // A dialog is closed first.
  const reachable = state.workbench.overlay === null ? PAGES : []
  const others = reachable.map(({ id }) => id).filter((id) => id !== state.workbench.page)
  const [first, rest] = [true, false].map((isFirst) =>
    pagesPart(
      others.filter((id) => NAMED_FIRST.has(id) === isFirst),
      options,
    ),
  )
  return [
    { content: modelPart(state, styles), keep: 2 },
    { content: tokensPart(state, styles), keep: 2 },
    { content: jobsPart(state, styles), keep: 4 },
    { content: first ?? EMPTY_ROW, keep: 5 },
    { content: rest ?? EMPTY_ROW, keep: 3 },
  ]
}

/** Pages that are named even where there is little room; escape leads to the chat. */
const NAMED_FIRST: ReadonlySet<PageId> = new Set(['memory', 'skills'])

/** The keys of pages: `alt+2 memory 4 skills`, with the modifier of the first only. */
function pagesPart(pages: readonly PageId[], { styles, key }: PaneOptions): Row {
  let modifier = ''
  const names = pages.flatMap((id) => {
    const stroke = key(`page.${id}`)
    if (stroke === null) return []
    const [, own = '', last = stroke] = /^(.*\+)(.)$/.exec(stroke) ?? []
    const shown = own === modifier ? last : stroke
    modifier = own
    return [`${shown} ${statusLine.page(id)}`]
  })
  return styled(styles.muted, names.join(' '))
}

function modelPart({ session }: RootState, styles: Styles): Row {
  return session.agent === null ? EMPTY_ROW : styled(styles.muted, cleanLine(session.agent.model))
}

function tokensPart({ session }: RootState, styles: Styles): Row {
  const { contextTokens } = session.usage
  if (contextTokens === null) return EMPTY_ROW
  const window = session.agent?.contextWindow ?? null
  const limit = window === null ? null : shortCount(window)
  return styled(styles.muted, statusLine.tokens(shortCount(contextTokens), limit))
}

function jobsPart({ session }: RootState, styles: Styles): Row {
  const running = session.jobs.filter(({ status }) => status.type === 'running').length
  return running === 0 ? EMPTY_ROW : styled(styles.muted, plural(running, 'job'))
}

interface StatusPart {
  readonly content: Row
  readonly keep: number
}

/** What the keys do for the running turn. */
function turnHints({ session, workbench }: RootState, { styles, key }: PaneOptions): StatusPart[] {
  const hint = (command: string, does: string, keep: number): StatusPart => {
    const stroke = key(command)
    return {
      content: stroke === null ? EMPTY_ROW : styled(styles.muted, `${stroke} ${does}`),
      keep,
    }
  }
  const { focus } = workbench
  const waits = phaseOf(session) === 'approval' && focus !== 'approval'
  const runs = session.turn.type === 'running' || shellLineStart(session) !== null
  const cancels = runs && (focus === 'composer' || focus === 'conversation')
  return [
    ...(waits ? [hint('focus.approval', statusLine.approve, 6)] : []),
    ...(cancels ? [hint('app.back', statusLine.cancel, 6)] : []),
  ]
}

/** A key and what it does, not styled yet: most hints are dropped. */
interface Hint {
  readonly stroke: string
  readonly does: string
  /** It leads to other keys or back, whatever the focused pane is. */
  readonly isGeneral?: true
}

/** The keys of the focused pane or dialog in the order of the table of hints, then those of the palette and the help. */
function hintsOf(
  state: RootState,
  ownKeys: readonly OwnKey[],
  { key, styles }: Pick<PaneOptions, 'key' | 'styles'>,
): readonly Hint[] {
  const { workbench } = state
  const own = new Map(ownKeys.map(({ command, keys }) => [command, keys]))
  const hints = HINTS.flatMap(([command, does]) => {
    const stroke = own.get(command)
    if (stroke === undefined) return []
    return isUseless(command, state, styles) ? [] : [{ stroke, does }]
  })
  if (workbench.overlay !== null) return hints
  // The memory page has a row with its keys.
  const shown =
    workbench.focus === 'memory' && isMemoryPage(workbench, workbench.viewport) ? [] : hints
  const general = [...backHints(workbench), ...GENERAL_HINTS].flatMap(([command, does]) => {
    const stroke = key(command)
    return stroke === null ? [] : [{ stroke, does, isGeneral: true as const }]
  })
  return [...shown, ...general]
}

/** From a page, the way back to the chat. */
function backHints({ page, focus, memory }: RootState['workbench']): Hints {
  const isInside = focus === 'memory' && (memory.editing !== null || memory.merging !== null)
  return page === 'chat' || page !== focus || isInside ? [] : BACK_HINT
}

/** A key that does nothing for the call that is shown, or for the entry at the cursor. */
function isUseless(command: string, state: RootState, styles: Styles): boolean {
  const applies = ENTRY_KEYS[command]
  if (applies !== undefined && isCursorKnown(state)) {
    const entry = selectedEntry(state)
    return entry === undefined || !applies(entry)
  }
  // Escape leads back from a page.
  if (command === 'page.zoom' && state.workbench.page === state.workbench.focus) return true
  // Escape answers no.
  if (command === 'overlay.close' && isQuestion(state)) return true
  if (command === 'help.pageDown') return isPageInFull(state.workbench, styles)
  // Only between the matches of a search.
  if (command === 'conversation.findNext' || command === 'conversation.findPrevious')
    return state.workbench.search === null
  // Its list is open.
  if (command === 'account.chooseByKey') return state.workbench.overlay !== null
  if (command === 'composer.sendAtEnd') return state.session.turn.type !== 'running'
  // Outside of the insert mode, the key moves to the next line.
  const { vim } = state.workbench
  if (command === 'text.newline') return vim !== null && vim.mode !== 'insert'
  const part = PART_KEYS[command]
  // The approval is looked for only where one of these keys is bound: this runs for each hint of each frame.
  if (part === undefined) return false
  const shown = shownApproval(state)
  return shown === null || !partKeysOf(shown)[part]
}

function isPageInFull({ overlay, viewport }: RootState['workbench'], styles: Styles): boolean {
  return overlay?.type === 'page' && lastScroll(overlay, viewport, styles, () => []) === 0
}

function isQuestion({ workbench: { overlay } }: RootState): boolean {
  return overlay?.type === 'page' && overlay.question !== undefined
}

/** Above the end, a cursor that was not moved is at an entry that only the layout knows. */
function isCursorKnown({ workbench }: RootState): boolean {
  const { focus, scroll, selectedEntry: selected } = workbench
  return focus === 'conversation' && (selected !== null || scroll.conversation.type === 'end')
}

const ENTRY_KEYS: Readonly<Record<string, (entry: Entry) => boolean>> = {
  'entry.toggle': isExpandable,
  'entry.edit': (entry) => entryFile(entry) !== null,
  'entry.runAgain': (entry) => textToRun(entry) !== null,
  'entry.undo': mayHaveChanged,
}

/** Without a change to select, one of these keys scrolls. */
const PART_KEYS: Readonly<Record<string, keyof ReturnType<typeof partKeysOf>>> = {
  'hunk.toggle': 'canSelect',
  'hunk.next': 'hasNext',
  'hunk.previous': 'isLast',
  'hunk.divide': 'canDivide',
}

const HINTS = Object.entries(COMMAND_HINTS)

type Hints = readonly (readonly [command: string, does: string])[]

const BACK_HINT: Hints = [['app.back', statusLine.chat]]

const GENERAL_HINTS = [
  ['palette.open', statusLine.commands],
  ['help.open', statusLine.help],
] as const

/** As many hints as fit. The last ones, which lead to all others, come first as long as they need less than a third of the room. */
function fittingHints(hints: readonly Hint[], room: number): readonly Hint[] {
  if (joinedWidth(hints) <= room) return hints
  const marked = hints.filter(({ isGeneral }) => isGeneral === true)
  const general = marked.length > 0 ? marked : hints.slice(-GENERAL_HINTS.length)
  const tail = joinedWidth(general) * 3 > room ? withoutPalette(general) : general
  let used = joinedWidth(tail)
  if (used > room) return hints.slice(-1).filter((help) => joinedWidth([help]) <= room)
  const shown: Hint[] = []
  for (const hint of hints.slice(0, hints.length - general.length)) {
    used += joinedWidth([hint]) + HINT_SPACES.length
    if (used > room) break
    shown.push(hint)
  }
  return [...shown, ...tail]
}

/** Where there is little room, the help leads to all other keys. */
function withoutPalette(general: readonly Hint[]): readonly Hint[] {
  return [...general.slice(0, -GENERAL_HINTS.length), ...general.slice(-1)]
}

/** Cells of the hints with the spaces between them. Keys and words have only characters of one cell. */
function joinedWidth(hints: readonly Hint[]): number {
  const cells = hints.reduce((sum, { stroke, does }) => sum + stroke.length + 1 + does.length, 0)
  return cells + Math.max(0, hints.length - 1) * HINT_SPACES.length
}

function hintRow({ stroke, does }: Hint, styles: Styles): Row {
  return row(styled(styles.accent, stroke), ' ', styled(styles.muted, does))
}
