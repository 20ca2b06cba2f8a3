// A Letta server behind a connection of 5 kB/s that sometimes breaks: npx mocha test/long/bad-network.ts (SEED=… varies it).
import { once } from 'node:events'
import { createServer, connect as dial, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'chai'
import { type LettaOverHttp, lettaOverHttp } from '../support/letta-over-http.ts'
import { scriptedProvider } from '../support/scripted-provider.ts'
import { createSeededRandom } from '../support/seeded-random.ts'
import { withProgram } from '../support/with-program.ts'

const SEED = Number(process.env['SEED'] ?? 1)
const ROUNDS = Number(process.env['ROUNDS'] ?? 5)
const BYTES_PER_SECOND = 5_000
const TICK_MS = 50
const MAX_KEY_MS = 100
const ANSWER_TIMEOUT_MS = 60_000

describe('A workbench on a bad network', () => {
  const desk = withProgram()
  let letta: LettaOverHttp
  let connection: SlowConnection
  afterEach(async () => {
    await connection.close()
    await letta.close()
  })

  for (const breaks of [0, 0.2]) {
    it(`shows complete answers and accepts keys at 5 kB/s with ${breaks * 100} % of the connections broken`, async function () {
      this.timeout(300_000)
      const answers = Array.from({ length: ROUNDS }, (_, round) => ({
        text: `${'Some words of an answer. '.repeat(20)} End of ${round}.`,
      }))
      letta = await lettaOverHttp({ model: scriptedProvider(answers) })
      connection = await openSlowConnection(letta.url, breaks)
      await desk.setUp()
      const workbench = desk.opens({ environment: { LETTA_BASE_URL: connection.url } })
      await workbench.sees('Message')
      const times: number[] = []
      const random = createSeededRandom(SEED)
      const type = async (): Promise<void> => {
        const key = String.fromCharCode(97 + Math.floor(random() * 26))
        const from = performance.now()
        await workbench.types(key).sees(`› ${key}`)
        times.push(performance.now() - from)
        await workbench.presses('backspace').sees(/› (Ask|Write)/)
      }
      const until = async (wanted: string): Promise<void> => {
        const end = performance.now() + ANSWER_TIMEOUT_MS
        while (!workbench.screen().includes(wanted)) {
          if (performance.now() > end)
            expect.fail(`${wanted} did not appear on\n${workbench.screen()}`)
          await type()
        }
      }
      await until('ready ·')
      for (let round = 0; round < ROUNDS; round++) {
        await workbench.types(`message ${round}`).presses('enter').sees(`message ${round}`)
        await until(`End of ${round}.`)
        await workbench.sees('ready ·')
        expect(workbench.screen()).to.not.contain('✗')
      }
      times.sort((one, other) => one - other)
      const median = times[Math.floor(times.length / 2)] ?? 0
      process.stdout.write(
        `    ${times.length} keys: median ${Math.round(median)} ms, slowest ${Math.round(times.at(-1) ?? 0)} ms; ${connection.connections} connections, ${connection.broken} broken\n`,
      )
      expect(median).to.be.lessThan(MAX_KEY_MS)
    })
  }
})

interface SlowConnection {
  readonly url: string
  readonly connections: number
  readonly broken: number
  close(): Promise<void>
}

/** A proxy to `target` that forwards few bytes at a time, and breaks a share of its connections within their first 2 kB. */
async function openSlowConnection(target: string, breaks: number): Promise<SlowConnection> {
  const random = createSeededRandom(SEED)
  const sockets = new Set<Socket>()
  let connections = 0
  let broken = 0
  const server = createServer((near) => {
    connections++
    const far = dial(Number(new URL(target).port), '127.0.0.1')
    let left = random() < breaks ? random() * 2_000 : Number.POSITIVE_INFINITY
    const end = (): void => {
      for (const socket of [near, far]) socket.destroy()
    }
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', end).on('close', end)
    }
    near.pipe(far)
    void (async () => {
      for await (const chunk of far) {
        const bytes: Buffer = chunk
        const step = (BYTES_PER_SECOND * TICK_MS) / 1000
        for (let at = 0; at < bytes.length && !near.destroyed; at += step) {
          near.write(bytes.subarray(at, at + step))
          left -= step
          if (left <= 0) {
            broken++
            near.resetAndDestroy()
          }
          await pause(TICK_MS)
        }
      }
      near.end()
    })().catch(end)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    get connections() {
      return connections
    },
    get broken() {
      return broken
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
