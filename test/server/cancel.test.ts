import { expect } from 'chai'
import { ProviderError } from '../../lib/server/providers/provider.ts'
import { collectGarbage } from '../support/collect-garbage.ts'
import { createAgent, outline, say, send, storedOutline } from '../support/letta-server.ts'
import { withServer } from '../support/with-server.ts'

const LIST = { callId: 'call_1', name: 'Bash', args: '{"command":"ls"}' }
const DENIED =
  'Error: request to call tool denied. User reason: The user cancelled the request, so the tool call was denied.'

describe('Cancelling a run', () => {
  const opened = withServer()

  it('stops the model, and retains the message and the partial answer for the next prompt', async () => {
    opened.model.play({ text: 'Half an', hang: true }, { text: 'Well.' })
    const streaming = send(opened.client, opened.agentId, say('hi'))
    await opened.model.hanging()
    const cancelled = await opened.client.agents.messages.cancel(opened.agentId)
    const { events } = await streaming
    expect(outline(events).slice(1)).to.deep.equal([
      'assistant_message "Half "',
      'assistant_message "an"',
      'stop_reason cancelled',
    ])
    expect(opened.model.aborted).to.equal(1)
    expect(cancelled).to.deep.equal({ [String(events[0]?.['run_id'])]: 'cancelled' })

    await send(opened.client, opened.agentId, say('again'))
    expect(opened.model.requests[1]?.messages.slice(1)).to.deep.equal([
      { role: 'user', content: [{ type: 'text', text: 'hi' }] },
      { role: 'assistant', reasoning: [], text: 'Half an', calls: [] },
      { role: 'user', content: [{ type: 'text', text: 'again' }] },
    ])
    expect(await storedOutline(opened.client, opened.agentId)).to.deep.equal([
      'user_message "hi"',
      'assistant_message "Half an"',
      'user_message "again"',
      'assistant_message "Well."',
    ])
  })

  it('denies the calls of an interrupted answer', async () => {
    opened.model.play({ calls: [LIST], hang: true }, { text: 'Well.' })
    const streaming = send(opened.client, opened.agentId, say('list'))
    await opened.model.hanging()
    await opened.client.agents.messages.cancel(opened.agentId)
    await streaming
    expect(await storedOutline(opened.client, opened.agentId)).to.deep.equal([
      'user_message "list"',
      'approval_request_message call_1 Bash {"command":"ls"}',
      'approval_response_message',
      `tool_return_message call_1 error: ${DENIED}`,
    ])
    const { error } = await send(opened.client, opened.agentId, say('again'))
    expect(error).to.equal(null)
    const [, , assistant, tool] = opened.model.requests[1]?.messages ?? []
    expect(assistant).to.deep.equal({ role: 'assistant', reasoning: [], text: '', calls: [LIST] })
    expect(tool).to.deep.include({ role: 'tool', callId: 'call_1', isError: true })
  })

  it('denies a pending call, so that the agent is free at once', async () => {
    opened.model.play({ calls: [LIST] }, { text: 'Well.' })
    await send(opened.client, opened.agentId, say('list'))
    await opened.client.agents.messages.cancel(opened.agentId)
    const agent = await opened.client.agents.retrieve(opened.agentId, {
      include: ['agent.pending_approval'],
    })
    expect(agent.pending_approval).to.equal(null)
    expect(await storedOutline(opened.client, opened.agentId)).to.deep.equal([
      'user_message "list"',
      'approval_request_message call_1 Bash {"command":"ls"}',
      'approval_response_message',
      `tool_return_message call_1 error: ${DENIED}`,
    ])
    const { error } = await send(opened.client, opened.agentId, say('again'))
    expect(error).to.equal(null)
  })

  it('denies a pending call of that run, but not of another run', async () => {
    opened.model.play({ text: 'Hello.' }, { calls: [LIST] })
    const runOf = async (text: string): Promise<string> => {
      const { events } = await send(opened.client, opened.agentId, say(text))
      return String(events[0]?.['run_id'])
    }
    const pendingAfter = async (run: string): Promise<boolean> => {
      const asked = { run_ids: [run] }
      expect(await opened.client.agents.messages.cancel(opened.agentId, asked)).to.deep.equal({
        [run]: 'cancelled',
      })
      return (await opened.client.agents.retrieve(opened.agentId)).pending_approval !== null
    }
    const [first, second] = [await runOf('hi'), await runOf('list')]
    expect([await pendingAfter(first), await pendingAfter(second)]).to.deep.equal([true, false])
  })

  it('ends the wait before a retry at once', async () => {
    const error = new ProviderError('rateLimit', 'Slow down.', {
      status: 429,
      retryAfterMs: 30_000,
    })
    opened.model.play({ error })
    const stream = await opened.client.agents.messages.stream(opened.agentId, {
      messages: say('hi'),
    })
    const stops: unknown[] = []
    for await (const event of stream) {
      if (event.message_type === 'ping') await opened.client.agents.messages.cancel(opened.agentId)
      if (event.message_type === 'stop_reason') stops.push(event.stop_reason)
    }
    expect(stops).to.deep.equal(['cancelled'])
  })

  it('does nothing to an agent without runs', async () => {
    expect(await opened.client.agents.messages.cancel(opened.agentId)).to.deep.equal({})
  })

  it('happens when the reader of a foreground stream leaves', async () => {
    opened.model.play({ text: 'Half an', hang: true }, { text: 'Well.' })
    const leaving = new AbortController()
    const stream = await opened.client.agents.messages.stream(
      opened.agentId,
      { messages: say('hi'), stream_tokens: true },
      { signal: leaving.signal },
    )
    const reading = readAll(stream)
    await opened.model.hanging()
    leaving.abort()
    await reading
    const { error } = await send(opened.client, opened.agentId, say('again'))
    expect(error).to.equal(null)
    expect(opened.model.aborted).to.equal(1)
  })

  it('happens when the reader leaves after a garbage collection', async () => {
    opened.model.play({ text: 'Half an', hang: true })
    const leaving = new AbortController()
    const { signal } = leaving
    const body = { messages: say('hi'), stream_tokens: true }
    const stream = await opened.client.agents.messages.stream(opened.agentId, body, { signal })
    const reading = readAll(stream)
    await opened.model.hanging()
    await collectGarbage()
    leaving.abort()
    await reading
    const { error } = await send(opened.client, opened.agentId, say('again'))
    expect([opened.model.aborted, error?.['detail']]).to.deep.equal([
      1,
      'The script has no turn for this request.',
    ])
  })

  it('does not happen when the reader of a background stream leaves', async () => {
    opened.model.play({ text: 'Half an', hang: true })
    const stream = await opened.client.agents.messages.stream(opened.agentId, {
      messages: say('hi'),
      stream_tokens: true,
      background: true,
    })
    for await (const event of stream) if (event.message_type === 'assistant_message') break
    await opened.model.hanging()
    expect(opened.model.aborted).to.equal(0)
  })

  it('is not needed for a second message, which is refused while the first is answered', async () => {
    opened.model.play({ text: 'Half an', hang: true })
    const streaming = send(opened.client, opened.agentId, say('hi'))
    await opened.model.hanging()
    const thrown = await send(opened.client, opened.agentId, say('me too')).catch(
      (one: unknown) => one,
    )
    expect(thrown).to.include({ status: 409 })
    expect(String(Object(thrown).message)).to.include('CONFLICT: Cannot send a new message')
    await opened.client.agents.messages.cancel(opened.agentId)
    await streaming
    expect(opened.model.requests).to.have.lengthOf(1)
  })

  it('of another agent fails, and that run continues', async () => {
    const other = await createAgent(opened.client)
    opened.model.play({ text: 'Half an', hang: true })
    const streaming = send(opened.client, other, say('hi'))
    await opened.model.hanging()
    const [run] = (await opened.client.runs.list({ agent_id: other })).items
    const run_ids = [run?.id ?? '']
    const cancel = (agentId: string) => opened.client.agents.messages.cancel(agentId, { run_ids })
    expect(await cancel(opened.agentId)).to.deep.equal({ [run?.id ?? '']: 'failed' })
    expect(opened.model.aborted).to.equal(0)
    await cancel(other)
    await streaming
  })

  it('happens when the agent is deleted, or its messages are reset', async () => {
    opened.model.play({ text: 'Half an', hang: true }, { text: 'Half an', hang: true })
    const first = send(opened.client, opened.agentId, say('hi'))
    await opened.model.hanging()
    await opened.client.agents.messages.reset(opened.agentId, {})
    expect([opened.model.aborted, outline((await first).events).at(-1)]).to.deep.equal([
      1,
      'stop_reason cancelled',
    ])
    const second = send(opened.client, opened.agentId, say('hi'))
    await opened.model.hanging()
    await opened.client.agents.delete(opened.agentId)
    await second
    expect(opened.model.aborted).to.equal(2)
  })
})

async function readAll(stream: AsyncIterable<unknown>): Promise<void> {
  try {
    for await (const _ of stream);
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown
  }
}
