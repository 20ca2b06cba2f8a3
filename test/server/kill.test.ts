import path from 'node:path'
import { expect } from 'chai'
import { killBlockWriters } from '../support/kill-block-writers.ts'
import { killServers } from '../support/kill-servers.ts'
import { temporaryDirectory } from '../support/letta-server.ts'

// A hundred times and more: test/long/kill-server.ts
describe('A server that is killed', () => {
  it('loses nothing that it acknowledged, and its agent answers at once, five times', async () => {
    const { directory, remove } = await temporaryDirectory()
    const kills = await killServers({ directory, rounds: 5, seed: 6, span: 150 })
    expect(kills.lost).to.deep.equal([])
    expect([...kills.integrity]).to.deep.equal(['ok'])
    expect([...kills.answers]).to.deep.equal(['Here I am.'])
    expect(kills.acknowledged.size).to.be.greaterThan(5)
    await remove()
  })
})

// Two hundred times: test/long/kill-memory.ts
describe('Two servers that change one memory block and are killed', () => {
  it('leave a block that is its newest version, and lose no acknowledged value, four times', async () => {
    const { directory, remove } = await temporaryDirectory()
    const database = path.join(directory, 'letta.db')
    const killed = await killBlockWriters(database, { rounds: 4, seed: 15, span: 600 })
    expect([killed.lost, killed.disagreements]).to.deep.equal([[], []])
    expect(killed.acknowledged).to.be.greaterThan(3)
    await remove()
  })
})
