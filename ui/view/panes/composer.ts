import type { PermissionMode } from '../../../lib/permissions/types.ts'
import type { Delivery, QueuedMessage } from '../../../lib/session/state/queue.ts'
import { phaseOf } from '../../../lib/session/state/selectors.ts'
import { labelRanges } from '../../state/pastes.ts'
import type { RootState } from '../../state/state.ts'
import type { StyleName, Styles } from '../../theme/styles.ts'
import { composerTexts } from '../messages/composer.ts'
import { paneTitles } from '../messages/panes.ts'
import { thumbnailRows } from '../render/image-cells.ts'
import { joinRows, type Row, row, styled } from '../render/row.ts'
import { cleanLine } from '../render/sanitize.ts'
import { textWidth } from '../render/width.ts'
import { fitRow, truncate } from '../render/wrap.ts'
import { editorRows } from '../render/wrap-editor.ts'
import type { Size } from '../types.ts'
import { editedRows, modeNote } from './edited-text.ts'
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
  isUnmoved: true,
  title: () => paneTitles.composer,
  render(state, size, options) {
    const attached = attachmentRows(state, size, options)
    const above = queueRows(state, { ...size, rows: size.rows - attached.length }, options)
    const below = size.rows - above.length - attached.length
    const queued = [...above, ...imageRows(state, below), ...attached]
    const room = size.rows - queued.length
    const { composer: editor, focus, overlay, pastes, vim } = state.workbench
    const wrapped = editorRows(editor.text, editor.cursor, composerColumns(size.columns))
    const { starts, caret } = wrapped
    const top = Math.max(0, caret.row - room + 1)
    const text = editor.text === '' ? placeholder(state, options) : null
    const edited = { editor, vim: focus === 'composer' ? vim : null }
    const marks = labelRanges(editor.text, pastes)
    const lines = editedRows(wrapped, [top, top + room], { ...edited, marks }, options.styles)
    const shown = lines.map((line, index) => {
      const mark = index + top === 0 ? promptOf(state, options.styles) : ' '.repeat(PROMPT_COLUMNS)
      return truncate(row(mark, text ?? line), size.columns)
    })
    const hasCaret = focus === 'composer' && overlay === null
    const at = { x: PROMPT_COLUMNS + caret.column, y: queued.length + caret.row - top }
    const position = starts.length > room ? composerTexts.line(caret.row + 1, starts.length) : ''
    const note = [modeNote(edited.vim), position].filter(Boolean).join(' · ')
    return { rows: [...queued, ...shown], note, ...(hasCaret ? { caret: at } : {}) }
  },
}

/** The width of the text without the prompt. */
export function composerColumns(columns: number): number {
  return Math.max(1, columns - PROMPT_COLUMNS)
}

/** What is sent with the message, in one row; what cannot be, and why, comes first, as the row may be cut. */
function attachmentRows(
  { workbench: { attachments } }: RootState,
  size: Size,
  { styles }: PaneOptions,
): readonly Row[] {
  if (attachments.length === 0 || size.rows < 2) return []
  const faulty = attachments.filter(({ problem }) => problem !== null)
  const sent = attachments.filter(({ problem }) => problem === null)
  const shown = [...faulty, ...sent].map(({ name, detail, problem }) => {
    const text = `${cleanLine(name)} ${cleanLine(problem ?? detail)}`
    return problem === null
      ? styled(styles.accent, `${ATTACHED} ${text}`)
      : styled(styles.error, `✗ ${text}`)
  })
  return [truncate(joinRows(shown, '   '), size.columns)]
}

const ATTACHED = '+'

/** The thumbnail of an attached image; none where it would leave no room for the text. */
function imageRows({ workbench: { thumbnail } }: RootState, room: number): readonly Row[] {
  if (thumbnail === null || thumbnail.rows >= room) return []
  return thumbnailRows(thumbnail).map((line) => row(' '.repeat(PROMPT_COLUMNS), line))
}

/** The queued messages above the one being written: all if there is room, else their number. */
function queueRows(
  { session, workbench }: RootState,
  size: Size,
  { styles, key }: PaneOptions,
): readonly Row[] {
  const { queue } = session
  const room = Math.min(QUEUE_SHOWN, size.rows - 1)
  if (room <= 0 || queue.length === 0) return []
  const edit = workbench.composer.text === '' ? key('composer.up') : null
  const listed = composerTexts.editQueue(edit, key('queue.open'))
  const send = session.isQueuePaused ? key('queue.resume') : null
  const hint = send === null ? listed : `${composerTexts.resumeQueue(send)} · ${listed}`
  const hintColumns = textWidth(hint) + 3
  const hasHint = hint !== '' && size.columns > 2 * hintColumns
  const line = (text: string, index: number): Row => {
    const columns = hasHint && index === 0 ? size.columns - hintColumns : size.columns
    const fitted = truncate(styled(styles.muted, `⋯ ${text}`), columns)
    if (columns === size.columns) return fitted
    return row(fitRow(fitted, columns), styled(styles.muted, `  ${hint} `))
  }
  const isOpen = phaseOf(session) !== 'unopened' && phaseOf(session) !== 'opening'
  const reasonOf = (delivery: Delivery) =>
    isOpen ? (session.isQueuePaused ? 'paused' : delivery) : 'agent'
  const textOf = ({ text, delivery }: QueuedMessage): string =>
    `${composerTexts.queuedFor[reasonOf(delivery)]}: ${cleanLine(text)}`
  if (queue.length <= room) return queue.map((message, index) => line(textOf(message), index))
  const shown = queue.slice(0, room - 1).map((message, index) => line(textOf(message), index))
  const more = composerTexts.moreQueued(queue.length - shown.length)
  return [...shown, line(more, shown.length)]
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

function placeholder({ session, workbench }: RootState, { styles, key }: PaneOptions): Row {
  const isOpen = phaseOf(session) !== 'unopened'
  const up = key('composer.up')
  if (session.queue.length > 0 && up !== null)
    return styled(styles.muted, composerTexts.queued(isOpen, up))
  const connect = session.start === 'noModel' ? key('account.chooseByKey') : null
  if (!isOpen && connect !== null) return styled(styles.muted, composerTexts.withoutModel(connect))
  if (!isOpen) return styled(styles.muted, composerTexts.withoutAgent)
  const isRunning = session.turn.type === 'running'
  const during = composerTexts.duringTurn(workbench.delivery)
  return styled(styles.muted, isRunning ? during : composerTexts.typeMessage)
}
