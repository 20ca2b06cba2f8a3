import { expect } from 'chai'
import type { AgentRecord } from '../../../lib/server/records.ts'
import { openStorage } from '../../../lib/server/storage/storage.ts'

describe('The table of agents', () => {
  it('lists its tags, including those that SQLite cannot decode', () => {
    const storage = openStorage(':memory:')
    const tagged = (id: string, ...tags: readonly string[]): void =>
      storage.agents.insert({ id, tags, createdAt: '' } as unknown as AgentRecord)
    tagged('agent-1', 'b', '\ud83d')
    tagged('agent-2', 'a', 'b')
    expect(storage.agents.tags()).to.deep.equal(['a', 'b', '\ud83d'])
    storage.close()
  })
})
