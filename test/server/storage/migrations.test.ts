import path from 'node:path'
import { expect } from 'chai'
import Libsql from 'libsql'
import { MIGRATIONS } from '../../../lib/server/storage/migrations.ts'
import { openStorage } from '../../../lib/server/storage/storage.ts'
import { defaultThread } from '../../../lib/util/thread.ts'
import { temporaryDirectory } from '../../support/letta-server.ts'

const CALL = { callId: 'call_0', name: 'Bash', args: '{}', runs: 'client' }
const ANSWER = { role: 'assistant', reasoning: [], text: '', calls: [CALL], partial: false }
const ASKED = { role: 'user', content: [{ type: 'text', text: 'hi' }], otid: null }

describe('A database of the first version', () => {
  it('is migrated with its messages, its prompt, its calls and its runs', async () => {
    const { directory, remove } = await temporaryDirectory()
    const file = path.join(directory, 'letta.db')
    const before = new Libsql(file)
    before.exec(`${MIGRATIONS[0]}; pragma user_version = 1`)
    const insert = before.prepare(
      `insert into messages (id, agent_id, in_context, created_at, body) values (?, 'agent-1', ?, '', ?)`,
    )
    insert.run('message-1', 0, JSON.stringify(ASKED))
    insert.run('message-2', 1, JSON.stringify(ASKED))
    insert.run('message-3', 1, JSON.stringify(ANSWER))
    before.exec(
      `insert into runs (id, agent_id, status, created_at, record)
         values ('run-1', 'agent-1', 'completed', '', '{"id":"run-1","agentId":"agent-1"}')`,
    )
    before.close()

    const storage = openStorage(file)
    const thread = defaultThread('agent-1')
    expect(storage.messages.inContextIds(thread)).to.deep.equal(['message-2', 'message-3'])
    const all = { limit: 9, ascending: true, after: null, before: null }
    expect(storage.messages.list(thread, all).map((one) => one.position)).to.deep.equal([
      null,
      2,
      3,
    ])
    expect(storage.calls.claim('agent-1', 'call_0')).to.equal(false)
    expect(storage.runs.get('run-1')).to.deep.equal({
      id: 'run-1',
      agentId: 'agent-1',
      conversationId: 'default',
      type: 'send_message_streaming',
    })
    storage.close()
    await remove()
  })
})

describe('A database without versions of memory blocks', () => {
  it('is migrated with the value of each block as its first version, half characters included', async () => {
    const { directory, remove } = await temporaryDirectory()
    const file = path.join(directory, 'letta.db')
    const before = new Libsql(file)
    before.exec(`${MIGRATIONS.slice(0, 5).join(';')}; pragma user_version = 5`)
    const block = {
      id: 'block-1',
      label: 'human',
      value: 'Likes tea \ud83d',
      limit: 100,
      description: 'About the person',
      readOnly: false,
      tags: [],
      metadata: {},
      createdAt: '2026-01-01T00:00:00.000Z',
      updatedAt: '2026-01-02T00:00:00.000Z',
    }
    before
      .prepare('insert into blocks values (?, ?, ?, ?)')
      .run(block.id, block.label, block.createdAt, JSON.stringify(block))
    before.close()

    const storage = openStorage(file)
    expect(storage.blockVersions.list('block-1', { limit: 9, before: null })).to.deep.equal([
      {
        blockId: 'block-1',
        version: 0,
        createdAt: block.updatedAt,
        author: { type: 'unknown' },
        deletedFrom: null,
        block,
      },
    ])
    storage.close()
    await remove()
  })
})
