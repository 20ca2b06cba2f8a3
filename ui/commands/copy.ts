import type { Entry } from '../../lib/session/state/entry.ts'
import {
  CODE_PREVIEW_COLUMNS,
  copied,
  NO_FILE_OF_ENTRY,
  NOTHING_TO_COPY,
  partSize,
  TOO_LONG_TO_COPY,
} from '../messages/entries.ts'
import { PICKER_TITLES } from '../messages/program.ts'
import { entryFile } from '../state/entry-abilities.ts'
import { entryAtCursor } from './entry-cursor.ts'
import { type EntryPart, entryMarkdown, entryParts } from './entry-texts.ts'
import { openPicker } from './open-overlay.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

/** What leaves the conversation: to the clipboard, an editor or a pager. */
export const COPY_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'entry.copy',
    run(context) {
      const entry = entryAtCursor(context)
      return copyOneOf(context, entry === null ? [] : entryParts(entry))
    },
  },
  {
    id: 'entry.copyMarkdown',
    run(context) {
      const entry = entryAtCursor(context)
      return copyAndReport(context, 'Markdown', entry === null ? '' : entryMarkdown(entry))
    },
  },
  {
    id: 'entry.edit',
    async run(context) {
      const entry = entryAtCursor(context)
      const file = entry === null ? null : entryFile(entry)
      if (file === null) flash(context, NO_FILE_OF_ENTRY)
      else await context.editFile(file.path, file.line)
    },
  },
  {
    id: 'entry.page',
    async run(context) {
      const entry = entryAtCursor(context)
      if (entry !== null) await context.page(pageText(entry))
    },
  },
  {
    id: 'conversation.copy',
    run(context) {
      const { settled, current } = context.root.state.session
      const isAnswer = (entry: Entry): boolean => entry.type === 'assistant'
      const answer = current.findLast(isAnswer) ?? settled.findLast(isAnswer)
      const [part] = answer === undefined ? [] : entryParts(answer)
      return copyAndReport(context, part?.name ?? '', part?.text ?? '')
    },
  },
]

/** A single part is copied at once; of several, the person picks one, the first of which is selected. */
function copyOneOf(
  context: WorkbenchContext,
  parts: readonly EntryPart[],
): Promise<void> | undefined {
  const [first, second] = parts
  if (second === undefined) return copyAndReport(context, first?.name ?? '', first?.text ?? '')
  const items = parts.map(({ name, text }) => ({
    title: name,
    detail: `${partSize(text)}  ${text.trimStart().split('\n')[0]?.slice(0, CODE_PREVIEW_COLUMNS) ?? ''}`,
    current: false,
    action: { type: 'text.copy', name, text } as const,
  }))
  openPicker(context, PICKER_TITLES.copy, items)
  return undefined
}

/** Copies text, and reports what has taken it and how much it was. */
export async function copyAndReport(
  context: WorkbenchContext,
  name: string,
  text: string,
): Promise<void> {
  if (text === '') return flash(context, NOTHING_TO_COPY)
  const method = await context.copy(text)
  flash(context, method === null ? TOO_LONG_TO_COPY : copied(name, partSize(text), method))
}

function pageText(entry: Entry): string {
  const parts = entryParts(entry)
  return `${parts.map(({ text }) => text).join('\n\n')}\n`
}
