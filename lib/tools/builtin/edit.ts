import * as z from 'zod'
import { UserError } from '../../util/user-error.ts'
import type { FileEditResult } from '../files/file-change.ts'
import { createFileTool } from '../files/file-tool.ts'
import type { StoredFile } from '../files/files.ts'
import { assertNoLoneSurrogate, substitute } from '../files/replace-text.ts'
import { findSimilarPath } from '../files/similar-name.ts'
import {
  characterOfOtherEncoding,
  decodeText,
  encodeText,
  isBinary,
  missingCharacter,
  type TextContent,
} from '../files/text-encoding.ts'
import {
  cannotEditBinary,
  fileCreated,
  fileExists,
  occurrencesReplaced,
} from '../messages/file-changes.ts'
import { encodingUnknown, fileNotFound, notEncodable, similarName } from '../messages/files.ts'
import type { Workspace } from '../workspace.ts'

const parameters = z.object({
  file_path: z.string().describe('The file, absolute or relative to the project directory'),
  old_string: z
    .string()
    .describe('Exact text to replace, without line numbers (empty to create a file)'),
  new_string: z.string().describe('Replacement text'),
  replace_all: z
    .boolean()
    .optional()
    .describe('Replace every occurrence; without it old_string must occur exactly once'),
})

type EditArgs = z.infer<typeof parameters>

export const edit = createFileTool<EditArgs>({
  name: 'Edit',
  description:
    'Replaces an exact piece of text in a file. Read the file first; give old_string with its indentation and enough surrounding lines to be unique. Line endings and encoding are preserved.',
  parameters,
  path: ({ file_path }) => file_path,
  compute: (args, before, { path, workspace }) =>
    args.old_string === '' ? create(args, path, before) : change(args, path, before, workspace),
})

function create(args: EditArgs, path: string, before: StoredFile | null): FileEditResult {
  assertNoLoneSurrogate(args.new_string)
  if (before !== null && before.bytes.length > 0) {
    throw new UserError(fileExists(path))
  }
  return { bytes: encodeText(args.new_string, null), message: fileCreated(path) }
}

function change(
  args: EditArgs,
  path: string,
  before: StoredFile | null,
  workspace: Workspace,
): FileEditResult {
  const content = editableText(before, path, workspace)
  refuseForeignCharacters(path, args.new_string, content)
  const { text, count } = substitute(content, args)
  return {
    bytes: encodeText(text, content),
    message: occurrencesReplaced(path, count),
  }
}

/** Throws a `UserError` for new text that the encoding of the file cannot contain. */
export function refuseForeignCharacters(path: string, text: string, content: TextContent): void {
  const { encoding } = content
  const missing = missingCharacter(text, encoding)
  if (missing !== null) throw new UserError(notEncodable(path, missing, encoding))
  const other = characterOfOtherEncoding(text, content)
  if (other !== null) throw new UserError(encodingUnknown(path, other))
}

/** The text of the file to edit; throws a `UserError` when the file does not exist or is binary. */
export function editableText(
  before: StoredFile | null,
  path: string,
  workspace: Workspace,
): TextContent {
  if (before === null) {
    const similar = findSimilarPath(path)
    const hint = similar === null ? '' : `\n${similarName(similar)}`
    throw new UserError(fileNotFound(workspace.directory) + hint)
  }
  if (isBinary(before.bytes)) throw new UserError(cannotEditBinary(path))
  return decodeText(before.bytes)
}
