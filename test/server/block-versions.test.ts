import { expect } from 'chai'
import { changeHeader } from '../../lib/client/gateway/change-header.ts'
import { openServer } from '../../lib/server/app.ts'
import { DEFAULT_RETENTION } from '../../lib/server/storage/block-versions.ts'
import { openStorage } from '../../lib/server/storage/storage.ts'
import { withServer } from '../support/with-server.ts'

describe('The versions of a memory block', () => {
  const fixture = withServer()

  const blockOf = async (label: string): Promise<{ id: string; value: string }> => {
    const { items } = await fixture.client.agents.blocks.list(fixture.agentId)
    const block = items.find((one) => one.label === label)
    if (block === undefined) throw new Error(`no block ${label}`)
    return block
  }
  const versions = async (id: string, query = 'include_values=true') =>
    (await fixture.request('GET', `/v1/blocks/${id}/versions?${query}`)).body
  const outline = async (id: string): Promise<unknown> =>
    (await versions(id)).map((one: Record<string, unknown>) => [
      one['version'],
      Object(one['author']).type,
      one['value'],
    ])

  it('begin with the value that the block was created with', async () => {
    const { id, value } = await blockOf('human')
    expect(await outline(id)).to.deep.equal([[0, 'client', value]])
  })

  it('contain each value with its time, author and properties', async () => {
    const { id, value } = await blockOf('human')
    const headers = { 'x-letta-change': 'user session-1' }
    await fixture.client.blocks.update(id, { value: 'One' }, { headers })
    await fixture.client.blocks.update(id, { value: 'Two', limit: 500, description: 'About' })
    const [second, first] = await versions(id)
    expect(await outline(id)).to.deep.equal([
      [2, 'client', 'Two'],
      [1, 'user', 'One'],
      [0, 'client', value],
    ])
    expect([first.author.client, second.limit, second.description]).to.deep.equal([
      'session-1',
      500,
      'About',
    ])
    expect(Date.parse(first.created_at)).to.be.closeTo(Date.now(), 60_000)
  })

  it('name the run, the call and the tool of an agent', async () => {
    const { id } = await blockOf('human')
    const args = JSON.stringify({ label: 'human', new_string: 'Likes tea.' })
    fixture.model.play(
      { calls: [{ callId: 'call-1', name: 'memory_insert', args }] },
      { text: 'Noted.' },
    )
    const { usage: _, ...answer } = await fixture.client.agents.messages.create(fixture.agentId, {
      messages: [{ role: 'user', content: 'I like tea' }],
    })
    expect(answer.messages.length).to.be.above(0)
    const [{ author }] = await versions(id)
    expect(author).to.deep.include({
      type: 'agent',
      agent_id: fixture.agentId,
      tool_call_id: 'call-1',
      tool_name: 'memory_insert',
    })
    expect(author.run_id).to.match(/^run-/)
  })

  it('name each block from which lines were moved or copied', async () => {
    const { id } = await blockOf('human')
    const sources = ['block-one', 'block-two']
    const call = { agentId: fixture.agentId, callId: 'call-1', tool: 'memory_insert' }
    const changes = [changeHeader('user', 'home.1', { sources })]
    changes.push(changeHeader('agent', 'home.1', { call, sources }))
    for (const [index, headers] of changes.entries()) {
      await fixture.client.blocks.update(id, { value: `Change ${index}` }, { headers })
    }
    const found = (await versions(id)).map(({ author }: Record<string, unknown>) => {
      const { type, source_block_ids: ids } = Object(author)
      return [type, ids]
    })
    expect(found).to.deep.equal([
      ['agent', sources],
      ['user', sources],
      ['client', []],
    ])
  })

  it('are not added by an update that changes nothing', async () => {
    const { id, value } = await blockOf('human')
    await fixture.client.blocks.update(id, { value })
    expect((await versions(id)).length).to.equal(1)
  })

  it('are listed page by page, without values unless they are asked for', async () => {
    const { id } = await blockOf('human')
    for (const value of ['1', '2', '3']) await fixture.client.blocks.update(id, { value })
    const numbers = async (query: string): Promise<unknown> =>
      (await versions(id, query)).map((one: Record<string, unknown>) => [
        one['version'],
        one['value'],
      ])
    expect(await numbers('limit=2')).to.deep.equal([
      [3, null],
      [2, null],
    ])
    expect(await numbers('before=2&include_values=1')).to.deep.equal([
      [1, '1'],
      [0, (await versions(id)).at(-1).value],
    ])
  })

  it('are listed with the lines that each has changed, the oldest one by the version before it', async () => {
    const { id } = await blockOf('human')
    for (const value of ['1', '1\n2', '3\n2']) await fixture.client.blocks.update(id, { value })
    await fixture.client.blocks.delete(id)
    const changes = async (query: string): Promise<unknown> =>
      (await versions(id, query)).map((one: Record<string, unknown>) => [
        one['version'],
        one['value'],
        one['added_lines'],
        one['removed_lines'],
      ])
    expect(await changes('limit=3&include_changes=true')).to.deep.equal([
      [4, null, 0, 2],
      [3, null, 1, 1],
      [2, null, 1, 0],
    ])
    expect(await changes('limit=1')).to.deep.equal([[4, null, undefined, undefined]])
  })

  it('are restored, which is a version itself', async () => {
    const { id, value } = await blockOf('human')
    await fixture.client.blocks.update(id, { value: 'New', description: 'Changed' })
    const restored = await fixture.request('POST', `/v1/blocks/${id}/versions/0/restore`)
    expect([restored.status, restored.body.value]).to.deep.equal([200, value])
    expect((await versions(id)).map(({ version }: { version: number }) => version)).to.deep.equal([
      2, 1, 0,
    ])
    const unknown = await fixture.request('POST', `/v1/blocks/${id}/versions/9/restore`)
    expect(unknown.status).to.equal(404)
  })

  it('outlive the block, which is then restored with its id for the agents that had it', async () => {
    const { id, value } = await blockOf('human')
    await fixture.client.blocks.delete(id)
    const [deletion] = await versions(id)
    expect([deletion.is_deletion, deletion.value]).to.deep.equal([true, value])
    const deleted = await fixture.request('GET', `/v1/blocks/deleted?agent_id=${fixture.agentId}`)
    expect(deleted.body.map((one: Record<string, unknown>) => one['block_id'])).to.deep.equal([id])
    await fixture.request('POST', `/v1/blocks/${id}/versions/0/restore`)
    expect((await blockOf('human')).id).to.equal(id)
    const none = await fixture.request('GET', `/v1/blocks/deleted?agent_id=${fixture.agentId}`)
    expect(none.body).to.deep.equal([])
  })

  it('protect a value that was modified since the client has read it', async () => {
    const { id } = await blockOf('human')
    const read = await fixture.client.blocks.retrieve(id).asResponse()
    const etag = read.headers.get('etag') ?? ''
    const save = (value: string): Promise<unknown> =>
      fixture.client.blocks.update(id, { value }, { headers: { 'if-match': etag } })
    await save('Mine')
    const refused = await save('Late').catch((thrown: unknown) => Object(thrown).status)
    expect([refused, (await blockOf('human')).value]).to.deep.equal([412, 'Mine'])
  })

  it('decide whether the list of blocks is sent again', async () => {
    const list = async (etag?: string): Promise<readonly [number, string]> => {
      const url = `http://embedded.letta/v1/agents/${fixture.agentId}/core-memory/blocks`
      const headers = etag === undefined ? {} : { 'if-none-match': etag }
      const response = await fixture.server.fetch(new Request(url, { headers }))
      await response.arrayBuffer()
      return [response.status, response.headers.get('etag') ?? '']
    }
    const [, first] = await list()
    expect(await list(first)).to.deep.equal([304, first])
    const { id } = await blockOf('human')
    await fixture.client.blocks.update(id, { value: 'Changed' })
    const [status, second] = await list(first)
    expect([status, second === first]).to.deep.equal([200, false])
    await fixture.client.agents.blocks.detach(id, { agent_id: fixture.agentId })
    expect((await list(second))[0]).to.equal(200)
  })
})

