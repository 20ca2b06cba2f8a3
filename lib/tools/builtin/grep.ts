import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import * as z from 'zod'
import { absolutePath } from '../../fs/absolute-path.ts'
import { ignoreErrno } from '../../fs/errno.ts'
import { inRealDirectory } from '../../fs/real-place.ts'
import { plural } from '../../util/quantities.ts'
import { quoteControls } from '../../util/sanitize.ts'
import { UserError } from '../../util/user-error.ts'
import { judgedPath } from '../files/judged-path.ts'
import { accessiblePaths } from '../files/paths.ts'
import { notFileOrDirectory, pathNotFound } from '../messages/files.ts'
import {
  linesTruncated,
  NO_FILES_FOUND,
  NO_MATCHES_FOUND,
  noFileMatches,
  noFilesIn,
  onlyIgnoredFiles,
  SEARCH_STOPPED,
  someFilesUnreadable,
  tooLargeForMultiline,
} from '../messages/search.ts'
import { ignoreOptions } from '../search/ignore-scope.ts'
import { type FoundMatches, INHERITED_FILE, ripgrep, SEARCH_MS } from '../search/ripgrep.ts'
import { searchGlobs } from '../search/search-globs.ts'
import type { Tool, ToolAnswer, ToolContext } from '../tool.ts'
import type { Workspace } from '../workspace.ts'

const MAX_CHARACTERS = 10_000
const MAX_OUTPUT_BYTES = 4 * 1_048_576
/** ripgrep has a complete file in memory when a match can span lines. */
const MAX_MULTILINE_BYTES = 256 * 1_048_576

const lines = z.number().int().min(0)

const parameters = z.object({
  pattern: z.string().describe('Regular expression (ripgrep syntax)'),
  path: z
    .string()
    .optional()
    .describe('File or directory to search (default: the project directory)'),
  glob: z
    .string()
    .optional()
    .describe(
      'Only files whose path, relative to `path`, matches: "*.ts", "src/**/*.md", "*.{ts,tsx}"',
    ),
  output_mode: z
    .enum(['content', 'files_with_matches', 'count'])
    .optional()
    .describe('Matching lines, file names (the default), or how many matches each file has'),
  '-A': lines.optional().describe('Lines to show after each match (content)'),
  '-B': lines.optional().describe('Lines to show before each match (content)'),
  '-C': lines.optional().describe('Lines to show before and after each match (content)'),
  '-n': z.boolean().optional().describe('Show line numbers (content)'),
  '-i': z.boolean().optional().describe('Ignore case'),
  type: z.string().optional().describe('File type as ripgrep knows it: js, py, rust, go …'),
  head_limit: lines.optional().describe('Return only the first N lines or files'),
  multiline: z
    .boolean()
    .optional()
    .describe('Let . match line feeds and patterns span lines, in files up to 256 MB'),
})

type GrepArgs = z.infer<typeof parameters>

export const grep: Tool<GrepArgs> = {
  name: 'Grep',
  access: 'read',
  description:
    'Searches file contents with ripgrep. Skips .git, binary and ignored files (.gitignore). Use output_mode "content" with -n to see the lines.',
  parameters,
  label: ({ pattern, path, glob }) => [pattern, path, glob].filter((part) => part).join(' · '),
  subject: (args, workspace) => ({ type: 'paths', paths: reach(args, workspace) }),
  preview: async (args) => ({ type: 'arguments', text: JSON.stringify(args, null, 2) }),
  async run(args, context) {
    const path = rootOf(args, context.workspace)
    const real = await judgedPath(path, context)
    const stats = await stat(real).catch(ignoreErrno('ENOENT', 'ENOTDIR'))
    if (stats === null) throw new UserError(pathNotFound(path))
    if (!stats.isFile() && !stats.isDirectory()) throw new UserError(notFileOrDirectory(path))
    const until = performance.now() + SEARCH_MS
    if (stats.isDirectory()) {
      return inRealDirectory(real, (pinned) =>
        answerTo(args, { path, real, pinned, file: null, until }, context),
      )
    }
    if (args.multiline === true && stats.size > MAX_MULTILINE_BYTES) {
      throw new UserError(tooLargeForMultiline(path))
    }
    return inRealDirectory(dirname(real), (pinned, descriptor) =>
      withFile(join(pinned, basename(real)), descriptor !== null, (file) =>
        answerTo(args, { path, real: dirname(real), pinned, file, until }, context),
      ),
    )
  },
}

