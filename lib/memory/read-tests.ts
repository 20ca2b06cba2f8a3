import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { isErrno } from '../fs/errno.ts'
import { FrontMatterError, readFrontMatter } from '../util/front-matter.ts'
import { toTerminalRow } from '../util/sanitize.ts'
import { messageOf, UserError } from '../util/user-error.ts'
import { readText } from './markdown-files.ts'
import {
  directoryNotFound,
  fileError,
  memoryTestEmptyList,
  memoryTestKey,
  noMarkdownFiles,
  TEST_EXPECTS_NOTHING,
  TEST_HAS_NO_QUESTION,
  TEST_NAME_NOT_ONE_LINE,
  tooManyFiles,
} from './messages.ts'

/** A question about what the agent remembers. */
export interface MemoryTest {
  /** The file without `.md`. */
  readonly name: string
  readonly file: string
  readonly question: string
  /** Each of them has to be in the answer; `a | b` is one of both. */
  readonly expected: readonly string[]
  /** None of them may be in the answer. */
  readonly forbidden: readonly string[]
  /** None of them may be called; `*` is every tool. */
  readonly forbiddenTools: readonly string[]
}

/** Where the tests of a project are. */
export const MEMORY_TESTS = path.join('.letta', 'memory-tests')

const KEYS = {
  question: 'question',
  expected: 'expected',
  forbidden: 'forbidden',
  'forbidden-tools': 'forbiddenTools',
} as const

const MAX_TESTS = 500

/** The tests of a directory, or the one of a file. Throws a `UserError` that names each file and line that is not understood. */
export async function readMemoryTests(place: string): Promise<readonly MemoryTest[]> {
  const read = await Promise.all((await testFiles(place)).map(readTest))
  const errors = read.flatMap((one) => ('error' in one ? [one.error] : []))
  if (errors.length > 0) throw new UserError(errors.join('\n'))
  return read.flatMap((one) => ('error' in one ? [] : [one]))
}

async function testFiles(place: string): Promise<readonly string[]> {
  const found = await stat(place).catch(() => null)
  if (found === null) throw new UserError(directoryNotFound(place))
  if (!found.isDirectory()) return [place]
  const names = await readdir(place).catch((thrown: unknown) => {
    if (isErrno(thrown)) throw new UserError(fileError(place, messageOf(thrown)))
    throw thrown
  })
  const files = names.filter((name) => /^[^.].*\.md$/s.test(name)).sort()
  if (files.length === 0) throw new UserError(noMarkdownFiles(place))
  if (files.length > MAX_TESTS) throw new UserError(tooManyFiles(place, MAX_TESTS))
  return files.map((name) => path.join(place, name))
}

async function readTest(file: string): Promise<MemoryTest | { readonly error: string }> {
  const shown = toTerminalRow(file)
  if (shown !== file) return { error: fileError(shown, TEST_NAME_NOT_ONE_LINE) }
  try {
    const text = (await readText(file)) ?? ''
    return parseMemoryTest(text, file)
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown
    const { message } = thrown
    return { error: message.startsWith(file) ? message : fileError(`${file}:1`, message) }
  }
}

/**
 * The front matter has what is expected; the text below it is the question.
 * @internal
 */
export async function parseMemoryTest(
  text: string,
  file: string,
): Promise<MemoryTest | { readonly error: string }> {
  const lines = text.split(/\r?\n/)
  const failure = (line: number, reason: string) => ({
    error: fileError(`${file}:${line}`, reason),
  })
  const read = await readFrontMatter(text).catch((thrown: unknown) => ({ thrown }))
  if ('thrown' in read) {
    const line = read.thrown instanceof FrontMatterError ? read.thrown.line : null
    return failure(line ?? 1, messageOf(read.thrown))
  }
  const { fields, body } = read
  const lineOf = (key: string): number => 1 + lines.findIndex((line) => line.startsWith(key))
  const lists: Record<string, readonly string[]> = {}
  for (const [key, value] of Object.entries(fields)) {
    if (!Object.hasOwn(KEYS, key))
      return failure(lineOf(key), memoryTestKey(key, Object.keys(KEYS)))
    const items = [value].flat().map((item) => (typeof item === 'string' ? item.trim() : ''))
    if (items.length === 0 || items.includes(''))
      return failure(lineOf(key), memoryTestEmptyList(key))
    lists[key] = items
  }
  const question = lists['question']?.join('\n') ?? body.trim()
  const [expected = [], forbidden = []] = [lists['expected'], lists['forbidden']]
  const forbiddenTools = lists['forbidden-tools'] ?? []
  if (question === '') return failure(lines.length, TEST_HAS_NO_QUESTION)
  if (expected.length + forbidden.length + forbiddenTools.length === 0) {
    return failure(1, TEST_EXPECTS_NOTHING)
  }
  return { name: path.basename(file, '.md'), file, question, expected, forbidden, forbiddenTools }
}
