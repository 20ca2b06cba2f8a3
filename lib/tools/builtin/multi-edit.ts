import * as z from 'zod'
import { messageOf, UserError } from '../../util/user-error.ts'
import type { FileEdit } from '../files/file-change.ts'
import { applyChange, previewChange } from '../files/file-change.ts'
import { absoluteFile, pathLabel, pathSubject } from '../files/paths.ts'
import { substitute } from '../files/replace-text.ts'
import { encodeText } from '../files/text-encoding.ts'
import { editFailed, editSummary, editsApplied } from '../messages.ts'
import type { Tool } from '../tool.ts'
import type { Workspace } from '../workspace.ts'
import { editableText } from './edit.ts'

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

export const multiEdit: Tool<MultiEditArgs> = {
  name: 'MultiEdit',
  access: 'write',
  description:
    'Makes several exact replacements in one file, in order and atomically. The rules of Edit apply to each of them.',
  parameters,
  label: (args, workspace) =>
    `${pathLabel(args.file_path, workspace)} (${args.edits.length} edits)`,
  subject: (args, workspace) => pathSubject(args.file_path, workspace),
  preview: async (args, context) => previewChange(toEdit(args, context.workspace), context),
  run: async (args, context) => applyChange(toEdit(args, context.workspace), context),
}

function toEdit({ file_path, edits }: MultiEditArgs, workspace: Workspace): FileEdit {
  const path = absoluteFile(file_path, workspace)
  return {
    tool: 'MultiEdit',
    path,
    compute(before) {
      const content = editableText(before, path, workspace)
      let text = content.text
      for (const [index, edit] of edits.entries()) {
        text = numbered(index + 1, () => substitute({ ...content, text }, edit).text)
      }
      const summaries = edits.map(({ old_string, new_string }) =>
        editSummary(shorten(old_string), shorten(new_string)),
      )
      return { bytes: encodeText(text, content), message: editsApplied(path, summaries) }
    },
  }
}

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
