import { type Phase, phaseOf } from '../../../lib/session/state.ts'
import type { RootState } from '../../state/state.ts'
import type { StyleName, Styles } from '../../theme/styles.ts'
import { cleanLine } from '../render/sanitize.ts'
import { rowWidth, truncate } from '../render/wrap.ts'
import type { Row } from '../types.ts'
import { MODES } from './composer.ts'
import { counted, seconds, shortCount, spinner } from './format.ts'
import type { Look, Pane } from './pane.ts'

export const status: Pane = {
  id: 'status',
  title: () => '',
  render(state, size, look) {
    const { flash } = state.workbench
    if (flash !== null) {
      return {
        rows: [
          truncate(
            look.styles[flash.level](` ${cleanLine(look.message(flash.text))}`),
            size.columns,
          ),
        ],
      }
    }
    return { rows: [statusRow(state, size.columns, look)] }
  },
}

/** Parts in the order they stand; the least important is dropped first when the row is narrow. */
function statusRow(state: RootState, columns: number, look: Look): Row {
  const { styles } = look
  const parts = [
    { text: phasePart(state, styles), keep: 8 },
    { text: modePart(state, styles), keep: 7 },
    { text: agentPart(state, styles), keep: 3 },
    { text: modelPart(state, styles), keep: 4 },
    { text: tokensPart(state, styles), keep: 2 },
    { text: jobsPart(state, styles), keep: 2 },
    ...hintParts(state, look),
  ].filter((part) => part.text !== '')
  const separator = styles.muted(' · ')
  const rowOf = (least: number): Row =>
    ` ${parts.flatMap(({ text, keep }) => (keep < least ? [] : [text])).join(separator)}`
  for (let least = 0; least < MOST; least++) {
    const row = rowOf(least)
    if (rowWidth(row) <= columns) return row
  }
  return truncate(rowOf(MOST), columns)
}

/** What is kept to the last. */
const MOST = 8

const PHASES: Readonly<Record<Phase, readonly [words: string, style: StyleName]>> = {
  opening: ['opening', 'muted'],
  unopened: ['no agent', 'warning'],
  resting: ['ready', 'success'],
  thinking: ['thinking', 'accent'],
  answering: ['answering', 'accent'],
  tool: ['working', 'accent'],
  approval: ['decide', 'warning'],
  cancelling: ['cancelling', 'warning'],
}

/** Silence that is worth telling. */
const QUIET_MS = 15_000

function phasePart({ session, workbench }: RootState, styles: Styles): string {
  const [words, style] = PHASES[phaseOf(session)]
  const paint = styles[style]
  if (session.turn.at === 'resting') return paint(words)
  const since = Math.max(0, workbench.now - session.turn.since)
  const quiet = workbench.now - session.turn.lastEventAt
  const silent = quiet > QUIET_MS && words !== 'decide' ? `, silent for ${seconds(quiet)}` : ''
  const mark = words === 'decide' ? '?' : spinner(since)
  return paint(`${mark} ${words} ${seconds(since)}${silent}`)
}

function modePart({ session }: RootState, styles: Styles): string {
  const { words, style } = MODES[session.mode]
  return session.mode === 'default' ? '' : styles[style](words)
}

function agentPart({ session }: RootState, styles: Styles): string {
  return session.agent === null ? '' : styles.text(cleanLine(session.agent.name))
}

function modelPart({ session }: RootState, styles: Styles): string {
  return session.agent === null ? '' : styles.muted(cleanLine(session.agent.model))
}

function tokensPart({ session }: RootState, styles: Styles): string {
  const { contextTokens } = session.usage
  if (contextTokens === null) return ''
  const window = session.agent?.contextWindow ?? null
  const limit = window === null ? '' : `/${shortCount(window)}`
  return styles.muted(`${shortCount(contextTokens)}${limit} tokens`)
}

function jobsPart({ session }: RootState, styles: Styles): string {
  const running = session.jobs.filter(({ status }) => status.type === 'running').length
  return running === 0 ? '' : styles.muted(counted(running, 'job'))
}

interface StatusPart {
  readonly text: string
  readonly keep: number
}

function hintParts({ session, workbench }: RootState, { styles, key }: Look): StatusPart[] {
  const hint = (command: string, does: string, keep: number): StatusPart => {
    const stroke = key(command)
    return { text: stroke === null ? '' : styles.muted(`${stroke} ${does}`), keep }
  }
  const { focus } = workbench
  const waits = phaseOf(session) === 'approval' && focus !== 'approval'
  const cancels =
    session.turn.at === 'running' && (focus === 'composer' || focus === 'conversation')
  return [
    ...(waits ? [hint('focus.approval', 'decide', 6)] : []),
    ...(cancels ? [hint('app.back', 'cancel', 5)] : []),
    hint('palette.open', 'commands', 1),
    hint('help.open', 'help', 0),
  ]
}
