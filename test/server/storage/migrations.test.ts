import path from 'node:path'
import { expect } from 'chai'
import Libsql from 'libsql'
import { defaultThread } from '../../../lib/server/records.ts'
import { MIGRATIONS } from '../../../lib/server/storage/migrations.ts'
import { openStorage } from '../../../lib/server/storage/storage.ts'
import { temporaryFolder } from '../../support/letta-server.ts'

const CALL = { callId: 'call_0', name: 'Bash', args: '{}', runs: 'client' }
const ANSWER = { role: 'assistant', reasoning: [], text: '', calls: [CALL], partial: false }
const ASKED = { role: 'user', content: [{ type: 'text', text: 'hi' }], otid: null }

describe('A database of the first version', () => {
  it('is migrated with its messages, its prompt, its calls and its runs', async () => {
    const { folder, remove } = await temporaryFolder()
    const file = path.join(folder, 'letta.db')
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
