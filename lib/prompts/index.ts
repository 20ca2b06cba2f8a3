import { readShipped } from '../fs/package-root.ts'
import { plural } from '../util/quantities.ts'
import { toPromptName } from '../util/sanitize.ts'

/** A memory block of a new agent. */
interface PromptBlock {
  readonly label: string
  readonly value: string
  readonly description: string
  readonly managed: true
}

const LABELS = ['persona', 'human', 'project', 'skills'] as const

/** The system prompt of a new agent. */
export function systemPrompt(): string {
  return read('system')
}

/** Goes before a message while plan mode is on. */
export function planReminder(): string {
  return read('plan')
}

/** Goes before a message when the agent has no memory block for the skills of the project. */
export function skillsReminder(list: string): string {
  return `${read('skills-reminder')}\n\n${list}`
}

/** Goes before a message when the user has run a command line since the last one. */
export function shellLineReminder(command: string, output: string, code: number | null): string {
  const end = code === null ? 'It was stopped.' : `Exit code ${code}.`
  return `${read('shell-line')}\n\n$ ${command}\n${output}\n\n${end}`
}

/** Goes before a message to which the user has attached a file or a directory. */
export function attachedReminder(
  name: string,
  type: 'file' | 'directory',
  content: string,
): string {
  return `${read('attached')}\n\n${type}: ${toPromptName(name)}\n\n${content}`
}

/** Goes before the first message of a conversation, and when it has changed. */
export function placeText(place: {
  readonly directory: string
  readonly system: string
  readonly date: string
  /** Null outside of a repository. */
  readonly branch: string | null
  /** Files that differ from the last commit; null when unknown. */
  readonly changed: number | null
}): string {
  const { directory, system, date, branch, changed } = place
  const status = changed === null ? '' : `, ${plural(changed, 'changed file')}`
  const facts = [
    `Directory: ${toPromptName(directory)}`,
    `Operating system: ${system}`,
    `Date: ${date}`,
    branch === null ? 'Not in a git repository' : `Git branch: ${branch}${status}`,
  ]
  return `${read('place')}\n${facts.join('\n')}`
}

/** Goes before a message, once: a file such as `AGENTS.md`. */
export function instructionsText(name: string, text: string): string {
  return `${read('instructions')}\n\n${toPromptName(name)}:\n${text.trim()}`
}

/** Goes before a message when such files were deleted. */
export function goneInstructionsText(names: readonly string[]): string {
  return `${read('instructions-gone')}\n\n${names.map(toPromptName).join('\n')}`
}

/** Asks the agent to get to know the project and to fill its memory block. */
export function initPrompt(): string {
  return read('init')
}

/** Asks the agent to remember this; without a text, what was said so far. */
export function rememberPrompt(text: string): string {
  return text === '' ? read('remember-this') : `${read('remember')}\n\n${text}`
}

/** Sent by the command `memory.defragment`. */
export function defragmentPrompt(): string {
  return read('defragment')
}

/** Sent by the command `memory.propose`. */
export function proposePrompt(): string {
  return read('propose')
}

/** The messages that begin a turn in which each change of memory is reviewed. */
export function reviewedPrompts(): readonly string[] {
  return [defragmentPrompt(), proposePrompt()]
}

/** The memory blocks of a new agent: `persona`, `human`, `project`, `skills`. */
export function blockDrafts(): readonly PromptBlock[] {
  return LABELS.map((label) => {
    const [description = '', value = ''] = read(label).split('\n---\n')
    return { label, value, description, managed: true }
  })
}

/** The first texts of blocks of which nothing is known yet; that of `persona` is in use from the beginning. */
export function placeholderTexts(): ReadonlySet<string> {
  return new Set(
    blockDrafts()
      .map(({ value }) => value)
      .filter((value) => value.startsWith('(')),
  )
}

/** The texts are files that are shipped with the program, read when needed. */
function read(name: string): string {
  return readShipped(`lib/prompts/${name}.md`).trim()
}