describe('The retention of versions', () => {
  it('keeps all of the last days, one of each day before, the first one, and never fewer than 50', () => {
    const storage = openStorage(':memory:')
    const id = 'block-00000000-0000-4000-8000-000000000000'
    const at = (hours: number): string =>
      new Date(Date.UTC(2026, 0, 1) + hours * 3_600_000).toISOString()
    const block = {
      id,
      label: 'human',
      value: '0',
      limit: 100,
      description: null,
      readOnly: false,
      tags: [],
      metadata: {},
      createdAt: at(0),
      updatedAt: at(0),
    }
    const author = { type: 'user', client: null } as const
    storage.blocks.insert(block, author)
    // 200 versions within ten days, then nothing for a long time, then 100 more.
    for (let index = 1; index <= 200; index++) {
      storage.blocks.save({ ...block, value: `${index}`, updatedAt: at(index) }, author)
    }
    const later = 24 * (DEFAULT_RETENTION.days + 30)
    for (let index = 201; index <= 300; index++) {
      storage.blocks.save({ ...block, value: `${index}`, updatedAt: at(later + index) }, author)
    }
    const kept = storage.blockVersions.list(id, { limit: 1000, before: null })
    const numbers = kept.map(({ version }) => version)
    expect(numbers.slice(0, 100)).to.deep.equal(Array.from({ length: 100 }, (_, i) => 300 - i))
    expect(numbers.slice(100)).to.deep.equal([200, 191, 167, 143, 119, 95, 71, 47, 23, 0])
    storage.close()
  })

  it('also keeps the newest 50 of a block that has not changed for long', async () => {
    const server = await openServer({ database: ':memory:', providers: [], historyDays: 0 })
    const send = async (method: string, path: string, body?: unknown) => {
      const init = body === undefined ? { method } : { method, body: JSON.stringify(body) }
      const response = await server.fetch(new Request(`http://embedded.letta${path}`, init))
      return Object(await response.json())
    }
    const { id } = await send('POST', '/v1/blocks', { label: 'human', value: '0' })
    for (let index = 1; index <= 100; index++) {
      await send('PATCH', `/v1/blocks/${id}`, { value: `${index}` })
    }
    const kept = await send('GET', `/v1/blocks/${id}/versions?limit=1000`)
    expect(kept.length).to.be.within(50, 53)
    await server.close()
  })
})
