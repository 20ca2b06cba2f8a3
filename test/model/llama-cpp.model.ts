import { expect } from 'chai'
import { openServer } from '../../lib/server/app.ts'
import { probeLocalServers } from '../../lib/server/providers/local.ts'
import type { Provider } from '../../lib/server/providers/provider.ts'
import { only, partsOf, readTool, requestOf } from '../server/providers/requests.ts'
import { BASH, clientOf, say, send, type WireEvent } from '../support/letta-server.ts'
import { type SmallModel, startLlamaCpp } from './small-model.ts'

const CONTEXT_WINDOW = 2_048

describe('A real server of llama.cpp', function () {
  this.timeout(900_000)
  let model: SmallModel
  let provider: Provider
  let opened: Awaited<ReturnType<typeof openServer>>
  let client: ReturnType<typeof clientOf>
  let agent: string
  let handle: string

  before(async () => {
    model = await startLlamaCpp(CONTEXT_WINDOW)
    const port = Number(new URL(model.url).port)
    const probed = await probeLocalServers(new AbortController().signal, {
      ports: { llamacpp: port },
      timeoutMs: 10_000,
    })
    provider = only(probed.filter(({ id }) => id === 'llamacpp'))
    handle = only(await provider.listModels(new AbortController().signal)).handle
    opened = await openServer({ database: ':memory:', providers: [provider] })
    client = clientOf(opened)
    await client.tools.upsert(BASH)
    const created = await client.agents.create({
      agent_type: 'letta_v1_agent',
      model: handle,
      system: 'You are a helpful assistant. Answer briefly.',
      tools: ['Bash'],
      include_base_tools: false,
    })
    agent = created.id
    await client.agents.update(agent, { max_tokens: 48 } as object)
  })
  after(async () => {
    await opened?.close()
    model?.close()
  })

  const textOf = (events: readonly WireEvent[]): string =>
    events
      .map((event) => (event['message_type'] === 'assistant_message' ? event['content'] : ''))
      .join('')

  it('is found on its port, with the window that it serves', async () => {
    const facts = only(await provider.listModels(new AbortController().signal))
    expect(facts.contextWindow).to.equal(CONTEXT_WINDOW)
  })

  it('streams an answer word by word, and reports its tokens', async () => {
    const { events, error } = await send(client, agent, say('What is the capital of France?'))
    expect(error).to.equal(null)
    expect(textOf(events)).to.not.equal('')
    const usage = events.find((event) => event['message_type'] === 'usage_statistics')
    expect(usage?.['prompt_tokens']).to.be.above(20)
  })

  it('accepts tools, and a prompt with a call and its result', async () => {
    const call = { callId: 'call_1', name: 'Read', args: '{"file_path":"a.txt"}' }
    const request = requestOf({
      model: handle.slice('llamacpp/'.length),
      tools: [readTool],
      maxOutputTokens: 16,
      messages: [
        ...requestOf().messages,
        { role: 'assistant', reasoning: [], text: '', calls: [call] },
        { role: 'tool', callId: 'call_1', name: 'Read', text: 'Hello.', isError: false },
      ],
    })
    const answer = await partsOf(provider, request)
    expect(answer.some((part) => part.type === 'text')).to.equal(true)
    expect(answer.at(-1)?.type).to.equal('finish')
  })

  it('continues after an answer that was interrupted in the middle', async () => {
    const stream = await client.agents.messages.stream(agent, {
      messages: say('Tell me a long story.') ?? [],
      stream_tokens: true,
    })
    for await (const event of stream) if (event.message_type === 'assistant_message') break
    await client.agents.messages.cancel(agent)
    const next = await send(client, agent, say('Say hello.'))
    expect(next.error).to.equal(null)
    expect(textOf(next.events)).to.not.equal('')
  })

  it('answers after its window was exceeded, with what was said before as a summary', async () => {
    const long = 'All work and no play makes Jack a dull boy. '.repeat(70)
    let summaries = 0
    for (let turn = 0; turn < 4; turn++) {
      const { events, error } = await send(client, agent, say(`${long} What is your name?`), {
        include_compaction_messages: true,
      })
      expect(error).to.equal(null)
      expect(textOf(events)).to.not.equal('')
      summaries += events.filter((event) => event['message_type'] === 'summary_message').length
    }
    expect(summaries).to.be.above(0)
  })
})
