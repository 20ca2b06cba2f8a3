import { expect } from 'chai'
import type { MemoryHistory } from '../../lib/memory/history.ts'
import { nameOtherAgents } from '../../lib/memory/other-agents.ts'
import { authorName } from '../../lib/session/messages/memory.ts'
import { UserError } from '../../lib/util/user-error.ts'

const version = (by: string, agentId?: string) => ({
  by,
  origin: agentId === undefined ? {} : { agentId, tool: 'memory_insert' },
})

describe('The versions of a shared block', () => {
  const history = {
    versions: async () => [
      version('agent', 'a'),
      version('agent', 'b'),
      version('agent', 'c'),
      version('user'),
    ],
  } as unknown as MemoryHistory
  const authors = async (agentsOf: () => Promise<readonly { id: string; name: string }[]>) => {
    const named = nameOtherAgents(history, () => 'a', { agentsOf })
    const found = await named.versions('block-1', { limit: 10, before: null })
    return found.map(({ by, origin }) => authorName(by, origin))
  }

  it('name the other agents that have changed it', async () => {
    const agents = [
      { id: 'a', name: 'Ada' },
      { id: 'b', name: 'Bea\u001b[31m' },
    ]
    expect(await authors(async () => agents)).to.deep.equal([
      'the agent (memory_insert)',
      'the agent Bea[31m (memory_insert)',
      'another agent (memory_insert)',
      'you',
    ])
  })

  it('are listed without the names when the server does not answer', async () => {
    const fails = async (): Promise<never> => {
      throw new UserError('Gone.')
    }
    expect((await authors(fails))[1]).to.equal('another agent (memory_insert)')
  })
})
