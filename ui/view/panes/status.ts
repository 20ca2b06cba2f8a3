import { type Phase, phaseOf } from '../../../lib/session/state.ts'
import type { RootState } from '../../state/state.ts'
import type { StyleName, Styles } from '../../theme/styles.ts'
import { EMPTY_ROW, type Row, row, styled } from '../render/row.ts'
import { cleanLine } from '../render/sanitize.ts'
import { rowWidth, truncate } from '../render/wrap.ts'
import { MODES } from './composer.ts'
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

/** Parts in the order they stand; the least important is dropped first when the row is narrow. */
function statusRow(state: RootState, columns: number, options: PaneOptions): Row {
  const { styles } = options
  const parts = [
    { content: phasePart(state, styles), keep: 8 },
    { content: modePart(state, styles), keep: 7 },
    { content: agentPart(state, styles), keep: 3 },
    { content: modelPart(state, styles), keep: 4 },
    { content: tokensPart(state, styles), keep: 2 },
    { content: jobsPart(state, styles), keep: 2 },
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

/** Of the part that is dropped last. */
const MAX_IMPORTANCE = 8

const PHASES: Readonly<Record<Phase, readonly [words: string, style: StyleName]>> = {
  opening: ['opening', 'muted'],
  unopened: ['no agent', 'warning'],
  idle: ['ready', 'success'],
  thinking: ['thinking', 'accent'],
  answering: ['answering', 'accent'],
  tool: ['working', 'accent'],
  approval: ['decide', 'warning'],
  cancelling: ['cancelling', 'warning'],
}

/** Silence that is worth telling. */
const QUIET_MS = 15_000

function phasePart({ session, workbench }: RootState, styles: Styles): Row {
  const [words, style] = PHASES[phaseOf(session)]
  if (session.turn.type === 'idle') return styled(styles[style], words)
  const since = Math.max(0, workbench.now - session.turn.since)
  const quiet = workbench.now - session.turn.lastEventAt
  const silent = quiet > QUIET_MS && words !== 'decide' ? `, silent for ${seconds(quiet)}` : ''
  const mark = words === 'decide' ? '?' : spinner(since)
  return styled(styles[style], `${mark} ${words} ${seconds(since)}${silent}`)
}

function modePart({ session }: RootState, styles: Styles): Row {
  const { words, style } = MODES[session.mode]
  return session.mode === 'default' ? EMPTY_ROW : styled(styles[style], words)
}

function agentPart({ session }: RootState, styles: Styles): Row {
  return session.agent === null ? EMPTY_ROW : styled(styles.text, cleanLine(session.agent.name))
}

function modelPart({ session }: RootState, styles: Styles): Row {
  return session.agent === null ? EMPTY_ROW : styled(styles.muted, cleanLine(session.agent.model))
}

function tokensPart({ session }: RootState, styles: Styles): Row {
  const { contextTokens } = session.usage
  if (contextTokens === null) return EMPTY_ROW
  const window = session.agent?.contextWindow ?? null
  const limit = window === null ? '' : `/${shortCount(window)}`
  return styled(styles.muted, `${shortCount(contextTokens)}${limit} tokens`)
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
    ...(waits ? [hint('focus.approval', 'decide', 6)] : []),
    ...(cancels ? [hint('app.back', 'cancel', 5)] : []),
    hint('palette.open', 'commands', 1),
    hint('help.open', 'help', 0),
  ]
}
