import path from 'node:path'
import { expect } from 'chai'
import { killBlockWriters } from '../support/kill-block-writers.ts'
import { temporaryFolder } from '../support/letta-server.ts'

describe('Two servers that change one memory block and are killed two hundred times', function () {
  this.timeout(1_800_000)

  it('leave a block that is its newest version, and lose no acknowledged value', async () => {
    const { folder, remove } = await temporaryFolder()
    const database = path.join(folder, 'letta.db')
    const killed = await killBlockWriters(database, { rounds: 200, seed: 200, span: 400 })
    expect([killed.lost, killed.disagreements]).to.deep.equal([[], []])
    await remove()
  })
})
