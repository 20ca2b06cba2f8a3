// CPU time of reading an answer of 500 pieces at 100 a second, and with the connection paused between its intervals:
// npx tsx test/bench/answer.ts
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { createPausableConnection } from '../../lib/server/providers/pausable-connection.ts'
import { createFetch } from '../../lib/server/providers/stall-timeout-fetch.ts'

const PIECES = 500
const INTERVAL_MS = 32
const ROUNDS = 3

const SERVER = `
const server = require('node:http').createServer((_, response) => {
  let sent = 0
  const timer = setInterval(() => {
    response.write('data: {"choices":[{"index":0,"delta":{"content":"word "}}]}\\n\\n')
    if (++sent < ${PIECES}) return
    clearInterval(timer)
    response.end()
  }, 10)
}).listen(0, '127.0.0.1', () => process.send(server.address().port))`

async function cpuTime(baseUrl: string, isPaused: boolean): Promise<number> {
  const connection = createPausableConnection()
  const { body } = await createFetch({ title: 'Provider', baseUrl, key: null }, connection)(baseUrl)
  const from = process.cpuUsage()
  for await (const _ of body ?? []) {
    if (isPaused) connection.pause()
    await delay(INTERVAL_MS)
    if (isPaused) connection.resume()
  }
  const { user, system } = process.cpuUsage(from)
  return user + system
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

const server = spawn(process.execPath, ['-e', SERVER], {
  stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
})
const [port] = await once(server, 'message')
const baseUrl = `http://127.0.0.1:${port}/`
const times = { read: [] as number[], paused: [] as number[] }
for (let round = 0; round <= ROUNDS; round++) {
  const [read, paused] = [await cpuTime(baseUrl, false), await cpuTime(baseUrl, true)]
  // The first one loads what both need.
  if (round === 0) continue
  times.read.push(read)
  times.paused.push(paused)
}
server.kill()
const ratio = median(times.paused) / median(times.read)
process.stdout.write(`CPU time of reading, paused between intervals: ${ratio.toFixed(2)}×\n`)
