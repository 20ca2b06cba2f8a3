import path from 'node:path'
import { expect } from 'chai'
import { writeBlockTwice } from '../support/block-writers.ts'
import { killBlockWriters } from '../support/kill-block-writers.ts'
import { temporaryDirectory } from '../support/letta-server.ts'

describe('Two servers that change one memory block and are killed two hundred times', function () {
  this.timeout(1_800_000)

  it('leave a block that is its newest version, and lose no acknowledged value', async () => {
    const { directory, remove } = await temporaryDirectory()
    const database = path.join(directory, 'letta.db')
    const killed = await killBlockWriters(database, { rounds: 200, seed: 200, span: 400 })
    expect([killed.lost, killed.disagreements]).to.deep.equal([[], []])
    await remove()
  })
})

describe('Two servers that change one memory block five hundred times each', function () {
  this.timeout(600_000)

  it('store every text, and the block is the newest of them', async () => {
    const { directory, remove } = await temporaryDirectory()
    const written = await writeBlockTwice(path.join(directory, 'letta.db'), 500)
    expect([written.lost, written.agrees, written.versions.length]).to.deep.equal([[], true, 1000])
    await remove()
  })
})
