// A hundred kills: npx mocha test/long/kill-server.ts (KILLS=1000 or SEED=… vary it).
import { expect } from 'chai'
import { killServers } from '../support/kill-servers.ts'
import { temporaryDirectory } from '../support/letta-server.ts'

const rounds = Number(process.env['KILLS'] ?? 100)
const seed = Number(process.env['SEED'] ?? 1)

describe('A killed server', () => {
  it(`loses nothing that it acknowledged: ${rounds} times from seed ${seed}`, async function () {
    this.timeout(rounds * 20_000)
    const { directory, remove } = await temporaryDirectory()
    const kills = await killServers({ directory, rounds, seed, span: 400 })
    process.stdout.write(`${kills.acknowledged.size} messages acknowledged, none lost\n`)
    expect(kills.lost).to.deep.equal([])
    expect([...kills.integrity]).to.deep.equal(['ok'])
    expect([...kills.answers]).to.deep.equal(['Here I am.'])
    await remove()
  })
})
