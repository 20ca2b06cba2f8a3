import type { Entry } from '../../lib/session/state/entry.ts'
import {
  NO_MESSAGE_ABOVE,
  NOTHING_TO_QUOTE,
  NOTHING_TO_RUN_AGAIN,
  NOTHING_TO_UNDO_HERE,
} from '../messages/entries.ts'
import { insert } from '../state/editor.ts'
import { textToRun } from '../state/entry-abilities.ts'
import { entryAt } from '../state/selectors.ts'
import { replaceMessage } from './composer.ts'
import { entryAtCursor, itemAtCursor } from './entry-cursor.ts'
import { entryParts } from './entry-texts.ts'
import { reviewUndo } from './review-undo.ts'
import { chooseParts } from './rewind.ts'
import {
  flash,
  needsIdle,
  type WorkbenchCommand,
  type WorkbenchContext,
} from './workbench-command.ts'

/** What can be done with the entry at the cursor, in addition to reading and copying it. Nothing is sent without another key. */
export const ENTRY_ACTIONS: readonly WorkbenchCommand[] = [
  {
    id: 'entry.quote',
    run(context) {
      const entry = entryAtCursor(context)
      const [part] = entry === null ? [] : entryParts(entry)
      if (part === undefined) return flash(context, NOTHING_TO_QUOTE)
      const { root, now } = context
      const { composer } = root.state.workbench
      const start = composer.text === '' || composer.text.endsWith('\n') ? '' : '\n'
      const atEnd = { ...composer, cursor: composer.text.length }
      const editor = insert(atEnd, `${start}${quoted(part.text)}\n`)
      root.dispatch({ type: 'focus.moved', to: 'composer' })
      root.dispatch({ type: 'text.edited', editor, at: now() })
    },
  },
  {
    id: 'entry.runAgain',
    run(context) {
      const text = textToRun(entryAtCursor(context))
      if (text === null) flash(context, NOTHING_TO_RUN_AGAIN)
      else replaceMessage(context, text)
    },
  },
  {
    id: 'entry.undo',
    unavailable: needsIdle,
    async run(context) {
      const entry = entryAtCursor(context)
      const changes = await context.session.changes.list()
      const change = changes.find(
        ({ callId, undone }) => entry?.type === 'tool' && callId === entry.call.callId && !undone,
      )
      if (change === undefined) return flash(context, NOTHING_TO_UNDO_HERE)
      await reviewUndo(context, { callId: change.callId }, 'undo')
    },
  },
  {
    id: 'entry.rewind',
    unavailable: needsIdle,
    async run(context) {
      const message = messageAtCursor(context)
      if (message === null) return flash(context, NO_MESSAGE_ABOVE)
      await chooseParts(context, message.id)
    },
  },
  {
    id: 'entry.fork',
    unavailable: needsIdle,
    async run(context) {
      const message = messageAtCursor(context)
      if (message === null) return flash(context, NO_MESSAGE_ABOVE)
      await context.session.conversations.fork({ before: message.id })
      replaceMessage(context, message.text)
    },
  },
]

/** Longer texts are quoted up to here: the agent has them in its context. */
const MAX_QUOTED_LINES = 60

function quoted(text: string): string {
  const lines = text.split('\n')
  const shown = lines.length > MAX_QUOTED_LINES ? [...lines.slice(0, MAX_QUOTED_LINES), '…'] : lines
  return shown.map((line) => `> ${line}`.trimEnd()).join('\n')
}

/** The message of the user at the cursor, or that which led to the entry there. */
function messageAtCursor(context: WorkbenchContext): Extract<Entry, { type: 'user' }> | null {
  const { session } = context.root.state
  for (let index = itemAtCursor(context)?.index ?? 0; index > 0; index--) {
    const entry = entryAt(session, index - 1)
    if (entry?.type === 'user') return entry
  }
  return null
}
