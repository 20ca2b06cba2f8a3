import { openStorage } from '../../lib/server/storage/storage.ts'
import { createAgent } from './letta-server.ts'
import { startServerProcess } from './server-process.ts'

interface WrittenBlock {
  /** Texts that no version contains. */
  readonly lost: readonly string[]
  /** The texts of the versions after the first, oldest first. */
  readonly versions: readonly string[]
  /** Whether the block is its newest version. */
  readonly agrees: boolean
}

/** Two processes on one database change the same block `count` times each, at the same time. */
export async function writeBlockTwice(database: string, count: number): Promise<WrittenBlock> {
  const servers = await Promise.all([startServerProcess(database), startServerProcess(database)])
  try {
    const [{ client }] = servers
    const agentId = await createAgent(client)
    const blockId = (await client.agents.blocks.list(agentId)).items[0]?.id ?? ''
    const written = await Promise.all(
      servers.map(async (server, index) => {
        const values: string[] = []
        for (let number = 0; number < count; number++) {
          const value = `process ${index}, text ${number}`
          await server.client.blocks.update(blockId, { value })
          values.push(value)
        }
        return values
      }),
    )
    const storage = openStorage(database)
    const all = storage.blockVersions.list(blockId, { limit: 1_000_000, before: null })
    const block = storage.blocks.get(blockId)
    storage.close()
    const versions = all.map((version) => version.block.value)
    const stored = new Set(versions)
    return {
      lost: written.flat().filter((value) => !stored.has(value)),
      versions: versions.toReversed().slice(1),
      agrees: JSON.stringify(all[0]?.block) === JSON.stringify(block),
    }
  } finally {
    for (const { child, exited } of servers) {
      child.kill('SIGKILL')
      await exited
    }
  }
}
