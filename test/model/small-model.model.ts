import { expect } from 'chai'
import { type LettaServer, openServer } from '../../lib/server/app.ts'
import { providersFromEnvironment } from '../../lib/server/providers/index.ts'
import type { Provider } from '../../lib/server/providers/provider.ts'
import { only, partsOf, readTool, requestOf } from '../server/providers/requests.ts'
import { clientOf } from '../support/letta-server.ts'
import { type SmallModel, startSmallModel } from './small-model.ts'

describe('A real small model', function () {
  this.timeout(600_000)
  let model: SmallModel
  let provider: Provider
  let server: LettaServer

  before(async () => {
    model = await startSmallModel()
    provider = only(providersFromEnvironment({ OPENAI_BASE_URL: model.url }))
    server = await openServer({ database: ':memory:', providers: [provider] })
  })
  after(async () => {
    await server?.close()
    model?.close()
  })

  it('answers a turn of an agent word by word, and reports its tokens', async () => {
    const client = clientOf(server)
    const agent = await client.agents.create({
      agent_type: 'letta_v1_agent',
      model: 'openai/small',
      system: 'You are a helpful assistant. Answer briefly.',
      include_base_tools: false,
    })
    const stream = await client.agents.messages.stream(agent.id, {
      messages: [{ role: 'user', content: 'What is the capital of France?' }],
      stream_tokens: true,
    })
    const pieces: string[] = []
    const types = new Set<string>()
    let completion = 0
    for await (const event of stream) {
      types.add(String(event.message_type))
      if (event.message_type === 'assistant_message') pieces.push(String(event.content))
      if (event.message_type === 'usage_statistics') completion = event.completion_tokens ?? 0
    }
    expect(pieces.length).to.be.above(3)
    expect(pieces.join('')).to.include('Paris')
    expect(completion).to.be.above(3)
    expect([...types]).to.include.members(['assistant_message', 'stop_reason', 'usage_statistics'])
  })

  it('calls the required tool with arguments of its schema', async () => {
    const parts = await partsOf(
      provider,
      requestOf({ model: 'small', tools: [readTool], toolChoice: { name: 'Read' } }),
    )
    const args = parts.map((part) => (part.type === 'callDelta' ? part.args : '')).join('')
    expect(parts.find((part) => part.type === 'callStart')).to.deep.include({ name: 'Read' })
    expect(Object.keys(JSON.parse(args))).to.deep.equal(['file_path'])
    expect(parts.at(-1)).to.deep.include({ type: 'finish', reason: 'tool-calls' })
  })
})
