import { stat } from 'node:fs/promises'
import * as z from 'zod'
import { absolutePath } from '../../fs/absolute-path.ts'
import { ignoreErrno } from '../../fs/errno.ts'
import { resolvePath } from '../../fs/resolve-path.ts'
import { UserError } from '../../util/user-error.ts'
import { readRegularFile, type StoredFile } from '../files/files.ts'
import { parseImage } from '../files/image.ts'
import { judgedPath } from '../files/judged-path.ts'
import { renderNotebook } from '../files/notebook.ts'
import { absoluteFile, pathLabel, pathSubject } from '../files/paths.ts'
import { findSimilarPath } from '../files/similar-name.ts'
import { decodeText, isBinary, showable } from '../files/text-encoding.ts'
import {
  cannotReadBinary,
  emptyFile,
  encodingShown,
  fileNotFound,
  fileTruncated,
  imageRead,
  LONG_LINES_TRUNCATED,
  NOT_UTF8_SHOWN,
  notReadableDirectory,
  similarName,
} from '../messages/files.ts'
import type { Tool, ToolAnswer, ToolContext } from '../tool.ts'

const MAX_FILE_BYTES = 10 * 1_048_576
const MAX_LINES = 2_000
const MAX_LINE_LENGTH = 2_000
/** `MAX_LINES` lines of the maximum length would exceed the context window of any model. */
const MAX_CHARACTERS = 100_000

const parameters = z.object({
  file_path: z.string().describe('The file, absolute or relative to the project directory'),
  offset: z.number().int().min(0).optional().describe('How many lines to skip'),
  limit: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe(`How many lines to return (default ${MAX_LINES})`),
})

type ReadArgs = z.infer<typeof parameters>

export const read: Tool<ReadArgs> = {
  name: 'Read',
  access: 'read',
  description: `Reads a file: text with line numbers, images, notebooks (.ipynb) cell by cell. Returns up to ${MAX_LINES} lines; use offset and limit for the rest of a long file.`,
  parameters,
  label: (args, workspace) => pathLabel(args.file_path, workspace),
  subject: (args, workspace) => pathSubject(args.file_path, workspace),
  preview: async (args, context) => ({
    type: 'arguments',
    text: absolutePath(args.file_path, context.workspace),
  }),
  async run(args, context) {
    const path = absoluteFile(args.file_path, context.workspace)
    const real = await judgedPath(path, context)
    const stats = await stat(real).catch(ignoreErrno('ENOENT', 'ENOTDIR'))
    if (stats?.isDirectory()) throw new UserError(notReadableDirectory(path))
    const file = await readRegularFile(real, MAX_FILE_BYTES)
    if (file !== null) {
      context.files.noteRead(real, file.version)
      return answer(path, file, args)
    }
    const similar = await readableSimilar(real, context)
    const found = similar === null ? null : await readRegularFile(similar, MAX_FILE_BYTES)
    if (similar === null || found === null) {
      throw new UserError(fileNotFound(context.workspace.directory))
    }
    context.files.noteRead(similar, found.version)
    const { text, ...rest } = answer(similar, found, args)
    return { ...rest, text: `${text}\n\n[${similarName(similar)}]` }
  },
}

/**
 * The file that differs only in the Unicode form or the spaces of its name. Rules and links were checked for the other name: it must
 * be behind no link.
 */
async function readableSimilar(
  real: string,
  { withoutDenied }: ToolContext,
): Promise<string | null> {
  const similar = findSimilarPath(real)
  if (similar === null || (await resolvePath(similar)) !== similar) return null
  if (withoutDenied === null) return similar
  return (await withoutDenied([similar])).length === 0 ? null : similar
}

function answer(path: string, file: StoredFile, args: ReadArgs): ToolAnswer {
  const image = parseImage(file.bytes)
  if (image !== null) {
    const text = imageRead(path, file.bytes.length)
    return { status: 'success', text, images: [image] }
  }
  if (isBinary(file.bytes)) throw new UserError(cannotReadBinary(path))
  const { text, isWellFormed, encoding } = decodeText(file.bytes)
  if (path.toLowerCase().endsWith('.ipynb'))
    return { status: 'success', ...renderNotebook(text, path) }
  if (text === '') return { status: 'success', text: emptyFile(path) }
  const remark = isWellFormed
    ? encoding === 'utf-8'
      ? ''
      : encodingShown(encoding)
    : NOT_UTF8_SHOWN
  return { status: 'success', text: numberLines(showable(text), args) + remark }
}

/** The lines asked for, numbered as `12→text`, with a notice for everything that was omitted. */
function numberLines(
  text: string,
  { offset = 0, limit }: Pick<ReadArgs, 'offset' | 'limit'>,
): string {
  // A final line feed ends a line; it does not begin another.
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
  const wanted = lines.slice(offset, offset + (limit ?? MAX_LINES))
  const shown = withinCharacters(wanted)
  const width = String(offset + shown.length).length
  const numbered = shown.map((line, index) => {
    const cut =
      line.length > MAX_LINE_LENGTH ? `${line.slice(0, MAX_LINE_LENGTH)}... [line truncated]` : line
    return `${String(offset + index + 1).padStart(width)}→${cut}`
  })
  const notices: string[] = []
  const total = lines.length
  const cutShort = shown.length < wanted.length || limit === undefined
  if (cutShort && offset + shown.length < total) {
    notices.push(fileTruncated(offset + 1, offset + shown.length, total))
  }
  if (shown.some((line) => line.length > MAX_LINE_LENGTH)) {
    notices.push(LONG_LINES_TRUNCATED)
  }
  return [numbered.join('\n'), ...notices].join('\n\n')
}

function withinCharacters(lines: readonly string[]): readonly string[] {
  let length = 0
  const end = lines.findIndex((line) => {
    length += Math.min(line.length, MAX_LINE_LENGTH) + 1
    return length > MAX_CHARACTERS
  })
  return end < 0 ? lines : lines.slice(0, end)
}
