// Ten thousand turns with a provider that fails at random: TURNS=500 SEED=7 DIALECT=google npx mocha test/long/random-provider.ts
import { expect } from 'chai'
import { dialectIds } from '../support/four-dialects.ts'
import { playRandomConversation } from '../support/random-conversation.ts'

const TURNS = Number(process.env['TURNS'] ?? 10_000)
const SEED = Number(process.env['SEED'] ?? 1)
const DIALECT = process.env['DIALECT']
/** A block of turns has a separate agent, so that a fault is soon repeated. TURNS_PER_AGENT=10000: one agent for all. */
const TURNS_PER_AGENT = Number(process.env['TURNS_PER_AGENT'] ?? 500)
const TURNS_PER_LINE = 250

describe('A provider that fails at random for a long time', () => {
  for (let block = 0; block * TURNS_PER_AGENT < TURNS; block++) {
    const seed = SEED + block
    it(`answers each plain message of the turns with seed ${seed}`, async function () {
      this.timeout(TURNS_PER_AGENT * 5_000)
      const { faults, played, requests, slowestMs } = await playRandomConversation({
        seed,
        turns: Math.min(TURNS_PER_AGENT, TURNS - block * TURNS_PER_AGENT),
        dialects: DIALECT === undefined ? dialectIds : [DIALECT],
        onTurn: reportProgress(),
        onFault: (fault) => console.log(`      FAULT ${fault}`),
      })
      console.log(
        `      ${played} turns, ${requests} requests, slowest ${Math.round(slowestMs)} ms`,
      )
      expect(faults.join('\n')).to.equal('')
    })
  }
})

/** What a turn costs must not grow with the history: one line for each stretch of turns. */
function reportProgress(): (turn: number) => void {
  let begun = performance.now()
  let used = process.cpuUsage()
  return (turn) => {
    if ((turn + 1) % TURNS_PER_LINE !== 0) return
    const mean = (performance.now() - begun) / TURNS_PER_LINE
    const { user, system } = process.cpuUsage(used)
    const cpu = (user + system) / 1000 / TURNS_PER_LINE
    const { rss, heapUsed } = process.memoryUsage()
    const [memory, heap] = [rss, heapUsed].map((bytes) => Math.round(bytes / 2 ** 20))
    const spent = `${mean.toFixed(1)} ms each, ${cpu.toFixed(1)} ms of CPU time`
    console.log(`      ${turn + 1} turns, ${spent}, ${memory} MiB, ${heap} of them JavaScript's`)
    begun = performance.now()
    used = process.cpuUsage()
  }
}
