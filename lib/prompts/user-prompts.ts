import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { isErrno } from '../fs/errno.ts'
import { readBounded } from '../fs/read-bounded.ts'
import { resolveExisting } from '../fs/resolve-path.ts'
import { readFrontMatter } from '../util/front-matter.ts'
import { stripControlCharacters } from '../util/sanitize.ts'
import { messageOf, UserError } from '../util/user-error.ts'
import { EMPTY_FILE, promptProblem, reservedName } from './messages.ts'

/** A prompt of the user's or of the project's, suggested as a slash command: text for the agent, nothing is run. */
export interface UserPrompt {
  /** Without the slash. */
  readonly name: string
  readonly description: string
  readonly source: 'user' | 'project'
  readonly text: string
}

interface FoundPrompts {
  /** Sorted by name. */
  readonly prompts: readonly UserPrompt[]
  /** What is wrong with a file; the others are suggested all the same. */
  readonly problems: readonly string[]
}

interface PromptRoots {
  readonly lettaDirectory: string
  /** Real path of the project; null while its prompts may not be suggested. */
  readonly project: string | null
  /** Names of built-in commands, which a file cannot replace. */
  readonly taken: readonly string[]
}

/** `~/.letta/commands/*.md` and `.letta/commands/*.md`. Of two with the same name the user's own counts. */
export async function findPrompts({
  lettaDirectory,
  project,
  taken,
}: PromptRoots): Promise<FoundPrompts> {
  const problems: string[] = []
  const own = await promptsIn(path.join(lettaDirectory, 'commands'), null, problems)
  const shared =
    project === null
      ? []
      : await promptsIn(path.join(project, PROMPTS_DIRECTORY), project, problems)
  const prompts = new Map<string, UserPrompt>()
  for (const prompt of [...own, ...shared]) {
    if (taken.includes(prompt.name)) {
      problems.push(promptProblem(fileOf(prompt), reservedName(prompt.name)))
    } else if (!prompts.has(prompt.name)) prompts.set(prompt.name, prompt)
  }
  const byName = (one: UserPrompt, other: UserPrompt): number => (one.name < other.name ? -1 : 1)
  return { prompts: [...prompts.values()].sort(byName), problems }
}

/** The text to send: `$ARGUMENTS` is replaced by what was typed after the name; without it, that follows the text. */
export function filledPrompt({ text }: UserPrompt, typed: string): string {
  if (text.includes('$ARGUMENTS')) return text.replaceAll('$ARGUMENTS', () => typed)
  return typed === '' ? text : `${text}\n\n${typed}`
}

const PROMPTS_DIRECTORY = path.join('.letta', 'commands')
const PREFIX = { user: '~/', project: '' } as const

function fileOf({ source, name }: Pick<UserPrompt, 'source' | 'name'>): string {
  return `${PREFIX[source]}${PROMPTS_DIRECTORY}/${name}.md`
}

const MAX_PROMPTS = 200

async function promptsIn(
  directory: string,
  project: string | null,
  problems: string[],
): Promise<readonly UserPrompt[]> {
  const source = project === null ? 'user' : 'project'
  const names = await namesIn(directory, project)
  const prompts: UserPrompt[] = []
  for (const name of names.slice(0, MAX_PROMPTS)) {
    try {
      prompts.push(await readPrompt(path.join(directory, `${name}.md`), name, source))
    } catch (thrown) {
      problems.push(promptProblem(fileOf({ source, name }), messageOf(thrown)))
    }
  }
  return prompts
}

/** Only files: a link in a repository could lead anywhere, and the directory itself could be one. */
async function namesIn(directory: string, within: string | null): Promise<readonly string[]> {
  try {
    if (
      within !== null &&
      (await resolveExisting(directory)) !== path.join(within, PROMPTS_DIRECTORY)
    )
      return []
    const entries = await readdir(directory, { withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile() || (within === null && entry.isSymbolicLink()))
      .flatMap(({ name }) => /^([a-z][\w-]*)\.md$/i.exec(name)?.[1] ?? [])
      .sort()
  } catch (thrown) {
    // In most cases there is no such directory; one that cannot be read has no prompts either.
    if (isErrno(thrown)) return []
    throw thrown
  }
}

const MAX_PROMPT_BYTES = 100_000

async function readPrompt(
  file: string,
  name: string,
  source: UserPrompt['source'],
): Promise<UserPrompt> {
  const { bytes } = await readBounded(file, {
    maxBytes: MAX_PROMPT_BYTES,
    followSymlinks: source === 'user',
  })
  const { fields, body } = await readFrontMatter(bytes.toString('utf8'))
  const text = stripControlCharacters(body).trim()
  if (text === '') throw new UserError(EMPTY_FILE)
  const { description } = fields
  const words = typeof description === 'string' ? description : firstLine(text)
  return {
    name,
    description: stripControlCharacters(words).replaceAll(/\s+/g, ' ').trim(),
    source,
    text,
  }
}

function firstLine(text: string): string {
  const [line = ''] = text.replace(/^#+\s*/, '').split('\n')
  return line.length > 80 ? `${line.slice(0, 79)}…` : line
}
