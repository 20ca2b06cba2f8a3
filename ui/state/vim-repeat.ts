import { insert } from './editor.ts'
import {
  isVisual,
  NORMAL_MODE,
  toNormalMode,
  type VimCommand,
  type VimRecord,
  type VimStep,
  type VimText,
} from './vim.ts'
import { giveCharacter } from './vim-characters.ts'

export const NO_RECORD: VimRecord = { change: [], begun: [], text: '', insertion: null }

/** A selection that was made with more steps is not repeated. */
const MAX_STEPS = 200

/** What is known of changes after a step. A step is no change until the normal mode waits for a command again. */
export function recorded(record: VimRecord, before: VimText, next: VimText, step: VimStep) {
  const { change, begun } = record
  const text = begun.length === 0 ? before.editor.text : record.text
  const dropped: VimRecord = { ...NO_RECORD, change }
  if (begun.length > MAX_STEPS) return dropped
  const wasInserting = before.vim.mode === 'insert'
  const written = wasInserting ? writtenText(record, before.editor.text) : null
  if (wasInserting && written === null) return dropped
  const steps = [...begun, written === null ? step : { type: 'text' as const, text: written }]
  const { vim, editor } = next
  if (vim.mode === 'insert') {
    return { change, begun: steps, text, insertion: { text: editor.text, cursor: editor.cursor } }
  }
  const isWaiting = isVisual(vim) || vim.operator !== null || vim.awaits !== undefined
  if (isWaiting) return { change, begun: steps, text, insertion: null }
  return { ...NO_RECORD, change: editor.text === text ? change : steps }
}

/** What was added at the cursor in the insert mode; null when the text was changed in another place, too. */
function writtenText({ insertion }: VimRecord, now: string): string | null {
  if (insertion === null) return null
  const { text, cursor } = insertion
  const after = text.slice(cursor)
  const end = now.length - after.length
  const isOnlyAdded = end >= cursor && now.startsWith(text.slice(0, cursor)) && now.endsWith(after)
  return isOnlyAdded ? now.slice(cursor, end) : null
}

/** `.`: the last change again, at the cursor. A count replaces that of the change. All of it is undone at once. */
export function repeatChange(commands: ReadonlyMap<string, VimCommand>): VimCommand {
  return ({ editor, vim }) => {
    const { change } = vim.record ?? NO_RECORD
    let at: VimText = { editor, vim: { ...NORMAL_MODE, ...searchOf({ editor, vim }) } }
    for (const [index, step] of change.entries()) {
      if (step.type === 'command') {
        const given = index === 0 ? vim.count : at.vim.count
        const count = vim.count > 0 ? given : step.count
        at = commands.get(step.id)?.({ editor: at.editor, vim: { ...at.vim, count } }) ?? at
      } else if (step.type === 'character') at = giveCharacter(at, step.character)
      else at = toNormalMode({ editor: insert(at.editor, step.text), vim: at.vim })
    }
    const { past } = at.editor
    return {
      editor: { ...at.editor, past: past.slice(0, editor.past.length + 1), typing: false },
      vim: { ...NORMAL_MODE, ...searchOf(at) },
    }
  }
}

function searchOf({ vim: { search } }: VimText) {
  return search === undefined ? {} : { search }
}
