import { expect } from 'chai'
import { SUBCOMMAND_RUNNERS } from '../../bin/commands/index.ts'
import { SUBCOMMANDS } from '../../lib/cli/subcommands.ts'

describe('The table of subcommands', () => {
  it('has a runner for each subcommand, and no other', () => {
    const names = SUBCOMMANDS.map(({ name }) => name)
    expect(Object.keys(SUBCOMMAND_RUNNERS)).to.have.members(names)
  })

  it('loads a function for each subcommand', async () => {
    for (const [name, load] of Object.entries(SUBCOMMAND_RUNNERS)) {
      expect(await load(), name).to.be.a('function')
    }
  })
})
