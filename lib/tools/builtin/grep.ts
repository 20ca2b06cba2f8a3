import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { absolutePath } from '../../fs/absolute-path.ts'
import { ignoreErrno } from '../../fs/errno.ts'
import { plural } from '../../util/quantities.ts'
import { UserError } from '../../util/user-error.ts'
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
} from '../messages/search.ts'
import { ignoreOptions } from '../search/ignore-scope.ts'
import { type FoundMatches, ripgrep } from '../search/ripgrep.ts'
import { searchGlobs } from '../search/search-globs.ts'
import type { Tool, ToolAnswer, ToolContext } from '../tool.ts'
import type { Workspace } from '../workspace.ts'

const MAX_CHARACTERS = 10_000
const MAX_OUTPUT_BYTES = 4 * 1_048_576

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
  multiline: z.boolean().optional().describe('Let . match line feeds and patterns span lines'),
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
    const stats = await stat(path).catch(ignoreErrno('ENOENT', 'ENOTDIR'))
    if (stats === null) throw new UserError(pathNotFound(path))
    if (!stats.isFile() && !stats.isDirectory()) throw new UserError(notFileOrDirectory(path))
    const place = {
      path,
      // Globs are relative to it.
      directory: stats.isDirectory() ? path : dirname(path),
      isFile: stats.isFile(),
    }
    const found = await search(args, place, context)
    const answer = ANSWERS[args.output_mode ?? 'files_with_matches'](found, args)
    const remarks = found.unread === null ? [] : [someFilesUnreadable(found.unread)]
    if (found.text === '') remarks.push(...(await whyNothing(args, place, found, context)))
    if (remarks.length === 0) return answer
    return success([answer.text.trimEnd(), ...remarks].join('\n'))
  },
}

interface SearchPlace {
  readonly path: string
  readonly directory: string
  readonly isFile: boolean
}

/** Nothing found is knowledge only when files were looked at. */
async function whyNothing(
  args: GrepArgs,
  { path, directory, isFile }: SearchPlace,
  { complete }: FoundMatches,
  context: ToolContext,
): Promise<readonly string[]> {
  if (!complete) return [SEARCH_STOPPED]
  if (isFile) return []
  const hasFiles = async (flags: readonly string[]): Promise<boolean> =>
    (await ripgrep({ args: [...flags, '--files', path], cwd: directory, maxBytes: 1 }, context))
      .text !== ''
  const ignoring = await ignoreOptions(directory, context.workspace.directory)
  if (await hasFiles([...filesOf(args), ...ignoring])) return []
  const restriction = [args.glob, args.type].filter((one) => one !== undefined).join(' ')
  const isIgnored = await hasFiles([...filesOf(args), '--no-ignore'])
  if (isIgnored) return [onlyIgnoredFiles(path, restriction)]
  return [restriction === '' ? noFilesIn(path) : noFileMatches(path, restriction)]
}

async function search(
  args: GrepArgs,
  { path, directory, isFile }: SearchPlace,
  context: ToolContext,
): Promise<FoundMatches> {
  const ignoring = isFile ? [] : await ignoreOptions(directory, context.workspace.directory)
  const searched = { cwd: directory, maxBytes: MAX_OUTPUT_BYTES }
  const run = (flags: readonly string[], paths: readonly string[]): Promise<FoundMatches> =>
    ripgrep({ args: [...flags, ...ignoring, '--', args.pattern, ...paths], ...searched }, context)
  const { withoutDenied } = context
  // The rules have decided about a file that the call names.
  if (withoutDenied === null || isFile) return run(flagsOf(args), [path])
  // Files that must not be shown must not be read either: the first search lists files, the second reads only those allowed.
  const listing = flagsOf({ ...args, output_mode: 'files_with_matches' })
  const list = await run([...listing, '--null'], [path])
  const all = list.text.split('\0').slice(0, -1)
  const shown = await withoutDenied(all)
  if (shown.length === all.length) return run(flagsOf(args), [path])
  if (shown.length === 0) return { ...list, text: '' }
  const some = shown.slice(0, MAX_FILES)
  const found = await run([...flagsOf(args), '--with-filename'], some)
  return { ...found, complete: found.complete && list.complete && some.length === shown.length }
}

/** The number of paths that fit on a command line. */
const MAX_FILES = 2_000

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
  if (args.multiline === true) flags.push('--multiline', '--multiline-dotall')
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
