import { stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import * as z from 'zod'
import { ignoreErrno } from '../../fs/errno.ts'
import { UserError } from '../../util/user-error.ts'
import { absolutePath, spotsOf } from '../files/paths.ts'
import { matchPaths } from '../search/glob-match.ts'
import { ripgrep } from '../search/ripgrep.ts'
import type { Tool } from '../tool.ts'
import type { Workspace } from '../workspace.ts'

const FILE_LIMIT = 2_000
const LIST_BYTES = 32 * 1_048_576

const parameters = z.object({
  pattern: z.string().min(1).describe('Glob pattern, e.g. "**/*.ts", "src/{a,b}/*.md"'),
  path: z.string().optional().describe('Folder to look in (the project folder)'),
})

type Args = z.infer<typeof parameters>

export const glob: Tool<Args> = {
  name: 'Glob',
  access: 'read',
  description: `Finds files by name pattern, up to ${FILE_LIMIT}, sorted by path. Leaves out node_modules, .git and what ignore files (.gitignore) name.`,
  parameters,
  label: ({ pattern, path }) => (path === undefined ? pattern : `${pattern} · ${path}`),
  subject: (args, place) => ({ type: 'paths', paths: rootsOf(args, place) }),
  preview: async (args) => ({ kind: 'arguments', text: JSON.stringify(args, null, 2) }),
  async run(args, work) {
    const { root, pattern } = reach(args, work.place)
    if (CLIMBS.test(pattern))
      throw new UserError('".." may only stand at the beginning of a pattern')
    const stats = await stat(root).catch(ignoreErrno('ENOENT', 'ENOTDIR'))
    if (stats === null) {
      if (args.path === undefined) return { status: 'success', text: 'No files found' }
      throw new UserError(`Path does not exist: ${root}`)
    }
    if (!stats.isDirectory()) throw new UserError(`Path is not a directory: ${root}`)
    const list = await ripgrep({ args: LIST, cwd: root, maxBytes: LIST_BYTES }, work)
    const names = list.text
      .split('\0')
      .slice(0, -1)
      .map((name) => name.replace(/^\.\//, ''))
    const matched = (await matchPaths(names, [pattern])).map((name) => join(root, name))
    const found = [...((await work.withoutDenied?.(matched)) ?? matched)].sort()
    if (found.length === 0) return { status: 'success', text: 'No files found' }
    const all = list.complete ? `${found.length}` : `${found.length} or more`
    const cut = found.length > FILE_LIMIT || !list.complete
    const notice = cut
      ? [`[Showing ${Math.min(found.length, FILE_LIMIT)} of ${all} files; narrow the pattern.]`]
      : []
    return { status: 'success', text: [...found.slice(0, FILE_LIMIT), ...notice].join('\n') }
  },
}

const CLIMBS = /(^|[/{,(|])\.\.([/},)|]|$)/

/** ripgrep knows the ignore files; fast-glob then matches what it lists. */
const LIST = [
  '--files',
  '--null',
  '--hidden',
  '--no-require-git',
  '--glob=!.git',
  '--glob=!node_modules',
  './',
]

/** The folders that it asks for, each alternative of its braces by itself. */
function rootsOf({ pattern, path }: Args, place: Workspace): string[] {
  const patterns = alternatives(pattern)
  const reached = patterns.map((one) => reach({ pattern: one, path }, place))
  // It is refused when it runs; until then it may lead anywhere.
  const isAnywhere =
    patterns.length > MOST_ALTERNATIVES || reached.some((one) => CLIMBS.test(one.pattern))
  const roots = isAnywhere ? ['/'] : reached.map(({ root }) => root)
  if (path === undefined) return [...new Set(roots)]
  const [folded = '', ...unfolded] = spotsOf(path, place)
  const spots = unfolded.flatMap((base) => roots.map((root) => `${base}/${relative(folded, root)}`))
  return [...new Set([...roots, ...spots])]
}

const MOST_ALTERNATIVES = 64

function alternatives(pattern: string): readonly string[] {
  let all = [pattern]
  for (;;) {
    const opened = all.map((one) => /^(.*?)\{([^{}]*)\}(.*)$/s.exec(one))
    if (opened.every((one) => one === null) || all.length > MOST_ALTERNATIVES) return all
    all = opened.flatMap((one, at) => {
      const [, head = '', body = '', tail = ''] = one ?? []
      return one === null
        ? [all[at] ?? '']
        : body.split(',').map((option) => `${head}${option}${tail}`)
    })
  }
}

interface Reach {
  /** The folder that is searched: absolute, with the fixed beginning of the pattern, so that `..` counts. */
  readonly root: string
  readonly pattern: string
}

function reach({ pattern, path }: Args, place: Workspace): Reach {
  const base = path === undefined ? place.directory : absolutePath(path, place)
  const parts = (pattern.startsWith('~/') ? absolutePath(pattern, place) : pattern).split('/')
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
