import { stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import * as z from 'zod'
import { absolutePath } from '../../fs/absolute-path.ts'
import { ignoreErrno } from '../../fs/errno.ts'
import { inRealDirectory } from '../../fs/real-place.ts'
import { resolveExisting, resolvePath } from '../../fs/resolve-path.ts'
import { quoteControls } from '../../util/sanitize.ts'
import { UserError } from '../../util/user-error.ts'
import { requireJudged } from '../files/judged-path.ts'
import { accessiblePaths } from '../files/paths.ts'
import { notDirectory, pathNotFound } from '../messages/files.ts'
import {
  filesTruncated,
  NO_FILES_FOUND,
  noFilesIn,
  onlyIgnoredFiles,
  PARENT_IN_PATTERN,
  SEARCH_STOPPED,
} from '../messages/search.ts'
import { matchPaths } from '../search/glob-match.ts'
import { ignoreOptions } from '../search/ignore-scope.ts'
import { ripgrep } from '../search/ripgrep.ts'
import { bracketsAsWritten } from '../search/search-globs.ts'
import type { Tool, ToolAnswer, ToolContext } from '../tool.ts'
import type { Workspace } from '../workspace.ts'

const MAX_FILES = 2_000
const MAX_LIST_BYTES = 32 * 1_048_576

const parameters = z.object({
  pattern: z.string().min(1).describe('Glob pattern, e.g. "**/*.ts", "src/{a,b}/*.md"'),
  path: z.string().optional().describe('Directory to search (default: the project directory)'),
})

type GlobArgs = z.infer<typeof parameters>

export const glob: Tool<GlobArgs> = {
  name: 'Glob',
  access: 'read',
  description: `Finds files by name pattern, up to ${MAX_FILES}, sorted by path. Excludes node_modules, .git and ignored files (.gitignore).`,
  parameters,
  label: ({ pattern, path }) => (path === undefined ? pattern : `${pattern} · ${path}`),
  subject: (args, workspace) => ({ type: 'paths', paths: rootsOf(args, workspace) }),
  preview: async (args) => ({ type: 'arguments', text: JSON.stringify(args, null, 2) }),
  async run(args, context) {
    const { root, pattern } = reach(args, context.workspace)
    if (CLIMBS.test(pattern)) throw new UserError(PARENT_IN_PATTERN)
    const real = await resolvePath(root)
    const stats = await stat(real).catch(ignoreErrno('ENOENT', 'ENOTDIR'))
    if (stats === null) {
      if (args.path === undefined) return { status: 'success', text: NO_FILES_FOUND }
      throw new UserError(pathNotFound(root))
    }
    if (!stats.isDirectory()) throw new UserError(notDirectory(root))
    return inRealDirectory(real, async (pinned) => {
      await requireReachJudged(args, { root, pinned }, context)
      return answerTo({ root, pattern, real, pinned }, context)
    })
  },
}

interface GlobPlace extends Reach {
  readonly real: string
  /** Leads to the directory, whatever takes its place. */
  readonly pinned: string
}

/** Each alternative of the pattern must lead from the opened directory to where it led when the call was judged. */
async function requireReachJudged(
  args: GlobArgs,
  { root, pinned }: Pick<GlobPlace, 'root' | 'pinned'>,
  context: ToolContext,
): Promise<void> {
  // So it was when the pattern has too many alternatives.
  if (context.judged?.includes('/')) return
  for (const reached of reachesOf(args, context.workspace)) {
    const way = join(pinned, relative(root, reached.root))
    const real = await resolveExisting(way)
    if (real !== null) requireJudged(real, context)
  }
}

async function answerTo(
  { root, pattern, real, pinned }: GlobPlace,
  context: ToolContext,
): Promise<ToolAnswer> {
  const ignoring = await ignoreOptions(real, context.workspace.directory)
  const list = await ripgrep(
    { args: [...ignoring, ...LIST], cwd: pinned, maxBytes: MAX_LIST_BYTES },
    context,
  )
  const names = list.text
    .split('\0')
    .slice(0, -1)
    .map((name) => name.replace(/^\.\//, ''))
  const patterns = [pattern, ...bracketsAsWritten(pattern)]
  const matched = (await matchPaths(names, patterns)).map((name) => join(root, name))
  const found = [...((await context.withoutDenied?.(matched)) ?? matched)].sort()
  if (found.length === 0) {
    const why = names.length > 0 ? null : await whyNothing(root, pinned, context)
    const remarks = list.complete ? [why] : [SEARCH_STOPPED]
    return { status: 'success', text: [NO_FILES_FOUND, ...remarks].filter(Boolean).join('\n') }
  }
  const all = list.complete ? `${found.length}` : `${found.length} or more`
  const shown = found.slice(0, MAX_FILES).map(quoteControls)
  const cut = found.length > MAX_FILES || !list.complete
  const notice = cut ? [filesTruncated(Math.min(found.length, MAX_FILES), all)] : []
  return { status: 'success', text: [...shown, ...notice].join('\n') }
}

async function whyNothing(root: string, pinned: string, context: ToolContext): Promise<string> {
  const all = await ripgrep({ args: ['--no-ignore', ...LIST], cwd: pinned, maxBytes: 1 }, context)
  return all.text === '' ? noFilesIn(root) : onlyIgnoredFiles(root, '')
}

const CLIMBS = /(^|[/{,(|])\.\.([/},)|]|$)/

/** ripgrep applies the ignore files; fast-glob then matches the files that it lists. */
const LIST = ['--files', '--null', '--hidden', '--glob=!.git', '--glob=!node_modules', './']

/** The directories that the pattern can reach, for each alternative of its braces. */
function rootsOf(args: GlobArgs, workspace: Workspace): string[] {
  const { path } = args
  const reached = reachesOf(args, workspace)
  // Such a pattern is rejected when it runs. For the permission check it counts as every directory.
  const isAnywhere =
    reached.length > MAX_ALTERNATIVES || reached.some((one) => CLIMBS.test(one.pattern))
  const roots = isAnywhere ? ['/'] : reached.map(({ root }) => root)
  if (path === undefined) return [...new Set(roots)]
  const [folded = '', ...unfolded] = accessiblePaths(path, workspace)
  const spots = unfolded.flatMap((base) => roots.map((root) => `${base}/${relative(folded, root)}`))
  return [...new Set([...roots, ...spots])]
}

function reachesOf({ pattern, path }: GlobArgs, workspace: Workspace): readonly Reach[] {
  return alternatives(pattern).map((one) => reach({ pattern: one, path }, workspace))
}

const MAX_ALTERNATIVES = 64

function alternatives(pattern: string): readonly string[] {
  let all = [pattern]
  for (;;) {
    const opened = all.map((one) => /^(.*?)\{([^{}]*)\}(.*)$/s.exec(one))
    if (opened.every((one) => one === null) || all.length > MAX_ALTERNATIVES) return all
    all = opened.flatMap((one, at) => {
      const [, head = '', body = '', tail = ''] = one ?? []
      return one === null
        ? [all[at] ?? '']
        : body.split(',').map((option) => `${head}${option}${tail}`)
    })
  }
}

interface Reach {
  /** The directory that is searched: absolute, including the fixed beginning of the pattern, so that `..` in it has an effect. */
  readonly root: string
  readonly pattern: string
}

function reach({ pattern, path }: GlobArgs, workspace: Workspace): Reach {
  const base = path === undefined ? workspace.directory : absolutePath(path, workspace)
  const parts = (pattern.startsWith('~/') ? absolutePath(pattern, workspace) : pattern).split('/')
  const firstMagic = parts.findIndex((part) => /[*?[\]{}]|[!+@]\(/.test(part))
  if (firstMagic < 0) {
    const file = resolve(base, parts.join('/'))
    return { root: dirname(file), pattern: escaped(basename(file)) }
  }
  const fixed = parts.slice(0, firstMagic).join('/')
  const root = pattern.startsWith('/') ? resolve('/', fixed) : resolve(base, fixed)
  return { root, pattern: parts.slice(firstMagic).join('/') }
}

function escaped(name: string): string {
  return name.replaceAll(/[()!+@\\]/g, '\\$&')
}
