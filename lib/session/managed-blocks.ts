import { serverName } from '../client/backend.ts'
import type { AgentDetails } from '../client/gateway/agents.ts'
import { isGeneratedSkillsBlock } from '../skills/format.ts'
import type { Services } from './services.ts'

/**
 * The blocks of the agent that letta maintains: those that carry its mark. Blocks from before there was a mark are recognized by
 * their id in the settings and by their text; an id alone may be that of any block, because a project can contain settings.
 */
export function managedBlocks(
  { settings, options }: Pick<Services, 'settings' | 'options'>,
  { blocks, managedBlockIds }: AgentDetails,
): readonly string[] {
  const known = Object.values(settings.on(serverName(options.backend)).blockIds)
  return blocks
    .filter(
      ({ id, value }) =>
        managedBlockIds.includes(id) || (known.includes(id) && isGeneratedSkillsBlock(value)),
    )
    .map(({ id }) => id)
}
