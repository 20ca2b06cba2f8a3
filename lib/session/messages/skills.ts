import { spellOut } from '../../util/invisible-characters.ts'
import { commandReference } from '../../util/references.ts'
import type { MessageWithHint } from '../../util/user-error.ts'

/** Skills and the block that lists them. */

/** `hasSkills`: the directory contains skills, which are sent with a message instead. */
export function foreignSkillsBlock(hasSkills: boolean): MessageWithHint {
  const instead = hasSkills
    ? ' The skills of this directory are sent with your next message instead.'
    : ''
  return {
    message: `The agent's skills block was not created by letta and is unchanged.${instead}`,
    hint: `Review and replace it: ${commandReference('skills.reviewBlock')}`,
  }
}

export const SKILLS_OUTSIDE_PROJECT =
  'Cannot create a skill: the directory of skills is a link to outside the project.'

export function skillNameInvalid(name: string): string {
  return `Cannot create a skill "${spellOut(name)}": use letters, digits, "-", "_" and ".".`
}

export function skillExists(name: string): string {
  return `The skill "${spellOut(name)}" exists already.`
}

/** What a new skill begins with. */
export function skillTemplate(name: string): string {
  return [
    '---',
    `name: ${name}`,
    'description: When to use it, in one sentence',
    'tags: []',
    '---',
    '',
    `# ${name}`,
    '',
    'What to do, step by step.',
    '',
  ].join('\n')
}

/** The skills of a directory that is not trusted. */
export const SKILLS_NOT_TRUSTED: MessageWithHint = {
  message:
    'The agent gets only the directory names of these skills: this directory is not trusted.',
  hint: `To let it read their descriptions: ${commandReference('directory.trust')}`,
}

export const NO_FOREIGN_SKILLS_BLOCK = 'The agent has no skills block that requires approval.'

export function skillsBlockReplaced(version: number) {
  return {
    message: `The list of skills was written into the block skills again: what was changed there is in version ${version}.`,
    hint: 'To use it, copy it from there to another block.',
  }
}

export function skillsBlockOutdated(reason: string): string {
  return `The agent's skills block is out of date: ${reason}`
}
