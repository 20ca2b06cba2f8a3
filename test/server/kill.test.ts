import { expect } from 'chai'
import { killServers } from '../support/kill-servers.ts'
import { temporaryFolder } from '../support/letta-server.ts'

// A hundred times and more: test/long/kill-server.ts
describe('A server that is killed', () => {
  it('loses nothing that it acknowledged, and its agent answers at once, five times', async () => {
    const { folder, remove } = await temporaryFolder()
    const kills = await killServers({ folder, rounds: 5, seed: 6, span: 150 })
    expect(kills.lost).to.deep.equal([])
    expect([...kills.integrity]).to.deep.equal(['ok'])
    expect([...kills.answers]).to.deep.equal(['Here I am.'])
    expect(kills.acknowledged.size).to.be.greaterThan(5)
    await remove()
  })
})
