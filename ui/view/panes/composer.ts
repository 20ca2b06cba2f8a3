import type { PermissionMode } from '../../../lib/permissions/types.ts'
import { phaseOf, type SessionState } from '../../../lib/session/state.ts'
import type { RootState } from '../../state/state.ts'
import type { StyleName, Styles } from '../../theme/styles.ts'
import { type Row, row, styled } from '../render/row.ts'
import { clean, cleanLine } from '../render/sanitize.ts'
import { truncate } from '../render/wrap.ts'
import { editorRows } from '../render/wrap-editor.ts'
import type { Size } from '../types.ts'
import { counted } from './format.ts'
import type { Pane, PaneOptions } from './pane.ts'

interface ModeLabel {
  readonly words: string
  readonly style: StyleName
  /** Before the message, so that the mode is seen where one writes. */
  readonly prompt: string
}

export const MODES: Readonly<Record<PermissionMode, ModeLabel>> = {
  default: { words: 'asks before it writes or runs', style: 'modeDefault', prompt: '› ' },
  acceptEdits: { words: 'accept edits', style: 'modeAcceptEdits', prompt: '» ' },
  plan: { words: 'plan: read-only', style: 'modePlan', prompt: '? ' },
  bypassPermissions: { words: 'bypass: allows all', style: 'modeBypass', prompt: '! ' },
}

/** Cells of a prompt. */
const PROMPT_COLUMNS = 2

export const composer: Pane = {
  id: 'composer',
  title: () => 'Message',
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
    const note = rows.length > room ? `line ${caret.row + 1} of ${rows.length}` : ''
    return { rows: [...queued, ...shown], note, ...(hasCaret ? { caret: place } : {}) }
  },
}

/** Columns of the text itself. */
export function textColumns(columns: number): number {
  return Math.max(1, columns - PROMPT_COLUMNS)
}

/** Messages that wait above the one being written: all if there is room, else how many. */
export function queueRows(
  { queue }: SessionState,
  size: Size,
  { styles }: PaneOptions,
): readonly Row[] {
  const room = Math.min(QUEUE_SHOWN, size.rows - 1)
  const line = (text: string): Row => truncate(styled(styles.muted, `⋯ ${text}`), size.columns)
  if (queue.length <= room) return queue.map(({ text }) => line(cleanLine(text)))
  if (room <= 0) return []
  const shown = queue.slice(0, room - 1).map(({ text }) => line(cleanLine(text)))
  return [...shown, line(`${counted(queue.length - shown.length, 'more message')}, sent in order`)]
}

/** Waiting messages that are shown one by one. */
export const QUEUE_SHOWN = 3

function promptOf({ session, workbench }: RootState, styles: Styles): Row {
  const { prompt, style } = MODES[session.mode]
  if (session.mode !== 'default') return styled(styles[style], prompt)
  return workbench.focus === 'composer'
    ? styled(styles.accent, prompt)
    : styled(styles.muted, prompt)
}

function placeholder({ session }: RootState, { styles, key }: PaneOptions): Row {
  const isOpen = phaseOf(session) !== 'unopened'
  const up = key('composer.up')
  if (session.queue.length > 0 && up !== null) {
    const does = isOpen ? 'Write the next message' : 'Sent when an agent is open'
    return styled(styles.muted, `${does}; ${up} takes the last one back`)
  }
  if (!isOpen)
    return styled(styles.muted, 'A message waits here until an agent is open; / for commands')
  return styled(
    styles.muted,
    session.turn.type === 'running'
      ? 'Write the next message; it is sent when this turn ends'
      : 'Ask for something, / for commands, @ for files',
  )
}
