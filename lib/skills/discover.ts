import { type Dirent, readdir } from 'node:fs'
import { dirname, join } from 'node:path'
import { isInside } from '../fs/is-inside.ts'
import { OUTSIDE_PROJECT } from '../fs/messages.ts'
import { readBounded } from '../fs/read-bounded.ts'
import { atRealPath } from '../fs/real-place.ts'
import { resolveExisting } from '../fs/resolve-path.ts'
import { FrontMatterError, readFrontMatter } from '../util/front-matter.ts'
import { READING_DENIED } from '../util/messages.ts'
import { messageOf } from '../util/user-error.ts'
import { duplicateId, NO_DESCRIPTION, SYMLINK_NOT_FOLLOWED, tooManySkills } from './messages.ts'
import type { Skill, SkillProblem } from './skill.ts'

interface Discovery {
  /** Sorted by id. */
  readonly skills: readonly Skill[]
  readonly problems: readonly SkillProblem[]
}

interface DiscoveryOptions {
  /** Real path that must contain the directory: `.skills` of a repository must not be a link that leads outside it. */
  readonly within?: string
  /** Leaves out the files that a rule denies to read; absolute paths. */
  readable?(files: readonly string[]): Promise<readonly string[]>
}

const MAX_SKILL_BYTES = 1_048_576
const MAX_SKILLS = 1000

/** Every `SKILL.MD` (in any case) under the directory; links are not followed. An invalid one is reported and does not affect the others. */
export async function discoverSkills(
  directory: string,
  options: DiscoveryOptions = {},
): Promise<Discovery> {
  const problems: SkillProblem[] = []
  const root = await resolveExisting(directory)
  if (root === null) return { skills: [], problems }
  if (options.within !== undefined && !isInside(root, options.within)) {
    const message = OUTSIDE_PROJECT
    return { skills: [], problems: [{ path: directory, message }] }
  }
  const entries = await find(root, (at, message) => {
    problems.push({ path: join(directory, at), message })
  })
  const paths = entries.map((entry) => join(directory, entry))
  const readable = new Set((await options.readable?.(paths)) ?? paths)
  const skills = new Map<string, Skill>()
  for (const entry of entries) {
    const path = join(directory, entry)
    if (!readable.has(path)) {
      problems.push({ path, message: READING_DENIED })
      continue
    }
    try {
      const skill = await readSkill(path, entry, join(root, entry))
      const twin = skills.get(skill.id)
      if (twin === undefined) skills.set(skill.id, skill)
      else problems.push({ path, message: duplicateId(skill.id, twin.path) })
    } catch (thrown) {
      const line = thrown instanceof FrontMatterError ? thrown.line : null
      problems.push({ path, message: messageOf(thrown), ...(line === null ? {} : { line }) })
    }
  }
  const byId = (a: Skill, b: Skill): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  return { skills: [...skills.values()].sort(byId), problems }
}

type Complain = (at: string, message: string) => void

async function find(root: string, complain: Complain): Promise<readonly string[]> {
  const { default: glob } = await import('fast-glob')
  const found = await glob('**/SKILL.MD', {
    cwd: root,
    caseSensitiveMatch: false,
    dot: true,
    followSymbolicLinks: false,
    onlyFiles: false,
    objectMode: true,
    fs: { readdir: patientReaddir(root, complain) },
  })
  const files: string[] = []
  for (const { path, dirent } of found) {
    if (dirent.isFile()) files.push(path)
    else if (dirent.isSymbolicLink()) complain(path, SYMLINK_NOT_FOLLOWED)
  }
  if (files.length > MAX_SKILLS) complain('', tooManySkills(MAX_SKILLS))
  return files.sort().slice(0, MAX_SKILLS)
}

/** A directory that cannot be listed is reported and skipped; fast-glob alone would stop, or report nothing. */
function patientReaddir(root: string, complain: Complain): typeof readdir {
  const patient = (
    path: string,
    options: { withFileTypes: true },
    done: (error: NodeJS.ErrnoException | null, entries: Dirent[]) => void,
  ): void => {
    readdir(path, options, (error, entries) => {
      if (error !== null) complain(path.slice(root.length), error.message)
      done(null, error === null ? entries : [])
    })
  }
  return patient as typeof readdir
}

async function readSkill(path: string, entry: string, real: string): Promise<Skill> {
  const { fields, body: content } = await readFrontMatter(await readText(real))
  const body = content.trim()
  const parent = dirname(entry)
  const id = line(fields['id']) ?? (parent === '.' ? 'root' : parent)
  return {
    id,
    name: line(fields['name']) ?? line(fields['title']) ?? titleOf(id),
    description: line(fields['description']) ?? firstParagraph(body) ?? NO_DESCRIPTION,
    category: line(fields['category']),
    tags: tagsOf(fields['tags']),
    path,
    body,
  }
}

async function readText(real: string): Promise<string> {
  const { bytes } = await atRealPath(real, (pinned) =>
    readBounded(pinned, { maxBytes: MAX_SKILL_BYTES, followSymlinks: false }),
  )
  return bytes.toString('utf8')
}

const MAX_FIELD_LENGTH = 1000

/** A field on one line, so that it cannot imitate another field in the agent's memory. */
function line(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null
  const text = String(value)
    // What cannot be seen could be meant for the agent only; two joiners are part of words.
    .replaceAll(/(?![\u200c\u200d])\p{Cf}/gu, '')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
  return text === '' ? null : text.slice(0, MAX_FIELD_LENGTH)
}

function tagsOf(value: unknown): readonly string[] {
  const tags = Array.isArray(value) ? value : [value]
  return tags.map(line).filter((tag) => tag !== null)
}

function titleOf(id: string): string {
  const last = id.split('/').at(-1) ?? id
  return last
    .replaceAll('-', ' ')
    .replaceAll(/(?<![\p{L}\p{M}\p{N}_])\p{L}/gu, (letter) => letter.toUpperCase())
}

function firstParagraph(body: string): string | null {
  return line(body.split(/\n[ \t]*\n/)[0])
}
