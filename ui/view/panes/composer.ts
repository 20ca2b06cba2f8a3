import type { PermissionMode } from '../../../lib/permissions/types.ts'
import { phaseOf, type SessionState } from '../../../lib/session/state.ts'
import type { RootState } from '../../state/state.ts'
import type { StyleName, Styles } from '../../theme/styles.ts'
import { composerTexts, paneTitles } from '../messages.ts'
import { type Row, row, styled } from '../render/row.ts'
import { clean, cleanLine } from '../render/sanitize.ts'
import { truncate } from '../render/wrap.ts'
import { editorRows } from '../render/wrap-editor.ts'
import type { Size } from '../types.ts'
import type { Pane, PaneOptions } from './pane.ts'

interface ModeStyle {
  readonly style: StyleName
  /** The mode before the message, so that it is visible where the user types. */
  readonly prompt: string
}

export const MODE_STYLES: Readonly<Record<PermissionMode, ModeStyle>> = {
  default: { style: 'modeDefault', prompt: '› ' },
  acceptEdits: { style: 'modeAcceptEdits', prompt: '» ' },
  plan: { style: 'modePlan', prompt: '? ' },
  bypassPermissions: { style: 'modeBypass', prompt: '! ' },
}

/** The width of the prompt, in cells. */
const PROMPT_COLUMNS = 2

export const composer: Pane = {
  id: 'composer',
  title: () => paneTitles.composer,
  render(state, size, options) {
    const queued = queueRows(state.session, size, options)
    const room = size.rows - queued.length
    const { composer: editor, focus, overlay } = state.workbench
    const { rows, caret } = editorRows(editor.text, editor.cursor, textColumns(size.columns))
    const top = Math.max(0, caret.row - room + 1)
    const text = editor.text === '' ? placeholder(state, options) : null
    const shown = rows.slice(top, top + room).map((line, index) => {
      const mark = index + top === 0 ? promptOf(state, options.styles) : ' '.repeat(PROMPT_COLUMNS)
      return truncate(row(mark, text ?? styled(options.styles.text, clean(line))), size.columns)
    })
    const hasCaret = focus === 'composer' && overlay === null
    const place = { x: PROMPT_COLUMNS + caret.column, y: queued.length + caret.row - top }
    const note = rows.length > room ? composerTexts.line(caret.row + 1, rows.length) : ''
    return { rows: [...queued, ...shown], note, ...(hasCaret ? { caret: place } : {}) }
  },
}

/** The width of the text without the prompt. */
export function textColumns(columns: number): number {
  return Math.max(1, columns - PROMPT_COLUMNS)
}

/** The queued messages above the one being written: all if there is room, else their number. */
function queueRows({ queue }: SessionState, size: Size, { styles }: PaneOptions): readonly Row[] {
  const room = Math.min(QUEUE_SHOWN, size.rows - 1)
  const line = (text: string): Row => truncate(styled(styles.muted, `⋯ ${text}`), size.columns)
  if (queue.length <= room) return queue.map(({ text }) => line(cleanLine(text)))
  if (room <= 0) return []
  const shown = queue.slice(0, room - 1).map(({ text }) => line(cleanLine(text)))
  return [...shown, line(composerTexts.moreQueued(queue.length - shown.length))]
}

/** The maximum of queued messages that are shown one by one. */
export const QUEUE_SHOWN = 3

function promptOf({ session, workbench }: RootState, styles: Styles): Row {
  const { prompt, style } = MODE_STYLES[session.mode]
  if (session.mode !== 'default') return styled(styles[style], prompt)
  return workbench.focus === 'composer'
    ? styled(styles.accent, prompt)
    : styled(styles.muted, prompt)
}

function placeholder({ session }: RootState, { styles, key }: PaneOptions): Row {
  const isOpen = phaseOf(session) !== 'unopened'
  const up = key('composer.up')
  if (session.queue.length > 0 && up !== null)
    return styled(styles.muted, composerTexts.queued(isOpen, up))
  if (!isOpen) return styled(styles.muted, composerTexts.withoutAgent)
  const isRunning = session.turn.type === 'running'
  return styled(styles.muted, isRunning ? composerTexts.duringTurn : composerTexts.typeMessage)
}
