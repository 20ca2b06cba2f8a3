import { type Phase, phaseOf } from '../../lib/session/state.ts'
import type { Row } from '../frame.ts'
import { cleanLine } from '../render/clean.ts'
import { rowWidth, truncate } from '../render/wrap.ts'
import type { RootState } from '../state.ts'
import type { StyleName, Styles } from '../styles.ts'
import { MODE_WORDS } from './composer.ts'
import type { Look, Pane } from './pane.ts'
import { seconds, shortCount, spinner } from './words.ts'

export const status: Pane = {
  id: 'status',
  title: () => '',
  render(state, size, look) {
    const { flash } = state.workbench
    if (flash !== null) {
      return {
        rows: [truncate(look.styles[flash.level](` ${cleanLine(flash.text)}`), size.columns)],
      }
    }
    return { rows: [statusRow(state, size.columns, look)] }
  },
}

/** Parts in the order they stand; the least important is dropped first when the row is narrow. */
function statusRow(state: RootState, columns: number, look: Look): Row {
  const { styles } = look
  const parts = [
    { text: phasePart(state, styles), keep: 5 },
    { text: modePart(state, styles), keep: 4 },
    { text: agentPart(state, styles), keep: 2 },
    { text: modelPart(state, styles), keep: 3 },
    { text: tokensPart(state, styles), keep: 1 },
    { text: hintPart(state, look), keep: 0 },
  ].filter((part) => part.text !== '')
  const separator = styles.muted(' · ')
  let kept = parts
  for (let least = 0; least < 5; least++) {
    const row = ` ${kept.map((part) => part.text).join(separator)}`
    if (rowWidth(row) <= columns) return row
    kept = kept.filter((part) => part.keep > least)
  }
  return truncate(` ${kept.map((part) => part.text).join(separator)}`, columns)
}

const PHASES: Readonly<Record<Phase, readonly [words: string, style: StyleName]>> = {
  opening: ['opening', 'muted'],
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
  return paint(`${spinner(since)} ${words} ${seconds(since)}${silent}`)
}

function modePart({ session }: RootState, styles: Styles): string {
  const [words, style] = MODE_WORDS[session.mode]
  return session.mode === 'default' ? '' : styles[style](words)
}

function agentPart({ session }: RootState, styles: Styles): string {
  return session.agent === null ? '' : styles.text(cleanLine(session.agent.name))
}

function modelPart({ session }: RootState, styles: Styles): string {
  return session.agent === null
    ? styles.muted('no agent')
    : styles.muted(cleanLine(session.agent.model))
}

function tokensPart({ session }: RootState, styles: Styles): string {
  const { contextTokens } = session.usage
  if (contextTokens === null) return ''
  const window = session.agent?.contextWindow ?? null
  const limit = window === null ? '' : `/${shortCount(window)}`
  return styles.muted(`${shortCount(contextTokens)}${limit} tokens`)
}

function hintPart(state: RootState, { styles, key }: Look): string {
  const hint = (command: string, does: string): string => {
    const stroke = key(command)
    return stroke === null ? '' : `${stroke} ${does}`
  }
  const running = state.session.turn.at === 'running'
  const hints = [
    running ? hint('app.back', 'cancel') : '',
    hint('palette.open', 'commands'),
    hint('help.open', 'help'),
  ]
  return styles.muted(hints.filter(Boolean).join('  '))
}
