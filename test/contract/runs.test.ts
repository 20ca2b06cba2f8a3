import { expect } from 'chai'
import { collect, outline, say, type WireEvent } from '../support/letta-server.ts'
import type { ScriptedAnswer } from '../support/model-endpoint.ts'
import { type ContractContext, contract, expectRejection, UNKNOWN_UUID } from './contract-suite.ts'
import { outlineStream } from './outline-stream.ts'

const BACKGROUND = { background: true } as const
/** Streams for ten seconds, since the original server checks for a cancellation only when more of the answer arrives. */
const TALKATIVE: ScriptedAnswer = { text: Array<string>(100).fill('word '), delayMs: 100 }

contract('A run', (desk) => {
  it('in the background numbers its events from 1', async () => {
    const agent = await desk.agent()
    desk.plays({ text: ['Hello ', 'there'] })
    const { events } = await desk.send(agent, say('hi'), BACKGROUND)
    expect(events.map((event) => [event['message_type'], event['seq_id']])).to.deep.equal([
      ['ping', 1],
      ['assistant_message', 2],
      ['assistant_message', 3],
      ['stop_reason', undefined],
      ['usage_statistics', undefined],
    ])
  })

  it('is listed and retrieved with its outcome', async () => {
    const agent = await desk.agent()
    desk.plays({ text: 'Hello' })
    const id = runOf(await desk.send(agent, say('hi'), BACKGROUND))
    const { items } = await desk.client.runs.list({ agent_id: agent })
    expect(items.map((run) => run.id)).to.deep.equal([id])
    const { status, stop_reason, background, agent_id } = await desk.client.runs.retrieve(id)
    expect({ status, stop_reason, background, agent_id }).to.deep.equal({
      status: 'completed',
      stop_reason: 'end_turn',
      background: true,
      agent_id: agent,
    })
  })

  it('is found by the id that the client gave its message', async () => {
    const agent = await desk.agent()
    desk.plays({ text: 'Hello' })
    const otid = crypto.randomUUID()
    const said = [{ role: 'user', content: 'hi', otid }] as const
    const id = runOf(await desk.send(agent, [...said], BACKGROUND))
    const { items } = await desk.client.runs.messages.list(id, { order: 'asc', limit: 10 })
    const otids = items.map((item) => ('otid' in item ? item.otid : null))
    expect(otids[0]).to.equal(otid)
  })

  it('is streamed again from any of its events', async () => {
    const agent = await desk.agent()
    desk.plays({ text: ['one ', 'two ', 'three'] })
    const complete = await desk.send(agent, say('count'), BACKGROUND)
    const again = await resumed(desk, runOf(complete), 2)
    expect(outlineStream({ events: again, error: null })).to.deep.equal([
      'assistant_message "two three"',
      'stop_reason end_turn',
      'usage_statistics',
    ])
    expect(await resumed(desk, runOf(complete), 0)).to.deep.equal(complete.events)
  })

  it('continues without a reader, and is resumed', async () => {
    const agent = await desk.agent()
    desk.plays({ text: ['one ', 'two ', 'three'], delayMs: 300 })
    const read: WireEvent[] = []
    const body = { messages: say('count'), stream_tokens: true, background: true }
    for await (const event of await desk.client.agents.messages.stream(agent, body)) {
      read.push({ ...event })
      if (event.message_type === 'assistant_message') break
    }
    const rest = await resumed(desk, runOf({ events: read }), Number(read.at(-1)?.['seq_id']))
    const texts = [...read, ...rest].map((event) => event['content'] ?? '').join('')
    expect(texts).to.equal('one two three')
    expect(outline(rest).slice(-2)).to.deep.equal(['stop_reason end_turn', 'usage_statistics'])
  })

  it('in the foreground cannot be streamed again, nor an unknown one', async () => {
    const agent = await desk.agent()
    desk.plays({ text: 'Hello' })
    const id = runOf(await desk.send(agent, say('hi')))
    expect(await expectRejection(desk.client.runs.messages.stream(id, {}))).to.deep.equal({
      status: 400,
      body: {
        detail:
          'INVALID_ARGUMENT: Run was not created in background mode, so it cannot be retrieved.',
      },
    })
    const unknown = desk.client.runs.messages.stream(`run-${UNKNOWN_UUID}`, {})
    expect((await expectRejection(unknown)).status).to.equal(404)
  })

  it('has steps, messages and usage', async () => {
    const agent = await desk.agent({ tools: ['memory_insert'] })
    const args = { label: 'human', new_string: 'x' }
    desk.plays(
      { calls: [{ name: 'memory_insert', args }], usage: { prompt: 100, completion: 7 } },
      { text: 'Done', usage: { prompt: 130, completion: 5 } },
    )
    const id = runOf(await desk.send(agent, say('note')))
    const steps = (await desk.client.runs.steps.list(id)).items
    expect(
      steps
        .map(({ prompt_tokens, completion_tokens }) => [prompt_tokens, completion_tokens])
        .toSorted(),
    ).to.deep.equal([
      [100, 7],
      [130, 5],
    ])
    const messages = (await desk.client.runs.messages.list(id, { order: 'asc' })).items
    expect(messages.map((message) => message.message_type)).to.deep.equal([
      'user_message',
      'tool_call_message',
      'tool_return_message',
      'assistant_message',
    ])
    const { prompt_tokens, completion_tokens, total_tokens } = Object(
      await desk.client.runs.usage.retrieve(id),
    )
    expect([prompt_tokens, completion_tokens, total_tokens]).to.deep.equal([230, 12, 242])
  })

  it('sums the usage of its steps', async () => {
    const agent = await desk.agent({ tools: ['memory_insert'] })
    const args = { label: 'human', new_string: 'x' }
    desk.plays(
      {
        calls: [{ name: 'memory_insert', args }],
        usage: { prompt: 100, completion: 7, cached: 60 },
      },
      { text: 'Done', usage: { prompt: 130, completion: 5, cached: 100, reasoning: 3 } },
    )
    const { events } = await desk.send(agent, say('note'))
    expect(events.at(-1)).to.deep.include({
      prompt_tokens: 230,
      completion_tokens: 12,
      total_tokens: 242,
      cached_input_tokens: 160,
      reasoning_tokens: 3,
      context_tokens: 135,
      step_count: 2,
    })
  })
})

