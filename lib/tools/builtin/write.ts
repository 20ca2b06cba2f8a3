import * as z from 'zod'
import type { FileEdit } from '../files/file-change.ts'
import { applyChange, previewChange } from '../files/file-change.ts'
import { absoluteFile, pathLabel, pathSubject } from '../files/paths.ts'
import { assertNoLoneSurrogate } from '../files/replace-text.ts'
import { decodeText, encodeText, isBinary } from '../files/text-encoding.ts'
import { fileWritten } from '../messages.ts'
import type { Tool } from '../tool.ts'
import type { Workspace } from '../workspace.ts'

const parameters = z.object({
  file_path: z.string().describe('The file, absolute or relative to the project directory'),
  content: z.string().describe('The complete new content of the file'),
})

type WriteArgs = z.infer<typeof parameters>

export const write: Tool<WriteArgs> = {
  name: 'Write',
  access: 'write',
  description:
    'Writes a file, creating directories and overwriting existing content. Prefer Edit for a part of an existing file, and read a file before you replace it.',
  parameters,
  label: (args, workspace) => pathLabel(args.file_path, workspace),
  subject: (args, workspace) => pathSubject(args.file_path, workspace),
  preview: async (args, context) => previewChange(toEdit(args, context.workspace), context),
  run: async (args, context) => applyChange(toEdit(args, context.workspace), context),
}

function toEdit({ file_path, content }: WriteArgs, workspace: Workspace): FileEdit {
  const path = absoluteFile(file_path, workspace)
  return {
    tool: 'Write',
    path,
    compute(before) {
      assertNoLoneSurrogate(content)
      const like = before === null || isBinary(before.bytes) ? null : decodeText(before.bytes)
      // Carriage returns in the new content are intended. A byte order mark in it is not written twice.
      const newline = like !== null && !content.includes('\r') ? like.newline : '\n'
      const bom = like?.bom === true && !content.startsWith('\uFEFF')
      return {
        bytes: encodeText(content, { bom, newline }),
        message: fileWritten(path, content.length),
      }
    },
  }
}
