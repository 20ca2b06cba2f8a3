import path from 'node:path'
import { writeAtomically } from '../../fs/atomic-write.ts'
import { isErrno } from '../../fs/errno.ts'
import { isInside } from '../../fs/is-inside.ts'
import { atRealPath, makeRealDirectory } from '../../fs/real-place.ts'
import { resolvePath } from '../../fs/resolve-path.ts'
import { UserError } from '../../util/user-error.ts'
import {
  SKILLS_OUTSIDE_PROJECT,
  skillExists,
  skillNameInvalid,
  skillTemplate,
} from '../messages/skills.ts'
import { agentServices, type SessionContext } from '../session-context.ts'
import { adoptSkillsBlock, foreignSkills, refreshSkills, skillsDirectory } from '../skills-block.ts'
import type { MemoryBlock } from '../state/memory.ts'

/** The skills of the project. */
export interface SkillsPort {
  /** Reads the directory again and brings the agent's `skills` block up to date. */
  refresh(): Promise<void>
  /**
   * Creates a skill from a template, and returns the path of its file. Rejects with a `UserError` when the name is not one, or the skill
   * exists.
   */
  create(name: string): Promise<string>
  /** Query: the agent's `skills` block when letta has not created it, and what would replace it. */
  foreignBlock(): { readonly block: MemoryBlock; readonly value: string } | null
  /** Replaces that block, which the user has approved, and maintains it from now on. */
  adoptBlock(): Promise<void>
}

/** The name of a directory, as in the ids of skills. */
const SKILL_NAME = /^[\p{L}\p{N}][\p{L}\p{N}_.-]{0,63}$/u

export function createSkills(context: SessionContext): SkillsPort {
  return {
    refresh: async () => refreshSkills(agentServices(context)),
    async create(name) {
      const directoryName = name.trim().toLowerCase().replaceAll(/\s+/g, '-')
      if (!SKILL_NAME.test(directoryName)) throw new UserError(skillNameInvalid(name.trim()))
      const { options } = context.base
      const file = path.join(skillsDirectory(options), directoryName, 'SKILL.MD')
      // A repository may have a link instead of the directory.
      const target = await resolvePath(file)
      const project = await resolvePath(options.directory)
      if (options.skills === null && !isInside(target, project)) {
        throw new UserError(SKILLS_OUTSIDE_PROJECT)
      }
      await makeRealDirectory(path.dirname(target))
      try {
        const template = skillTemplate(directoryName)
        await atRealPath(target, (pinned) => writeAtomically(pinned, template, { exclusive: true }))
      } catch (thrown) {
        if (!isErrno(thrown, 'EEXIST')) throw thrown
        throw new UserError(skillExists(directoryName))
      }
      return file
    },
    foreignBlock: () => foreignSkills(context.store.state),
    adoptBlock: async () => adoptSkillsBlock(agentServices(context)),
  }
}
