// Two thousand turns in one process: npx mocha test/long/soak.ts (TURNS=… for more)
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import v8 from 'node:v8'
import vm from 'node:vm'
import { expect } from 'chai'
import { openServer } from '../../lib/server/app.ts'
import type { Provider } from '../../lib/server/providers/provider.ts'
import { clientOf, createAgent, say, send, temporaryFolder } from '../support/letta-server.ts'
import { scriptedProvider } from '../support/scripted-provider.ts'

const TURNS = Number(process.env['TURNS'] ?? 2000)
const EVERY = 50
/** Bytes that a turn may leave behind. */
const LIMIT = 5 * 1024

interface Sample {
  readonly turn: number
  readonly heap: number
  readonly files: number
}

describe('a server that goes on and on', () => {
  it(`keeps neither memory nor files: ${TURNS} turns`, async function () {
    this.timeout(TURNS * 500)
    const { folder, remove } = await temporaryFolder()
    const server = await openServer({ database: join(folder, 'letta.db'), providers: [talker()] })
    const client = clientOf(server)
    const agentId = await createAgent(client)
    const samples: Sample[] = []
    for (let turn = 1; turn <= TURNS; turn++) {
      const { error } = await send(client, agentId, say(`Message ${turn}`))
      expect(error).to.equal(null)
      if (turn % EVERY === 0) samples.push(await sample(turn))
    }
    await server.close()
    await remove()
    const later = samples.slice(samples.length / 4)
    const slope = slopeOf(later)
    process.stdout.write(`${Math.round(slope)} bytes a turn, ${later.at(-1)?.files} files open\n`)
    expect(slope).to.be.lessThan(LIMIT)
    expect(later.at(-1)?.files).to.equal(later[0]?.files)
  })
})

/** A model with a small window that always answers, and remembers nothing. */
function talker(): Provider {
  const { listModels } = scriptedProvider([], { contextWindow: 16_000 })
  return {
    id: 'scripted',
    title: 'Talker',
    acceptsAnyModel: false,
    listModels,
    async *stream(request, signal) {
      const turn = scriptedProvider([{ text: 'A few words. '.repeat(10) }])
      yield* turn.stream(request, signal)
    },
  }
}

async function sample(turn: number): Promise<Sample> {
  await nextTurn()
  collect()
  await nextTurn()
  collect()
  return { turn, heap: process.memoryUsage().heapUsed, files: readdirSync('/proc/self/fd').length }
}

v8.setFlagsFromString('--expose-gc')
const collect = vm.runInNewContext('gc') as () => void

/** Bytes a turn, by least squares. */
function slopeOf(samples: readonly Sample[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length
  const x = mean(samples.map((one) => one.turn))
  const y = mean(samples.map((one) => one.heap))
  const above = samples.map((one) => (one.turn - x) * (one.heap - y))
  const below = samples.map((one) => (one.turn - x) ** 2)
  return mean(above) / mean(below)
}
