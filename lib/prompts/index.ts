import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A memory block of a new agent. */
export interface PromptBlock {
  readonly label: string
  readonly value: string
  readonly description: string
}

const LABELS = ['persona', 'human', 'project', 'skills'] as const

/** What a new agent is told once and for all. */
export function systemPrompt(): string {
  return read('system')
}

/** Goes before a message while plan mode is on. */
export function planReminder(): string {
  return read('plan')
}

/** Asks the agent to get to know the project and to fill its memory block. */
export function initPrompt(): string {
  return read('init')
}

/** Asks the agent to remember this; without a text, what was said so far. */
export function rememberPrompt(text: string): string {
  return text === '' ? read('remember-this') : `${read('remember')}\n\n${text}`
}

/** The memory blocks of a new agent: `persona`, `human`, `project`, `skills`. */
export function blockDrafts(): readonly PromptBlock[] {
  return LABELS.map((label) => {
    const [description = '', value = ''] = read(label).split('\n---\n')
    return { label, value, description }
  })
}

/** The texts are files, read when needed: from source this module lies beside them, in a bundle it does not. */
function read(name: string): string {
  return readFileSync(join(packageRoot(), 'lib/prompts', `${name}.md`), 'utf8').trim()
}

/** The folder of this package, found upward from the running module. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'lib/prompts/system.md'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error('lib/prompts is missing from the installed package')
    folder = parent
  }
  return folder
}
