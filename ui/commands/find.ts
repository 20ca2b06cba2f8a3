import type { Entry, ToolCall } from '../../lib/session/state.ts'
import type { WorkbenchCommandId } from '../messages/commands.ts'
import { PICKER_TITLES, SPEAKERS } from '../messages/dialogs.ts'
import { CONVERSATION_IS_EMPTY, matchPosition } from '../messages/notices.ts'
import type { PickerAction } from '../state/overlay-actions.ts'
import { itemsWithWords } from '../state/selectors.ts'
import type { PickerItem } from '../state/state.ts'
import { cleanLine } from '../view/render/sanitize.ts'
import { openPicker } from './open-overlay.ts'
import { drawnRows, showRow } from './scroll.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

/** Finding a line of the conversation: the lines are listed, and the view scrolls to the selected one. */
export const FIND_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'conversation.find',
    slash: 'find',
    argument: { name: 'text', required: false },
    unavailable: ({ session }) =>
      session.settled.length + session.current.length === 0 ? CONVERSATION_IS_EMPTY : null,
    run(context, text) {
      const { settled, current, earlier } = context.root.state.session
      const items = newestLines([...settled, ...current])
      const isAll = !earlier && items.length < MAX_FOUND_LINES
      const title = isAll ? PICKER_TITLES.find : PICKER_TITLES.findLoaded
      openPicker(context, title, items, text)
    },
  },
  repeat('conversation.findNext', 1),
  repeat('conversation.findPrevious', -1),
]

/** The next match above, or the one below again: the newest lines come first. */
function repeat(id: WorkbenchCommandId, by: 1 | -1): WorkbenchCommand {
  return {
    id,
    hidden: true,
    run(context) {
      const { session, workbench } = context.root.state
      const { found } = workbench
      if (found === null) return context.run('conversation.find')
      const lines = newestLines([...session.settled, ...session.current])
      const matches = itemsWithWords(lines, found.query)
      const isHere = ({ action }: PickerItem): boolean =>
        action.type === 'conversation.showLine' &&
        action.entryId === found.entryId &&
        action.line === found.line
      const at = matches.findIndex(isHere)
      const next = (at + by + matches.length) % matches.length
      const action = matches[next]?.action
      if (action?.type !== 'conversation.showLine') return
      showLine(context, action, found.query)
      flash(context, matchPosition(matches.length - next, matches.length))
    },
  }
}

/** Every key that is typed searches all of them. */
const MAX_FOUND_LINES = 20_000

/** The newest line first. */
function newestLines(entries: readonly Entry[]): readonly PickerItem[] {
  const items: PickerItem[] = []
  for (let at = entries.length - 1; at >= 0 && items.length < MAX_FOUND_LINES; at--) {
    const entry = entries[at]
    if (entry !== undefined) items.push(...lineItems(entry).slice(-MAX_FOUND_LINES).reverse())
  }
  return items.slice(0, MAX_FOUND_LINES)
}

function lineItems(entry: Entry): readonly PickerItem[] {
  const speaker = speakerName(entry)
  return entryLines(entry).flatMap((line, index) => {
    const detail = cleanLine(line).trim()
    if (detail === '') return []
    return [
      {
        title: speaker,
        detail,
        current: false,
        action: { type: 'conversation.showLine', entryId: entry.id, line: index },
      },
    ]
  })
}

function entryLines(entry: Entry): readonly string[] {
  if (entry.type === 'tool') return callText(entry.call).split('\n')
  const command = entry.type === 'shellLine' ? `${entry.command}\n` : ''
  return `${command}${entry.text}`.split('\n')
}

function callText({ label, phase }: ToolCall): string {
  if (phase.type === 'finished') return `${label}\n${phase.text}`
  return phase.type === 'running' ? `${label}\n${phase.output}` : label
}

function speakerName(entry: Entry): string {
  return entry.type === 'tool' ? cleanLine(entry.call.tool) : SPEAKERS[entry.type]
}

/** Expands the entry if the line is collapsed. */
export function showLine(
  context: WorkbenchContext,
  { entryId: id, line: number }: Extract<PickerAction, { type: 'conversation.showLine' }>,
  query = '',
): void {
  const { root } = context
  const { settled, current } = root.state.session
  const entry = [...settled, ...current].find((one) => one.id === id)
  if (entry === undefined) return
  const line = cleanLine(entryLines(entry)[number] ?? '')
  let found = findRow(drawnRows(context, id), line)
  const isFolded = !root.state.workbench.expanded.includes(id)
  if (!found.isWhole && isFolded && (entry.type === 'tool' || entry.type === 'reasoning')) {
    root.dispatch({ type: 'entry.toggled', id })
    found = findRow(drawnRows(context, id), line)
  }
  root.dispatch({ type: 'focus.moved', to: 'conversation' })
  if (query !== '')
    root.dispatch({ type: 'line.found', found: { query, entryId: id, line: number } })
  showRow(context, id, found.row)
}

/** The row that contains the beginning of the line; else, because Markdown is drawn without its markup, the row with most of its words. */
function findRow(
  rows: readonly string[],
  line: string,
): { readonly row: number; readonly isWhole: boolean } {
  const start = line.trim().slice(0, 20)
  const literal = rows.findIndex((row) => row.includes(start))
  if (literal >= 0) return { row: literal, isWhole: true }
  const words = line.split(/[^\p{L}\p{N}]+/u).filter(Boolean)
  const counts = rows.map((row) => words.filter((word) => row.includes(word)).length)
  return { row: Math.max(0, counts.indexOf(Math.max(0, ...counts))), isWhole: false }
}
