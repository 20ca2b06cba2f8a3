import * as z from 'zod'
import { messageOf, UserError } from '../../util/user-error.ts'
import type { FileEdit } from '../files/file-change.ts'
import { applyChange, previewChange } from '../files/file-change.ts'
import { absoluteFile, pathLabel, pathSubject } from '../files/paths.ts'
import { substitute } from '../files/replace-text.ts'
import { encodeText } from '../files/text-encoding.ts'
import type { Tool } from '../tool.ts'
import type { Workspace } from '../workspace.ts'
import { editableText } from './edit.ts'

const parameters = z.object({
  file_path: z.string().describe('The file, absolute or relative to the project folder'),
  edits: z
    .array(
      z.object({
        old_string: z.string().describe('The exact text to replace'),
        new_string: z.string().describe('The text to put in its place'),
        replace_all: z.boolean().optional().describe('Replace every occurrence'),
      }),
    )
    .min(1, 'MultiEdit: give at least one edit.')
    .describe('Edits made one after the other, each on the outcome of the one before'),
})

type Args = z.infer<typeof parameters>

export const multiEdit: Tool<Args> = {
  name: 'MultiEdit',
  access: 'write',
  description:
    'Makes several exact replacements in one file, in order, all or none. The rules of Edit hold for each of them.',
  parameters,
  label: (args, place) => `${pathLabel(args.file_path, place)} (${args.edits.length} edits)`,
  subject: (args, place) => pathSubject(args.file_path, place),
  preview: async (args, work) => previewChange(wishOf(args, work.place), work),
  run: async (args, work) => applyChange(wishOf(args, work.place), work),
}

function wishOf({ file_path, edits }: Args, place: Workspace): FileEdit {
  const path = absoluteFile(file_path, place)
  return {
    tool: 'MultiEdit',
    path,
    compute(before) {
      const content = editableText(before, path, place)
      let text = content.text
      for (const [index, edit] of edits.entries()) {
        text = numbered(index + 1, () => substitute({ ...content, text }, edit).text)
      }
      const list = edits.map(
        (edit, index) =>
          `${index + 1}. Replaced "${shorten(edit.old_string)}" with "${shorten(edit.new_string)}"`,
      )
      const noun = edits.length === 1 ? 'edit' : 'edits'
      return {
        bytes: encodeText(text, content),
        message: `Applied ${edits.length} ${noun} to ${path}:\n${list.join('\n')}`,
      }
    },
  }
}

function numbered<Value>(number: number, task: () => Value): Value {
  try {
    return task()
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown
    throw new UserError(`Edit ${number}: ${messageOf(thrown)}`, { cause: thrown })
  }
}

function shorten(text: string): string {
  return text.length > 50 ? `${text.slice(0, 50)}...` : text
}
