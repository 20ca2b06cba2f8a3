import * as z from 'zod'
import { createFileTool } from '../files/file-tool.ts'
import { assertNoLoneSurrogate } from '../files/replace-text.ts'
import { findTwin } from '../files/similar-name.ts'
import { decodeText, encodeText, isBinary, missingCharacter } from '../files/text-encoding.ts'
import { fileWritten } from '../messages/file-changes.ts'
import { similarName } from '../messages/files.ts'

const parameters = z.object({
  file_path: z.string().describe('The file, absolute or relative to the project directory'),
  content: z.string().describe('The complete new content of the file'),
})

type WriteArgs = z.infer<typeof parameters>

export const write = createFileTool<WriteArgs>({
  name: 'Write',
  description:
    'Writes a file, creating directories and overwriting existing content. Prefer Edit for a part of an existing file, and read a file before you replace it.',
  parameters,
  path: ({ file_path }) => file_path,
  compute({ content }, before, { path }) {
    assertNoLoneSurrogate(content)
    const like = before === null || isBinary(before.bytes) ? null : decodeText(before.bytes)
    // Carriage returns in the new content are intended. A byte order mark in it is not written twice.
    const newline = like !== null && !content.includes('\r') ? like.newline : '\n'
    const bom = like?.bom === true && !content.startsWith('\uFEFF')
    const encoding = like?.encoding ?? 'utf-8'
    // The complete text is new: one that the old encoding cannot contain is stored as UTF-8.
    const isKept = missingCharacter(content, encoding) === null
    const twin = before === null ? findTwin(path) : null
    const remark = twin === null ? '' : `\n${similarName(twin)}`
    return {
      bytes: encodeText(content, { bom, newline, encoding: isKept ? encoding : 'utf-8' }),
      message: fileWritten(path, content.length) + remark,
    }
  },
})
