import type { PermissionMode } from '../../../lib/permissions/types.ts'
import { phaseOf, type SessionState } from '../../../lib/session/state.ts'
import type { RootState } from '../../state/state.ts'
import type { StyleName, Styles } from '../../theme/styles.ts'
import { clean, cleanLine } from '../render/sanitize.ts'
import { truncate } from '../render/wrap.ts'
import { editorRows } from '../render/wrap-editor.ts'
import type { Row, Size } from '../types.ts'
import { counted } from './format.ts'
import type { Look, Pane } from './pane.ts'

interface ModeLook {
  readonly words: string
  readonly style: StyleName
  /** Before the message, so that the mode is seen where one writes. */
  readonly prompt: string
}

export const MODES: Readonly<Record<PermissionMode, ModeLook>> = {
  default: { words: 'asks before it writes or runs', style: 'modeDefault', prompt: '› ' },
  acceptEdits: { words: 'accept edits', style: 'modeAcceptEdits', prompt: '» ' },
  plan: { words: 'plan: read-only', style: 'modePlan', prompt: '? ' },
  bypassPermissions: { words: 'bypass: allows all', style: 'modeBypass', prompt: '! ' },
}

/** Cells of a prompt. */
const PROMPT = 2

export const composer: Pane = {
  id: 'composer',
  title: () => 'Message',
  render(state, size, look) {
    const queued = queueRows(state.session, size, look)
    const room = size.rows - queued.length
    const { composer: editor, focus, overlay } = state.workbench
    const { rows, caret } = editorRows(editor.text, editor.cursor, textColumns(size.columns))
    const top = Math.max(0, caret.row - room + 1)
    const text = editor.text === '' ? placeholder(state, look) : null
    const shown = rows.slice(top, top + room).map((row, index) => {
      const mark = index + top === 0 ? promptOf(state, look.styles) : ' '.repeat(PROMPT)
      return truncate(`${mark}${text ?? look.styles.text(clean(row))}`, size.columns)
    })
    const hasCaret = focus === 'composer' && overlay === null
    const place = { x: PROMPT + caret.column, y: queued.length + caret.row - top }
    const note = rows.length > room ? `line ${caret.row + 1} of ${rows.length}` : ''
    return { rows: [...queued, ...shown], note, ...(hasCaret ? { caret: place } : {}) }
  },
}

/** Columns of the text itself. */
export function textColumns(columns: number): number {
  return Math.max(1, columns - PROMPT)
}

/** Messages that wait above the one being written: all if there is room, else how many. */
export function queueRows({ queue }: SessionState, size: Size, { styles }: Look): readonly Row[] {
  const room = Math.min(QUEUE_SHOWN, size.rows - 1)
  const line = (text: string): Row => truncate(styles.muted(`⋯ ${text}`), size.columns)
  if (queue.length <= room) return queue.map(({ text }) => line(cleanLine(text)))
  if (room <= 0) return []
  const shown = queue.slice(0, room - 1).map(({ text }) => line(cleanLine(text)))
  return [...shown, line(`${counted(queue.length - shown.length, 'more message')}, sent in order`)]
}

/** Waiting messages that are shown one by one. */
export const QUEUE_SHOWN = 3

function promptOf({ session, workbench }: RootState, styles: Styles): string {
  const { prompt, style } = MODES[session.mode]
  if (session.mode !== 'default') return styles[style](prompt)
  return workbench.focus === 'composer' ? styles.accent(prompt) : styles.muted(prompt)
}

function placeholder({ session }: RootState, { styles, key }: Look): string {
  const isOpen = phaseOf(session) !== 'unopened'
  const up = key('composer.up')
  if (session.queue.length > 0 && up !== null) {
    const does = isOpen ? 'Write the next message' : 'Sent when an agent is open'
    return styles.muted(`${does}; ${up} takes the last one back`)
  }
  if (!isOpen) return styles.muted('A message waits here until an agent is open; / for commands')
  return styles.muted(
    session.turn.at === 'running'
      ? 'Write the next message; it is sent when this turn ends'
      : 'Ask for something, / for commands, @ for files',
  )
}