contract('A cancelled run', (desk) => {
  it('ends within its answer, which is retained or dropped', async () => {
    const agent = await desk.agent()
    desk.plays(TALKATIVE)
    const events = await cancelledAt(desk, agent, 'assistant_message')
    expect(outline(events).at(-1)).to.equal('stop_reason cancelled')
    const { status, stop_reason } = await desk.client.runs.retrieve(runOf({ events }))
    expect([status, stop_reason]).to.deep.equal(['cancelled', 'cancelled'])
    const kept = (await desk.history(agent)).map((line) => line.split(' ')[0])
    expect(kept).to.deep.equal(
      desk.differs('retained-turn', { real: [], ours: ['user_message', 'assistant_message'] }),
    )
  })

  it('leaves the agent ready for the next message', async () => {
    const agent = await desk.agent()
    desk.plays(TALKATIVE, { text: 'Hello' })
    await cancelledAt(desk, agent, 'assistant_message')
    expect(outlineStream(await desk.send(agent, say('hi')))).to.include('assistant_message "Hello"')
  })

  it('may end while a call is streamed', async () => {
    const agent = await desk.agent()
    const deltas = ['{"command": "', ...Array(100).fill('ls '), '"}']
    const call = { id: 'call_1', name: 'Bash', deltas }
    desk.plays({ calls: [call], delayMs: 100 }, { text: 'Hello' })
    const events = await cancelledAt(desk, agent, 'approval_request_message')
    expect(outline(events).at(-1)).to.equal('stop_reason cancelled')
    expect(outlineStream(await desk.send(agent, say('hi')))).to.include('assistant_message "Hello"')
  })
})

function runOf({ events }: { readonly events: readonly WireEvent[] }): string {
  return String(events[0]?.['run_id'])
}

async function resumed(
  desk: ContractContext,
  run: string,
  after: number,
): Promise<readonly WireEvent[]> {
  const { events } = await collect(
    desk.client.runs.messages.stream(run, { starting_after: after, include_pings: false }),
  )
  return events
}

/** The events of a background run that is cancelled after the first event of a type. */
async function cancelledAt(
  desk: ContractContext,
  agent: string,
  kind: string,
): Promise<readonly WireEvent[]> {
  const events: WireEvent[] = []
  const body = { messages: say('count'), stream_tokens: true, background: true }
  let cancelling: Promise<unknown> | null = null
  for await (const event of await desk.client.agents.messages.stream(agent, body)) {
    events.push({ ...event })
    if (event.message_type === kind) {
      cancelling ??= desk.client.agents.messages.cancel(agent, { run_ids: [runOf({ events })] })
    }
  }
  await cancelling
  return events
}
