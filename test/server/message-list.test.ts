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
})