interface SearchPlace {
  /** As the call names it. */
  readonly path: string
  /** The directory to which globs are relative, and a path that leads to it whatever takes its place. */
  readonly real: string
  readonly pinned: string
  /** When a file is searched. */
  readonly file: OpenedFile | null
  /** By `performance.now()`; for all searches of the call together. */
  readonly until: number
}

interface OpenedFile {
  /** For ripgrep. */
  readonly name: string
  readonly descriptor: number
}

/** A file that is opened here is the file that is searched, where the system has paths of descriptors. */
async function withFile<Value>(
  path: string,
  isPinned: boolean,
  task: (file: OpenedFile) => Promise<Value>,
): Promise<Value> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    if (!(await handle.stat()).isFile()) throw new UserError(notFileOrDirectory(path))
    const name = isPinned ? INHERITED_FILE : `./${basename(path)}`
    return await task({ name, descriptor: handle.fd })
  } finally {
    await handle.close()
  }
}

async function answerTo(
  args: GrepArgs,
  place: SearchPlace,
  context: ToolContext,
): Promise<ToolAnswer> {
  const found = await search(args, place, context)
  const answer = ANSWERS[args.output_mode ?? 'files_with_matches'](found, args)
  const remarks = found.unread === null ? [] : [someFilesUnreadable(found.unread)]
  if (found.text === '') remarks.push(...(await whyNothing(args, place, found, context)))
  if (remarks.length === 0) return answer
  return success([answer.text.trimEnd(), ...remarks].join('\n'))
}

/** Nothing found is knowledge only when files were looked at. */
async function whyNothing(
  args: GrepArgs,
  { path, real, pinned, file, until }: SearchPlace,
  { complete }: FoundMatches,
  context: ToolContext,
): Promise<readonly string[]> {
  if (!complete) return [SEARCH_STOPPED]
  if (file !== null) return []
  const hasFiles = async (flags: readonly string[]): Promise<boolean> =>
    (await ripgrep({ args: [...flags, '--files', './'], cwd: pinned, maxBytes: 1, until }, context))
      .text !== ''
  const ignoring = await ignoreOptions(real, context.workspace.directory)
  if (await hasFiles([...filesOf(args), ...ignoring])) return []
  const restriction = [args.glob, args.type].filter((one) => one !== undefined).join(' ')
  const isIgnored = await hasFiles([...filesOf(args), '--no-ignore'])
  if (isIgnored) return [onlyIgnoredFiles(path, restriction)]
  return [restriction === '' ? noFilesIn(path) : noFileMatches(path, restriction)]
}

