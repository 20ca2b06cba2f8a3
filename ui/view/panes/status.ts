import { type Phase, phaseOf } from '../../../lib/session/state.ts'
import { PAGES, type PageId } from '../../state/pages.ts'
import type { RootState } from '../../state/state.ts'
import type { StyleName, Styles } from '../../theme/styles.ts'
import { hasHeader } from '../layout.ts'
import { modeLabels, phaseLabels, statusLine } from '../messages.ts'
import { EMPTY_ROW, type Row, row, styled } from '../render/row.ts'
import { cleanLine } from '../render/sanitize.ts'
import { rowWidth, truncate } from '../render/wrap.ts'
import { MODE_STYLES } from './composer.ts'
import { counted, seconds, shortCount, spinner } from './format.ts'
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

/** Parts in display order. In a narrow row the least important parts are dropped first. */
function statusRow(state: RootState, columns: number, options: PaneOptions): Row {
  const { styles } = options
  const parts = [
    { content: phasePart(state, styles), keep: 8 },
    { content: modePart(state, styles), keep: 7 },
    { content: agentPart(state, styles), keep: 3 },
    ...(hasHeader(state) ? [] : headerParts(state, options)),
    ...hintParts(state, options),
  ].filter((part) => part.content.length > 0)
  const separator = styled(styles.muted, ' · ')
  const rowOf = (least: number): Row =>
    row(
      ' ',
      ...parts
        .filter(({ keep }) => keep >= least)
        .flatMap(({ content }, index) => (index === 0 ? [content] : [separator, content])),
    )
  for (let least = 0; least < MAX_IMPORTANCE; least++) {
    const line = rowOf(least)
    if (rowWidth(line) <= columns) return line
  }
  return truncate(rowOf(MAX_IMPORTANCE), columns)
}

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

function phasePart({ session, workbench }: RootState, styles: Styles): Row {
  const phase = phaseOf(session)
  const label = phaseLabels[phase]
  const style = styles[PHASE_STYLES[phase]]
  if (session.turn.type === 'idle') return styled(style, label)
  const since = Math.max(0, workbench.now - session.turn.since)
  const quiet = workbench.now - session.turn.lastEventAt
  const isSilent = quiet > QUIET_MS && phase !== 'approval'
  const silence = isSilent ? statusLine.noResponse(seconds(quiet)) : ''
  const mark = phase === 'approval' ? '?' : spinner(since)
  return styled(style, `${mark} ${label} ${seconds(since)}${silence}`)
}

function modePart({ session }: RootState, styles: Styles): Row {
  const { style } = MODE_STYLES[session.mode]
  const label = modeLabels[session.mode]
  return session.mode === 'default' ? EMPTY_ROW : styled(styles[style], label)
}

function agentPart({ session }: RootState, styles: Styles): Row {
  return session.agent === null ? EMPTY_ROW : styled(styles.text, cleanLine(session.agent.name))
}

/** What the header shows on a screen that has room for one: above all, that there are other pages. */
function headerParts(state: RootState, options: PaneOptions): readonly StatusPart[] {
  const { styles } = options
  const others = PAGES.map(({ id }) => id).filter((id) => id !== state.workbench.page)
  const [first, rest] = [true, false].map((isFirst) =>
    pagesPart(
      others.filter((id) => NAMED_FIRST.has(id) === isFirst),
      options,
    ),
  )
  return [
    { content: modelPart(state, styles), keep: 2 },
    { content: tokensPart(state, styles), keep: 2 },
    { content: jobsPart(state, styles), keep: 2 },
    { content: first ?? EMPTY_ROW, keep: 4 },
    { content: rest ?? EMPTY_ROW, keep: 3 },
  ]
}

/** Pages that are named even where there is little room. */
const NAMED_FIRST: ReadonlySet<PageId> = new Set(['chat', 'memory', 'skills'])

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
  return running === 0 ? EMPTY_ROW : styled(styles.muted, counted(running, 'job'))
}

interface StatusPart {
  readonly content: Row
  readonly keep: number
}

function hintParts({ session, workbench }: RootState, { styles, key }: PaneOptions): StatusPart[] {
  const hint = (command: string, does: string, keep: number): StatusPart => {
    const stroke = key(command)
    return {
      content: stroke === null ? EMPTY_ROW : styled(styles.muted, `${stroke} ${does}`),
      keep,
    }
  }
  const { focus } = workbench
  const waits = phaseOf(session) === 'approval' && focus !== 'approval'
  const cancels =
    session.turn.type === 'running' && (focus === 'composer' || focus === 'conversation')
  return [
    ...(waits ? [hint('focus.approval', statusLine.approve, 6)] : []),
    ...(cancels ? [hint('app.back', statusLine.cancel, 5)] : []),
    hint('palette.open', statusLine.commands, 1),
    hint('help.open', statusLine.help, 0),
  ]
}
