import { readdir, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import * as z from 'zod'
import { absolutePath } from '../../fs/absolute-path.ts'
import { ignoreErrno } from '../../fs/errno.ts'
import { inRealDirectory } from '../../fs/real-place.ts'
import { quoteControls } from '../../util/sanitize.ts'
import { UserError } from '../../util/user-error.ts'
import { judgedPath } from '../files/judged-path.ts'
import { pathLabel, pathSubject } from '../files/paths.ts'
import { notDirectory, pathNotFound } from '../messages/files.ts'
import { entriesTruncated } from '../messages/search.ts'
import { matchPaths } from '../search/glob-match.ts'
import type { Tool } from '../tool.ts'

const MAX_ENTRIES = 1_000

const parameters = z.object({
  path: z.string().describe('The directory, absolute or relative to the project directory'),
  ignore: z.array(z.string()).optional().describe('Glob patterns of names to exclude'),
})

type ListArgs = z.infer<typeof parameters>

export const ls: Tool<ListArgs> = {
  name: 'LS',
  access: 'read',
  description: `Lists a directory, one level: directories first, up to ${MAX_ENTRIES} entries. Prefer Glob and Grep when you know what to look for.`,
  parameters,
  label: (args, workspace) => pathLabel(args.path, workspace),
  subject: (args, workspace) => pathSubject(args.path, workspace),
  preview: async (args) => ({ type: 'arguments', text: JSON.stringify(args, null, 2) }),
  async run(args, context) {
    const path = absolutePath(args.path, context.workspace)
    const real = await judgedPath(path, context)
    const stats = await stat(real).catch(ignoreErrno('ENOENT', 'ENOTDIR'))
    if (stats === null) throw new UserError(pathNotFound(path))
    if (!stats.isDirectory()) throw new UserError(notDirectory(path))
    const ignored = args.ignore ?? []
    const names = await inRealDirectory(real, (pinned) => entryNames(pinned, ignored))
    const shown = path === '/' ? path : `${path}/`
    if (names.length === 0) return { status: 'success', text: `${shown} (empty directory)` }
    const lines = names.slice(0, MAX_ENTRIES).map((name) => `    - ${name}`)
    const head =
      path === '/' ? ['- /'] : [`- ${dirname(path).replace(/\/?$/, '/')}`, `  - ${basename(path)}/`]
    const notice = names.length > MAX_ENTRIES ? [entriesTruncated(MAX_ENTRIES, names.length)] : []
    return { status: 'success', text: [...head, ...lines, ...notice].join('\n') }
  },
}

/** Directories first, with a slash; both are sorted. */
async function entryNames(path: string, ignore: readonly string[]): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true })
  const names = entries.map(({ name }) => name)
  const ignored = ignore.length > 0 ? await matchPaths(names, ignore, 'entries') : []
  const kept = entries.filter(({ name }) => !ignored.includes(name))
  const sorted = (areDirectories: boolean): string[] =>
    kept
      .filter((entry) => entry.isDirectory() === areDirectories)
      .map(({ name }) => quoteControls(name))
      .sort()
  return [...sorted(true).map((name) => `${name}/`), ...sorted(false)]
}
