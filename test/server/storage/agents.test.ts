import { expect } from 'chai'
import type { AgentRecord } from '../../../lib/server/records.ts'
import { openStorage } from '../../../lib/server/storage/storage.ts'

const AGENT = { name: '', system: '', model: '', blockIds: [], toolIds: [], toolRules: [] }

describe('The table of agents', () => {
  it('lists its tags, including those that SQLite cannot decode', () => {
    const storage = openStorage(':memory:')
    const tagged = (id: string, ...tags: readonly string[]): void =>
      storage.agents.insert({ ...AGENT, id, tags, createdAt: '' } as unknown as AgentRecord)
    tagged('agent-1', 'b', '\ud83d')
    tagged('agent-2', 'a', 'b')
    expect(storage.agents.tags()).to.deep.equal(['a', 'b', '\ud83d'])
    storage.close()
  })

  it('returns the neighbours of an agent for a page that goes backwards', () => {
    const storage = openStorage(':memory:')
    for (const id of ['a', 'b', 'c', 'd', 'e']) {
      storage.agents.insert({ ...AGENT, id, tags: [], createdAt: id } as unknown as AgentRecord)
    }
    const query = {
      ascending: true,
      after: null,
      name: null,
      text: null,
      tags: [],
      matchAllTags: false,
      accepts: () => true,
      sortKey: ({ createdAt }: AgentRecord) => createdAt,
    }
    const page = (limit: number, before: string | null) =>
      storage.agents.list({ ...query, limit, before }).map(({ id }) => id)
    expect([page(2, null), page(2, 'e'), page(2, 'c'), page(2, 'a')]).to.deep.equal([
      ['a', 'b'],
      ['c', 'd'],
      ['a', 'b'],
      [],
    ])
    storage.close()
  })
})
