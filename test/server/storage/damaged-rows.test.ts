import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import Libsql from 'libsql'
import { openServer } from '../../../lib/server/app.ts'
import { damagedRow, repairedRow } from '../../../lib/server/messages/storage.ts'
import type {
  AgentRecord,
  BlockRecord,
  RunRecord,
  StepRecord,
} from '../../../lib/server/records.ts'
import { openStorage, type Storage } from '../../../lib/server/storage/storage.ts'

/** Complete records of several tables, were it not for one byte. */
const COMPLETE = {
  ...{ id: 'p1', agentId: 'agent-1', createdAt: 'p1', tags: ['t'], text: 'word' },
  ...{ label: 'human', role: 'user', value: '?' },
}
const [BEFORE = '', AFTER = ''] = JSON.stringify(COMPLETE)
  .split('?')
  .map((part) => Buffer.from(part).toString('hex'))
const NOT_UTF8 = `cast(x'${BEFORE}ff${AFTER}' as text)`

/** A disk has changed bytes of the database since they were written. */
describe('A damaged row', () => {
  let directory: string
  let file: string
  let storage: Storage
  const notices: string[] = []

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'letta-damaged-'))
    file = path.join(directory, 'letta.db')
    notices.length = 0
    storage = openStorage(file, (notice) => notices.push(notice))
  })
  afterEach(() => {
    storage.close()
    rmSync(directory, { recursive: true, force: true })
  })

  const thread = { agentId: 'agent-1', conversationId: 'default' }
  const append = (id: string): void =>
    storage.messages.append({
      ...thread,
      id,
      runId: null,
      stepId: null,
      createdAt: '2026-11-29T12:00:00Z',
      body: { role: 'user', content: [{ type: 'text', text: `I am ${id}` }] } as never,
    })
  const REST = { system: '', model: 'openai/one', toolIds: [], toolRules: [] }
  const agent = (id: string): AgentRecord =>
    ({
      id,
      name: id,
      createdAt: id,
      tags: [],
      blockIds: ['block-1'],
      ...REST,
    }) as unknown as AgentRecord
  const step = (id: string): StepRecord =>
    ({ id, runId: 'run-1', agentId: 'agent-1', createdAt: '' }) as unknown as StepRecord
  const run = (id: string): RunRecord =>
    ({ ...thread, id, status: 'running', createdAt: '', background: false }) as unknown as RunRecord
  const FIRST = { ascending: true, after: null, before: null, limit: 9 }
  /** Runs SQL as another program would. */
  const damage = (sql: string): void => {
    const database = new Libsql(file)
    database.exec(sql)
    database.close()
  }
  const setAside = () => {
    const database = new Libsql(file)
    const rows = database.prepare('select table_name, row_id from damaged_rows').all()
    database.close()
    return (rows as Record<string, unknown>[]).map((row) => [row['table_name'], row['row_id']])
  }

  it('is read as it is when a column next to the message is not UTF-8', () => {
    for (const id of ['m1', 'm2']) append(id)
    for (const column of ['id', 'run_id', 'step_id', 'created_at']) {
      damage(`update messages set ${column} = cast(x'6dff' as text) where sequence = 1`)
    }
    expect(storage.messages.inContext(thread).map(({ id }) => id)).to.deep.equal(['m\ufffd', 'm2'])
    expect(storage.messages.inContextIds(thread)).to.deep.equal(['m\ufffd', 'm2'])
    expect(notices).to.deep.equal([])
  })

  it('does not hide the other messages: text that is not UTF-8, and text that is not JSON', () => {
    for (const id of ['m1', 'm2', 'm3']) append(id)
    damage(`update messages set body = ${NOT_UTF8} where id = 'm1'`)
    damage("update messages set body = '{\"role' where id = 'm3'")
    expect(storage.messages.inContext(thread).map(({ id }) => id)).to.deep.equal(['m2'])
    expect(notices).to.deep.equal([damagedRow('messages', 1), damagedRow('messages', 3)])
    expect(setAside()).to.deep.equal([
      ['messages', 1],
      ['messages', 3],
    ])
    expect(storage.messages.get('m1')).to.equal(null)
    expect(notices).to.have.length(2)
  })

  it('does not make a query fail that looks into the rows of its table', () => {
    storage.agents.insert(agent('a1'))
    storage.agents.insert(agent('a2'))
    damage("update agents set record = '{' where id = 'a1'")
    expect(storage.agents.usingBlock('block-1').map(({ id }) => id)).to.deep.equal(['a2'])
    expect(storage.agents.tags()).to.deep.equal([])
    expect(notices).to.deep.equal([damagedRow('agents', 1)])
  })

  for (const record of ['null', '{}', '[]', '{"id":"a1","name":"a1"}', '7']) {
    it(`is one with JSON that is no record of its table: ${record}`, () => {
      storage.agents.insert(agent('a1'))
      storage.agents.insert(agent('a2'))
      damage(`update agents set record = '${record}' where id = 'a1'`)
      expect(storage.agents.blockIds('a1')).to.deep.equal([])
      expect(storage.agents.tags()).to.deep.equal([])
      expect(storage.agents.get('a1')).to.equal(null)
      expect(storage.agents.get('a2')?.name).to.equal('a2')
      expect(notices).to.deep.equal([damagedRow('agents', 1)])
    })
  }

  for (const id of ["cast(x'6dff' as text)", "''", "'agent-2'", "'{'"]) {
    it(`is repaired when only the id of its agent is damaged: ${id}`, () => {
      storage.agents.insert(agent('a1'))
      damage(`update agents set id = ${id}`)
      storage.close()
      storage = openStorage(file, (notice) => notices.push(notice))
      expect(storage.agents.get('a1')?.id).to.equal('a1')
      expect(notices).to.deep.equal([repairedRow('agents', 1)])
    })
  }

  it('is repaired when its id is damaged while the database is open, once it is looked for', () => {
    storage.steps.insert(step('s1'))
    damage("update steps set id = cast(x'6dff' as text), run_id = 'other'")
    expect(storage.steps.get('s1')?.id).to.equal('s1')
    expect(storage.steps.list({ ...FIRST, agentId: null, runId: 'run-1' })).to.have.length(1)
    expect(notices).to.deep.equal([repairedRow('steps', 1)])
  })

  it('retains the id that its messages refer to, when that of the record is damaged', () => {
    storage.agents.insert(agent('agent-1'))
    append('m1')
    damage("update agents set record = replace(record, 'agent-1', 'agent-9')")
    storage.close()
    storage = openStorage(file, (notice) => notices.push(notice))
    expect(storage.agents.get('agent-1')?.id).to.equal('agent-1')
    expect(notices).to.deep.equal([repairedRow('agents', 1)])
  })

  it('is set aside when another has its id', () => {
    for (const id of ['a1', 'a2']) storage.agents.insert(agent(id))
    damage("update agents set record = replace(record, 'a2', 'a1') where id = 'a2'")
    storage.close()
    storage = openStorage(file, (notice) => notices.push(notice))
    expect(storage.agents.get('a1')?.id).to.equal('a1')
    expect(storage.agents.count()).to.equal(1)
    expect(notices).to.deep.equal([damagedRow('agents', 2)])
  })

  for (const events of ["cast(x'5b22ff225d' as text)", "'[{'", "'null'", "'{}'", "''"]) {
    it(`has no events, which are reported once, when they are damaged: ${events}`, () => {
      storage.runs.insert(run('run-1'), null)
      storage.runs.requestCancel('run-1')
      damage(`update runs set events = ${events}`)
      expect(storage.runs.events('run-1')).to.deep.equal([])
      expect(storage.runs.events('run-1')).to.deep.equal([])
      expect(storage.runs.get('run-1')?.id).to.equal('run-1')
      expect(notices).to.deep.equal([damagedRow('runs', 1)])
      damage("update runs set id = cast(x'6dff' as text)")
      expect(storage.runs.cancelRequested()).to.deep.equal(['m\ufffd'])
    })
  }

  for (const record of ['{', 'null', '[]', '7', '{"messageId":"m","stepId":"s"}']) {
    it(`is no answer when it is that of one that was not complete: ${record}`, () => {
      const body = { role: 'assistant', reasoning: [], text: 'Half', calls: [] } as never
      storage.partialAnswers.put('run-1', { messageId: 'm1', stepId: 's1', body })
      expect(storage.partialAnswers.get('run-1')?.body.text).to.equal('Half')
      damage(`update partial_answers set record = '${record}'`)
      expect(storage.partialAnswers.take('run-1')).to.equal(null)
      expect(notices).to.deep.equal([damagedRow('partial_answers', 1)])
    })
  }

  for (const body of ['{"role":"user"}', '{"role":"assistant","text":""}', '{"role":"tomato"}']) {
    it(`is a message without what a prompt is made of: ${body}`, () => {
      for (const id of ['m1', 'm2']) append(id)
      damage(`update messages set body = '${body}' where id = 'm1'`)
      expect(storage.messages.inContext(thread).map(({ id }) => id)).to.deep.equal(['m2'])
      expect(notices).to.deep.equal([damagedRow('messages', 1)])
    })
  }

  it('does not stop the turns of an agent when it is that of a lease', () => {
    const lease = { agentId: 'a1', owner: 'me', activity: 'model', process: null, beat: 1 } as const
    storage.leases.put(lease)
    damage("update leases set record = '{' where agent_id = 'a1'")
    expect(storage.leases.get('a1')).to.equal(null)
    storage.leases.put(lease)
    expect(storage.leases.get('a1')).to.deep.equal(lease)
    expect(notices).to.deep.equal([damagedRow('leases', 1)])
  })

  for (const [what, json] of Object.entries({
    'text that is not UTF-8': NOT_UTF8,
    'text that is not JSON': "'{'",
    'JSON of another shape': '\'{"id":"p1","tags":["t"]}\'',
  })) {
    it(`does not hide the other passages of the archive, with ${what}`, () => {
      for (const id of ['p1', 'p2']) {
        storage.passages.insert({ ...thread, id, text: `word ${id}`, tags: ['t'], createdAt: id })
      }
      damage(`update passages set record = ${json} where id = 'p1'`)
      const search = {
        query: 'word',
        tags: ['t'],
        matchAllTags: false,
        from: null,
        to: null,
        limit: 9,
      }
      const page = { limit: 9, ascending: true, after: null, before: null, text: null }
      expect(storage.passages.search(null, search).map(({ id }) => id)).to.deep.equal(['p2'])
      expect(storage.passages.list('agent-1', page).map(({ id }) => id)).to.deep.equal(['p2'])
      expect(storage.passages.get('p1')).to.equal(null)
      expect(notices).to.deep.equal([damagedRow('passages', 1)])
    })

    it(`does not hide the other versions of a block, with ${what}`, () => {
      const block = { id: 'b1', label: 'human', value: '', updatedAt: '2026-11-29T12:00:00Z' }
      const author = { type: 'user', client: null } as const
      for (const value of ['one', 'two']) {
        storage.blockVersions.add({ ...block, value } as BlockRecord, author)
      }
      damage(`update block_versions set record = ${json} where version = 0`)
      damage("update block_versions set author = cast(x'7b22ff227d' as text) where version = 1")
      const versions = storage.blockVersions.list('b1', { limit: 9, before: null })
      expect(versions.map(({ version, author }) => [version, author])).to.deep.equal([
        [1, { type: 'unknown' }],
      ])
      expect(storage.blockVersions.get('b1', 0)).to.equal(null)
      expect(notices).to.deep.equal([damagedRow('block_versions', 1)])
    })
  }

  it('of a built-in tool is replaced at the next start', async () => {
    const options = { database: file, providers: [] }
    await (await openServer(options)).close()
    damage("update tools set record = '{}'")
    const server = await openServer(options)
    const response = await server.fetch(new Request('http://embedded.letta/v1/tools/count'))
    expect(await response.json()).to.equal(7)
    await server.close()
  })

  it('is not one that contains half of a character pair, which JSON escapes', () => {
    const name = 'half \ud83d'
    storage.agents.insert({ ...agent('a1'), name })
    expect(storage.agents.get('a1')?.name).to.equal(name)
    expect(notices).to.deep.equal([])
  })
})
