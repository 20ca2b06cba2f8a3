import type { SessionState } from '../../../lib/session/state/session-state.ts'
import { PAGES, type PageId } from '../../state/pages.ts'
import type { RootState } from '../../state/state.ts'
import type { Styles } from '../../theme/styles.ts'
import { pageTitles } from '../messages/panes.ts'
import { gauge } from '../render/gauge.ts'
import { EMPTY_ROW, joinRows, type Row, row, rowText, styled } from '../render/row.ts'
import { cleanLine } from '../render/sanitize.ts'
import { textWidth } from '../render/width.ts'
import { rowWidth, truncate } from '../render/wrap.ts'
import { money, shortCount } from './format.ts'
import type { Pane, PaneOptions } from './pane.ts'

/** Where the user is: the directory, the pages, the model and how full its context window is. */
export const header: Pane = {
  id: 'header',
  isUntyped: true,
  isUnmoved: true,
  title: () => '',
  render: (state, size, options) => ({ rows: [headerRow(state, size.columns, options)] }),
}

interface Part {
  readonly side: 'left' | 'middle' | 'right'
  readonly content: Row
  /** In a narrow row the least important parts are dropped first. */
  readonly keep: number
}

function headerRow(state: RootState, columns: number, options: PaneOptions): Row {
  const { session } = state
  const { styles } = options
  const parts: readonly Part[] = [
    { side: 'left', content: directoryPart(session, styles), keep: 1 },
    { side: 'left', content: branchPart(session, styles), keep: 2 },
    { side: 'middle', content: tabsPart(state, options), keep: TABS },
    { side: 'right', content: modelPart(session, styles), keep: MODEL },
    { side: 'right', content: barPart(session, styles), keep: 0 },
    { side: 'right', content: contextPart(session, styles), keep: CONTEXT },
    { side: 'right', content: costPart(session, styles), keep: 2 },
  ]
  const replaced = (keep: number, content: Row): readonly Part[] =>
    parts.map((part) => (part.keep === keep ? { ...part, content } : part))
  const short = replaced(CONTEXT, contextPart(session, styles, 'short'))
  const close = replaced(TABS, tabsPart(state, options, 'close'))
  // Instead of the branch, which is dropped before.
  const mark: Part = { side: 'left', content: changedPart(session, styles), keep: CONTEXT }
  const marked = [mark, ...short].filter(({ keep, content }) => keep >= MODEL && content.length > 0)
  const withMark = (): Row | null =>
    mark.content.length === 0
      ? null
      : (spread(marked, columns, CLOSE_SPACES) ??
        spread(
          marked.filter(({ keep }) => keep > MODEL),
          columns,
          CLOSE_SPACES,
        ))
  for (let least = 0; least <= TABS; least++) {
    const isShown = ({ keep, content }: Part): boolean => keep >= least && content.length > 0
    // A share says enough, and the bar only shows it again; without the room around them, tabs and their marks are hard to read.
    const line =
      (least < MODEL ? null : withMark()) ??
      spread(parts.filter(isShown), columns, SPACES) ??
      (least === 0 ? null : spread(short.filter(isShown), columns, CLOSE_SPACES)) ??
      (least < CONTEXT ? null : spread(close.filter(isShown), columns, CLOSE_SPACES))
    if (line !== null) return line
  }
  return truncate(row(' ', tabsPart(state, options, 'numbers')), columns)
}

const MODEL = 3
const CONTEXT = 4
const TABS = 5
const SPACES = '   '
const CLOSE_SPACES = '  '

/** Null when the parts are wider than the row. */
function spread(parts: readonly Part[], columns: number, spaces: string): Row | null {
  const on = (...sides: readonly Part['side'][]): Row =>
    joinRows(
      parts.filter(({ side }) => sides.includes(side)).map(({ content }) => content),
      spaces,
    )
  const left = row(' ', on('left', 'middle'))
  const right = on('right')
  if (right.length === 0) return rowWidth(left) > columns ? null : left
  const gap = columns - rowWidth(left) - rowWidth(right) - 1
  return gap < spaces.length ? null : row(left, ' '.repeat(gap), right, ' ')
}

function directoryPart({ directory }: SessionState, styles: Styles): Row {
  return styled(styles.strong, cleanLine(directory.split('/').at(-1) ?? ''))
}

