import { realpath, stat } from 'node:fs/promises'
import * as z from 'zod'
import { ignoreErrno } from '../../fs/errno.ts'
import { UserError } from '../../util/user-error.ts'
import { readRegularFile, type StoredFile } from '../files/files.ts'
import { pictureOf } from '../files/image.ts'
import { renderNotebook } from '../files/notebook.ts'
import { absoluteFile, absolutePath, pathLabel, pathSubject } from '../files/paths.ts'
import { decodeText, isBinary, showable } from '../files/text-encoding.ts'
import type { Tool, ToolAnswer } from '../tool.ts'

const SIZE_LIMIT = 10 * 1_048_576
const LINE_LIMIT = 2_000
const WIDTH_LIMIT = 2_000
/** Lines as long as the limit would fill any model's context. */
const CHARACTER_LIMIT = 100_000

const parameters = z.object({
  file_path: z.string().describe('The file, absolute or relative to the project folder'),
  offset: z.number().int().min(0).optional().describe('How many lines to skip'),
  limit: z.number().int().min(1).optional().describe(`How many lines to give (${LINE_LIMIT})`),
})

type Args = z.infer<typeof parameters>

export const read: Tool<Args> = {
  name: 'Read',
  access: 'read',
  description: `Reads a file: text with line numbers, images, notebooks (.ipynb) cell by cell. Gives up to ${LINE_LIMIT} lines; use offset and limit for the rest of a long file.`,
  parameters,
  label: (args, place) => pathLabel(args.file_path, place),
  subject: (args, place) => pathSubject(args.file_path, place),
  preview: async (args, work) => ({
    kind: 'arguments',
    text: absolutePath(args.file_path, work.place),
  }),
  async run(args, work) {
    const path = absoluteFile(args.file_path, work.place)
    const stats = await stat(path).catch(ignoreErrno('ENOENT', 'ENOTDIR'))
    if (stats?.isDirectory()) throw new UserError(`Path is a directory, not a file: ${path}`)
    const file = await readRegularFile(path, SIZE_LIMIT)
    if (file === null) {
      throw new UserError(`File does not exist. Current working directory: ${work.place.directory}`)
    }
    work.files.noteRead(await realpath(path), file.version)
    return answer(path, file, args)
  },
}

function answer(path: string, file: StoredFile, args: Args): ToolAnswer {
  const picture = pictureOf(file.bytes)
  if (picture !== null) {
    const size = `${file.bytes.length} bytes`
    return { status: 'success', text: `[Image: ${path}, ${size}]`, pictures: [picture] }
  }
  if (isBinary(file.bytes)) throw new UserError(`Cannot read binary file: ${path}`)
  const { text, utf8 } = decodeText(file.bytes)
  if (path.toLowerCase().endsWith('.ipynb'))
    return { status: 'success', ...renderNotebook(text, path) }
  if (text === '') {
    const remark = `The file ${path} exists but has empty contents.`
    return {
      status: 'success',
      text: `<system-reminder>
${remark}
</system-reminder>`,
    }
  }
  const remark = utf8 ? '' : '\n\n[Bytes that are not UTF-8 are shown as �; Edit keeps them.]'
  return { status: 'success', text: numberLines(showable(text), args) + remark }
}

/** The lines asked for, numbered as `12→text`, with a notice for all that was left out. */
export function numberLines(
  text: string,
  { offset = 0, limit }: Pick<Args, 'offset' | 'limit'>,
): string {
  const lines = text.split('\n')
  const wanted = lines.slice(offset, offset + (limit ?? LINE_LIMIT))
  const shown = withinCharacters(wanted)
  const width = String(offset + shown.length).length
  const numbered = shown.map((line, index) => {
    const cut =
      line.length > WIDTH_LIMIT ? `${line.slice(0, WIDTH_LIMIT)}... [line truncated]` : line
    return `${String(offset + index + 1).padStart(width)}→${cut}`
  })
  const notices: string[] = []
  const total = lines.at(-1) === '' ? lines.length - 1 : lines.length
  const cutShort = shown.length < wanted.length || limit === undefined
  if (cutShort && offset + shown.length < total) {
    const range = `lines ${offset + 1}-${offset + shown.length} of ${total} total lines`
    notices.push(
      `[File truncated: showing ${range}. Use offset and limit parameters to read other sections.]`,
    )
  }
  if (shown.some((line) => line.length > WIDTH_LIMIT)) {
    notices.push('[Some lines exceeded 2,000 characters and were truncated.]')
  }
  return [numbered.join('\n'), ...notices].join('\n\n')
}

function withinCharacters(lines: readonly string[]): readonly string[] {
  let length = 0
  const end = lines.findIndex((line) => {
    length += Math.min(line.length, WIDTH_LIMIT) + 1
    return length > CHARACTER_LIMIT
  })
  return end < 0 ? lines : lines.slice(0, end)
}
