import * as z from 'zod'
import { messageOf, UserError } from '../../util/user-error.ts'
import { createFileTool } from '../files/file-tool.ts'
import { substitute } from '../files/replace-text.ts'
import { encodeText } from '../files/text-encoding.ts'
import { editFailed, editSummary, editsApplied } from '../messages/file-changes.ts'
import { editableText, refuseForeignCharacters } from './edit.ts'

const parameters = z.object({
  file_path: z.string().describe('The file, absolute or relative to the project directory'),
  edits: z
    .array(
      z.object({
        old_string: z.string().describe('Exact text to replace'),
        new_string: z.string().describe('Replacement text'),
        replace_all: z.boolean().optional().describe('Replace every occurrence'),
      }),
    )
    .min(1, 'MultiEdit: give at least one edit.')
    .describe('Edits applied in sequence, each to the result of the previous one'),
})

type MultiEditArgs = z.infer<typeof parameters>

export const multiEdit = createFileTool<MultiEditArgs>({
  name: 'MultiEdit',
  description:
    'Makes several exact replacements in one file, in order and atomically. The rules of Edit apply to each of them.',
  parameters,
  path: ({ file_path }) => file_path,
  labelSuffix: ({ edits }) => ` (${edits.length} edits)`,
  compute({ edits }, before, { path, workspace }) {
    const content = editableText(before, path, workspace)
    let text = content.text
    for (const [index, edit] of edits.entries()) {
      refuseForeignCharacters(path, edit.new_string, content)
      text = numbered(index + 1, () => substitute({ ...content, text }, edit).text)
    }
    const summaries = edits.map(({ old_string, new_string }) =>
      editSummary(shorten(old_string), shorten(new_string)),
    )
    return { bytes: encodeText(text, content), message: editsApplied(path, summaries) }
  },
})

function numbered<Value>(number: number, task: () => Value): Value {
  try {
    return task()
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown
    throw new UserError(editFailed(number, messageOf(thrown)), { cause: thrown })
  }
}

function shorten(text: string): string {
  return text.length > 50 ? `${text.slice(0, 50)}...` : text
}