async function search(
  args: GrepArgs,
  { path, real, pinned, file, until }: SearchPlace,
  context: ToolContext,
): Promise<FoundMatches> {
  const searched = { cwd: pinned, maxBytes: MAX_OUTPUT_BYTES, until }
  // The rules have decided about a file that the call names.
  if (file !== null) {
    const named = [...flagsOf(args), '--', args.pattern, file.name]
    const found = await ripgrep({ args: named, ...searched, file: file.descriptor }, context)
    const isNamed = found.text.startsWith(file.name) && args.output_mode !== 'content'
    return isNamed ? { ...found, text: path + found.text.slice(file.name.length) } : found
  }
  const ignoring = await ignoreOptions(real, context.workspace.directory)
  const run = (flags: readonly string[]): Promise<FoundMatches> =>
    ripgrep({ args: [...flags, ...ignoring, '--', args.pattern, './'], ...searched }, context)
  const pathOf = (name: string): string => join(path, name)
  const { withoutDenied } = context
  if (withoutDenied === null) return withPaths(await run(separatedFlags(args)), args, pathOf)
  // Files that must not be shown must not be read either: the first search lists files, the second leaves them out.
  const list = await run(separatedFlags({ ...args, output_mode: 'files_with_matches' }))
  const all = list.text.split('\0').slice(0, -1)
  const shown = new Set(await withoutDenied(all.map(pathOf)))
  if (shown.size === 0) return { ...list, text: '' }
  const hidden = all.filter((name) => !shown.has(pathOf(name))).slice(0, MAX_EXCLUDED)
  const excluding = hidden.map(
    (name) => `--glob=!${name.slice(1).replaceAll(/[*?[\]{}\\]/g, '\\$&')}`,
  )
  const found = await run([...separatedFlags(args), ...excluding])
  // What has changed since the first search was not judged.
  const judged = withPaths(found, args, (name) => (shown.has(pathOf(name)) ? pathOf(name) : null))
  return { ...judged, complete: judged.complete && list.complete }
}

/** The number of names that fit on a command line. */
const MAX_EXCLUDED = 2_000

/** Separates names from what follows them by a character that neither has. */
function separatedFlags(args: GrepArgs): string[] {
  const isContent = args.output_mode === 'content'
  const separators = ['--field-match-separator=\\x00:', '--field-context-separator=\\x00-']
  return [...flagsOf(args), ...(isContent ? separators : ['--null'])]
}

/** The output with paths in place of names. `pathOf`: null for a file that is not shown. */
function withPaths(
  found: FoundMatches,
  { output_mode }: GrepArgs,
  pathOf: (name: string) => string | null,
): FoundMatches {
  const unread =
    found.unread === null ? null : found.unread.replace(/^\.\/[^:]*/, (name) => pathOf(name) ?? '')
  if (output_mode === undefined || output_mode === 'files_with_matches') {
    const names = found.text.split('\0').slice(0, -1)
    const paths = names.map(pathOf).filter((path) => path !== null)
    return { ...found, unread, text: paths.map((path) => `${quoteControls(path)}\n`).join('') }
  }
  const lines = outputLines(found.text).flatMap((line) => {
    const [, name, rest = ''] = NAMED_LINE.exec(line) ?? []
    if (name === undefined) return [line]
    const path = pathOf(name)
    const after = output_mode === 'count' ? `:${rest}` : rest.replace(/^(.\d+)\0(?=[:-])/, '$1')
    return path === null ? [] : [`${quoteControls(path)}${after}`]
  })
  return { ...found, unread, text: lines.join('\n') }
}

/** The lines of the output: a name with a line feed begins before that of its match, which has the separator. */
function outputLines(text: string): readonly string[] {
  const lines: string[] = []
  let begun = ''
  for (const line of text.split('\n')) {
    const joined = begun + line
    const isName = joined.startsWith('./') && !NAMED_LINE.test(joined)
    begun = isName ? `${joined}\n` : ''
    if (!isName) lines.push(joined)
  }
  return begun === '' ? lines : [...lines, begun]
}

/** ripgrep adds a remark about a binary file to its name with a colon. */
const NAMED_LINE = /^(\.\/[^\0]*?)(?:\0|(?=: (?:binary file matches|WARNING: )))(.*)$/s

function rootOf({ path }: GrepArgs, workspace: Workspace): string {
  return path === undefined ? workspace.directory : absolutePath(path, workspace)
}

