import type { GatewayBlocks } from '../client/gateway/blocks.ts'
import type { BlockVersion } from '../session/state/memory.ts'
import { ignoreUserError } from '../util/user-error.ts'
import type { MemoryHistory } from './history.ts'

type Authored = Pick<BlockVersion, 'by' | 'origin'>

/** A history that says which versions are by other agents than this one, and names those that have the block. */
export function nameOtherAgents(
  history: MemoryHistory,
  agentId: () => string | null,
  blocks: Pick<GatewayBlocks, 'agentsOf'>,
): MemoryHistory {
  const isForeign = ({ by, origin }: Authored): boolean =>
    by === 'agent' && origin.agentId !== undefined && origin.agentId !== agentId()
  const named = async <Version extends Authored>(
    blockId: string,
    found: readonly Version[],
  ): Promise<readonly Version[]> => {
    if (!found.some(isForeign)) return found
    // Null when the block was deleted, or the server is gone: the agents are only not named.
    const agents = await blocks.agentsOf(blockId).catch(ignoreUserError)
    return found.map((version) => {
      if (!isForeign(version)) return version
      const name = agents?.find(({ id }) => id === version.origin.agentId)?.name
      const withName = name === undefined ? {} : { agentName: name }
      return { ...version, origin: { ...version.origin, isOther: true, ...withName } }
    })
  }
  return {
    ...history,
    versions: async (blockId, page) => named(blockId, await history.versions(blockId, page)),
    async newest(blockId, limit) {
      const found = await history.newest(blockId, limit)
      return found === null ? null : { ...found, versions: await named(blockId, found.versions) }
    },
  }
}
