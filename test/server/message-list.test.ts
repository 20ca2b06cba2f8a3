import { expect } from 'chai'
import { createAgent, openedServer, say, send } from '../support/letta-server.ts'

describe('A list of messages', () => {
  it('contains only the requested message types', async () => {
    const { client, model, close } = await openedServer()
    const agentId = await createAgent(client)
    model.play({ reasoning: 'Hm.', text: 'Hello.' })
    await send(client, agentId, say('Hi'))
    const include = { include_return_message_types: ['assistant_message', 'reasoning_message'] }
    const types = (items: readonly { readonly message_type?: unknown }[]) =>
      items.map((item) => item.message_type)
    const ofAgent = await client.agents.messages.list(agentId, Object(include))
    const path = '/v1/conversations/default/messages'
    const query = { agent_id: agentId, ...include }
    const ofConversation = await client.get<readonly { message_type: string }[]>(path, { query })
    const ofAll = await client.get<readonly { message_type: string }[]>('/v1/messages', {
      query: include,
    })
    const wanted = ['reasoning_message', 'assistant_message']
    expect([types(ofAgent.items), types(ofConversation), types(ofAll)]).to.deep.equal([
      wanted,
      wanted.toReversed(),
      wanted,
    ])
    await close()
  })

  it('begins with the system prompt, on the page that reaches the beginning', async () => {
    const { client, model, close } = await openedServer()
    const agentId = await createAgent(client)
    for (const text of ['one', 'two']) {
      model.play({ text: `re ${text}` })
      await send(client, agentId, say(text))
    }
    const page = async (query: object) =>
      (await client.agents.messages.list(agentId, query)).items.map((item) => ({ ...item }))
    const all = await page({})
    const [system, first, ...rest] = all
    const ids = (items: readonly object[]) => items.map((item) => Object(item).id)
    expect(system).to.deep.include({
      message_type: 'system_message',
      id: agentId.replace('agent', 'message'),
    })
    expect(Object(system).content).to.match(/^You are Ada\./)
    const pages: Readonly<Record<string, readonly [query: object, expected: readonly object[]]>> = {
      'the first ones': [{ order: 'asc', limit: 2 }, all.slice(0, 2)],
      'those after it': [{ order: 'asc', after: ids(all)[0] }, all.slice(1)],
      'those after the first': [{ order: 'asc', after: ids(all)[1] }, rest],
      'those before it': [{ before: ids(all)[0] }, []],
      'those before the first': [{ before: ids(all)[1] }, all.slice(0, 1)],
      'the newest': [{ limit: 4 }, all.slice(1)],
      'more than there are': [{ limit: 5 }, all],
    }
    for (const [name, [query, expected]] of Object.entries(pages)) {
      expect(ids(await page(query)), name).to.deep.equal(ids(expected))
    }
    expect(first).to.deep.include({ content: 'one' })
    const retrieved = await client.get<readonly object[]>(`/v1/messages/${ids(all)[0]}`)
    expect(retrieved).to.deep.equal([system])
    await close()
  })
})