/** The mark of changed files has its number, as far as git can be asked. */
function branchPart(session: SessionState, styles: Styles): Row {
  const { git } = session
  if (git === null) return EMPTY_ROW
  const changed = changedPart(session, styles)
  const branch = truncate(cleanLine(git.branch), MAX_BRANCH_COLUMNS)
  return row(styled(styles.muted, '⎇ ', branch), changed.length === 0 ? '' : ' ', changed)
}

function changedPart({ git }: SessionState, styles: Styles): Row {
  const changed = git?.changed ?? 0
  return changed === 0 ? EMPTY_ROW : styled(styles.warning, `✱${changed}`)
}

const MAX_BRANCH_COLUMNS = 24

/** `close`: with one blank between them, and none before a mark; `numbers`: without the names of the other pages. */
function tabsPart(
  { session, workbench }: RootState,
  options: PaneOptions,
  form: 'wide' | 'close' | 'numbers' = 'wide',
): Row {
  const { styles, key } = options
  const tabs = PAGES.map(({ id, note }) => {
    const isOpen = workbench.page === id
    const number = keyNumber(key(`page.${id}`))
    const isShort = form === 'numbers'
    const name = isShort && !isOpen ? '' : pageTitles[id]
    const text = [number, name].filter(Boolean).join(' ')
    const found = isShort ? null : note(session, workbench)
    const blank = form === 'close' && !/^\d/.test(found?.text ?? '') ? '' : ' '
    const mark = found === null ? '' : `${blank}${found.text}`
    const after = form === 'close' ? '' : ' '
    if (isOpen) return row(styled(styles.selection, ` ${text}`, mark, after))
    const level = found === null ? 'muted' : found.level
    return row(' ', styled(styles.muted, text), styled(styles[level], mark), after)
  })
  return joinRows(tabs, '')
}

/** The digit of `alt+2`; any other key is shown in full. */
function keyNumber(stroke: string | null): string {
  return stroke?.replace(/^alt\+(?=.$)/, '') ?? ''
}

function modelPart({ agent }: SessionState, styles: Styles): Row {
  const name = agent?.model.split('/').at(-1) ?? ''
  const effort = agent?.effort ?? null
  const text = effort === null ? cleanLine(name) : `${cleanLine(name)} ${effort}`
  return name === '' ? EMPTY_ROW : styled(styles.muted, text)
}

/** That of the open conversation. Nothing where the price is unknown, as for local models: `/usage` shows that. */
function costPart({ spent }: SessionState, styles: Styles): Row {
  return spent ? styled(styles.muted, money(spent)) : EMPTY_ROW
}

const GAUGE_COLUMNS = 8

function barPart({ agent, usage }: SessionState, styles: Styles): Row {
  const window = agent?.contextWindow ?? null
  if (usage.contextTokens === null || window === null) return EMPTY_ROW
  return gauge(usage.contextTokens, window, GAUGE_COLUMNS, styles)
}

/** `short`: the used share of the window. */
function contextPart(
  { agent, usage }: SessionState,
  styles: Styles,
  form: 'full' | 'short' = 'full',
): Row {
  const { contextTokens } = usage
  if (contextTokens === null) return EMPTY_ROW
  const window = agent?.contextWindow ?? null
  if (form === 'short' && window !== null) {
    return styled(styles.muted, `${Math.round((contextTokens / window) * 100)} %`)
  }
  const limit = window === null ? '' : `/${shortCount(window)}`
  return styled(styles.muted, `${shortCount(contextTokens)}${limit}`)
}

/** The page whose tab is at a cell of the row; null when none is. In a narrow row the other tabs are numbers. */
export function tabAt(line: Row, open: PageId, x: number): PageId | null {
  const text = rowText(line)
  const all = PAGES.every(({ id }) => text.includes(pageTitles[id]))
  let from = 0
  for (const [index, { id }] of PAGES.entries()) {
    const name = all || id === open ? pageTitles[id] : String(index + 1)
    const at = text.indexOf(name, from)
    if (at < 0) continue
    from = at + name.length
    const start = textWidth(text.slice(0, at)) - (all || id === open ? TAB_MARGIN : 1)
    if (x >= start && x <= textWidth(text.slice(0, from))) return id
  }
  return null
}

/** The blank and the number before a title. */
const TAB_MARGIN = 3