/** The files to search. A glob that names one file finds it even when it is hidden or ignored. */
function reach(args: GrepArgs, workspace: Workspace): string[] {
  const roots =
    args.path === undefined ? [workspace.directory] : accessiblePaths(args.path, workspace)
  const named = args.glob !== undefined && !/[*?[{]|^!/.test(args.glob)
  return named ? [...roots, join(rootOf(args, workspace), args.glob ?? '')] : [...roots]
}

function flagsOf(args: GrepArgs): string[] {
  const mode = args.output_mode ?? 'files_with_matches'
  const flags = ['--no-heading', '--engine=auto', '--max-columns=1000', '--max-columns-preview']
  if (mode === 'files_with_matches') flags.push('--files-with-matches')
  if (mode === 'count') flags.push('--count-matches', '--with-filename')
  if (mode === 'content') {
    for (const name of ['-A', '-B', '-C'] as const) {
      if (args[name] !== undefined) flags.push(name, String(args[name]))
    }
    flags.push(args['-n'] === true ? '--line-number' : '--no-line-number')
  }
  if (args['-i'] === true) flags.push('--ignore-case')
  if (args.multiline === true) {
    flags.push('--multiline', '--multiline-dotall', `--max-filesize=${MAX_MULTILINE_BYTES}`)
  }
  return [...flags, ...filesOf(args)]
}

/** Which files are searched: hidden ones, too, but not the insides of git. The last glob that matches decides. */
function filesOf({ glob, type }: GrepArgs): string[] {
  const globs = glob === undefined ? [] : searchGlobs(glob)
  const namesGit = globs.some((one) => /(^|\/)\.git(\/|$)/.test(one))
  return [
    '--hidden',
    ...globs.map((one) => `--glob=${one}`),
    ...(namesGit ? [] : ['--glob=!.git']),
    ...(type === undefined ? [] : typesOf(type)),
  ]
}

/** `ts`, `.ts`, `ts,tsx`, `TypeScript`. A type that ripgrep does not know is the end of a name. */
function typesOf(type: string): string[] {
  const names = type
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((name) => name !== '')
    .map((name) => name.replace(/^\./, ''))
    .map((name) => TYPE_NAMES[name] ?? name)
  return names.flatMap((name) => [
    ...(/^\w+$/.test(name) ? [`--type-add=${name}:*.${name}`] : []),
    `--type=${name}`,
  ])
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  bash: 'sh',
  'c++': 'cpp',
  'c#': 'cs',
  golang: 'go',
  javascript: 'js',
  kt: 'kotlin',
  rb: 'ruby',
  rs: 'rust',
  shell: 'sh',
  text: 'txt',
  yml: 'yaml',
}

type Mode = NonNullable<GrepArgs['output_mode']>

const ANSWERS: Record<Mode, (found: FoundMatches, args: GrepArgs) => ToolAnswer> = {
  files_with_matches(found, args) {
    const all = linesOf(found).sort()
    if (all.length === 0) return success(NO_FILES_FOUND)
    const noun = all.length === 1 ? 'file' : 'files'
    const head = `Found ${all.length}${found.complete ? '' : ' or more'} ${noun}\n`
    return success(head + bounded(all, args.head_limit, found))
  },
  content(found, args) {
    const all = linesOf(found)
    if (all.length === 0) return success(NO_MATCHES_FOUND)
    const text = bounded(all, args.head_limit, found)
    return success(text.endsWith(']') ? text : `${text}\n`)
  },
  count(found, args) {
    const all = linesOf(found).sort()
    if (all.length === 0) return success(NO_MATCHES_FOUND)
    const total = all.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(':') + 1)), 0)
    const files = plural(all.length, 'file')
    const matches = plural(total, 'total occurrence')
    return success(`${bounded(all, args.head_limit, found)}\n\nFound ${matches} across ${files}.`)
  },
}

function success(text: string): ToolAnswer {
  return { status: 'success', text }
}

function linesOf({ text }: FoundMatches): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

/** The complete lines that fit, and a notice about the others. */
function bounded(
  all: readonly string[],
  headLimit: number | undefined,
  found: FoundMatches,
): string {
  const wanted = headLimit ? all.slice(0, headLimit) : all
  let length = 0
  const shown = wanted.filter((line) => {
    length += line.length + 1
    return length <= MAX_CHARACTERS
  })
  if (shown.length === all.length && found.complete) return shown.join('\n')
  const total = found.complete ? String(all.length) : `${all.length} or more`
  return [...shown, '', linesTruncated(shown.length, total)].join('\n')
}
