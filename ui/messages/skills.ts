/** Skills. */

export const NO_SKILLS = 'No skills found.'

export const SKILLS_BLOCK_MAINTAINED = 'No change of the skills block requires approval.'

/** Begins a message; the person writes the rest. */
export function useSkill(id: string): string {
  return `Use the skill "${id}": `
}

export const SKILLS_BLOCK_TITLE = 'The agent’s skills block, and what letta would write'
export const SKILLS_BLOCK_QUESTION = 'Replace the block, and update it from now on?'

export const CREATE_SKILL = {
  title: 'Create skill',
  explanation: 'Name of the new skill:',
} as const
