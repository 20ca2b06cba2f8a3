import { setTimeout as delay } from 'node:timers/promises'
import { openStorage } from '../../lib/server/storage/storage.ts'
import { createAgent } from './letta-server.ts'
import { createSeededRandom } from './seeded-random.ts'
import { startServerProcess } from './server-process.ts'

interface KilledWriters {
  /** Values that a server has acknowledged and that no version contains. */
  readonly lost: readonly string[]
  /** Rounds after which the block was not its newest version. */
  readonly disagreements: readonly number[]
  readonly acknowledged: number
}

/** In each round two servers on one database change the same block until both are killed at a random time. */
export async function killBlockWriters(
  database: string,
  { rounds, seed, span }: { rounds: number; seed: number; span: number },
): Promise<KilledWriters> {
  const random = createSeededRandom(seed)
  const acknowledged: string[] = []
  const disagreements: number[] = []
  let blockId = ''
  for (let round = 0; round < rounds; round++) {
    const servers = await Promise.all([startServerProcess(database), startServerProcess(database)])
    const [{ client }] = servers
    if (blockId === '') {
      const agentId = await createAgent(client)
      blockId = (await client.agents.blocks.list(agentId)).items[0]?.id ?? ''
    }
    let begun = (): void => undefined
    const started = new Promise<void>((resolve) => {
      begun = resolve
    })
    const writing = servers.map(async (server, index) => {
      for (let count = 0; ; count++) {
        const value = `round ${round}, server ${index}, value ${count}`
        const saved = await server.client.blocks.update(blockId, { value }).catch(() => null)
        if (saved === null) return
        acknowledged.push(value)
        begun()
      }
    })
    await started
    await delay(random() * span)
    for (const { child } of servers) child.kill('SIGKILL')
    await Promise.all([...writing, ...servers.map(({ exited }) => exited)])
    const storage = openStorage(database)
    const [newest] = storage.blockVersions.list(blockId, { limit: 1, before: null })
    const block = storage.blocks.get(blockId)
    if (JSON.stringify(newest?.block) !== JSON.stringify(block)) disagreements.push(round)
    storage.close()
  }
  const storage = openStorage(database)
  const all = storage.blockVersions.list(blockId, { limit: 1_000_000, before: null })
  storage.close()
  const stored = new Set(all.map(({ block }) => block.value))
  return {
    lost: acknowledged.filter((value) => !stored.has(value)),
    disagreements,
    acknowledged: acknowledged.length,
  }
}
