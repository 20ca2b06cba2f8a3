import { expect } from 'chai'
import { ProviderError } from '../../../lib/server/providers/provider.ts'
import { stepMetricsSchema } from '../../../lib/server/wire/schema-types.ts'
import { outline, say, send, type WireEvent } from '../../support/letta-server.ts'
import type { ScriptedTurn } from '../../support/scripted-provider.ts'
import { withServer } from '../../support/with-server.ts'

const INSERT = {
  callId: 'call_1',
  name: 'memory_insert',
  args: '{"label":"human","new_string":"Likes tea"}',
}

describe('What a run stores', () => {
  const opened = withServer()

  const run = async (...turns: readonly ScriptedTurn[]): Promise<string> => {
    opened.model.play(...turns)
    const { events } = await send(opened.client, opened.agentId, say('I like tea'))
    return String(events[0]?.['run_id'])
  }
  const asEvents = (items: readonly object[]): readonly WireEvent[] =>
    items.map((item): WireEvent => ({ ...item }))

  it('includes its messages, oldest first', async () => {
    const id = await run({ calls: [INSERT] }, { text: 'Noted.' })
    await run({ text: 'Yes.' })
    const { items } = await opened.client.runs.messages.list(id)
    expect(outline(asEvents(items))).to.deep.equal([
      'user_message "I like tea"',
      `tool_call_message call_1 memory_insert ${INSERT.args}`,
      'tool_return_message call_1 success: Name: unknown\nLikes tea',
      'assistant_message "Noted."',
    ])
    const newest = await opened.client.runs.messages.list(id, { order: 'desc', limit: 1 })
    expect(outline(asEvents(newest.items))).to.deep.equal(['assistant_message "Noted."'])
  })

  it('includes the duration of each step, but not the requests to the provider', async () => {
    const id = await run({ text: 'Noted.' })
    const [step] = (await opened.client.runs.steps.list(id)).items
    const metrics = await opened.client.steps.metrics.retrieve(step?.id ?? '')
    const { step_start_ns: start, step_ns: took } = metrics
    expect(metrics).to.deep.equal({
      ...{
        id: step?.id,
        agent_id: opened.agentId,
        run_id: id,
        step_start_ns: start,
        step_ns: took,
      },
      ...{ llm_request_start_ns: start, llm_request_ns: took, tool_execution_ns: null },
    })
    expect(stepMetricsSchema.parse(metrics)).to.deep.equal(metrics)
    expect(new Date((start ?? 0) / 1e6).getFullYear()).to.equal(new Date().getFullYear())
    expect(took).to.be.at.least(0)
    expect(await opened.client.steps.trace.retrieve(step?.id ?? '')).to.equal(null)
    expect(await opened.client.models.embeddings.list()).to.deep.equal([])
  })

  it('includes the usage of each step, and its sum', async () => {
    const id = await run(
      { calls: [INSERT], promptTokens: 200 },
      { text: 'Noted.', promptTokens: 300 },
    )
    const { items } = await opened.client.runs.steps.list(id)
    expect(items.map((step) => [step.prompt_tokens, step.stop_reason, step.status])).to.deep.equal([
      [200, null, 'success'],
      [300, 'end_turn', 'success'],
    ])
    expect(await opened.client.runs.usage.retrieve(id)).to.deep.equal({
      completion_tokens: 20,
      prompt_tokens: 500,
      total_tokens: 520,
      prompt_tokens_details: null,
      completion_tokens_details: null,
    })
    const [step] = items
    expect(await opened.client.steps.retrieve(step?.id ?? '')).to.deep.equal({
      id: step?.id,
      run_id: id,
      agent_id: opened.agentId,
      provider_name: 'scripted',
      provider_category: 'base',
      model: 'model',
      model_handle: 'scripted/model',
      context_window_limit: 200_000,
      completion_tokens: 10,
      prompt_tokens: 200,
      total_tokens: 210,
      prompt_tokens_details: null,
      completion_tokens_details: null,
      cached_input_tokens: 0,
      cache_write_tokens: 0,
      reasoning_tokens: 0,
      stop_reason: null,
      status: 'success',
      error_type: null,
      error_data: null,
      feedback: null,
      tags: [],
      messages: [],
    })
    const messages = await opened.client.steps.messages.list(step?.id ?? '')
    expect(messages.items.map((item) => item.message_type)).to.deep.equal([
      'tool_call_message',
      'tool_return_message',
    ])
    const listed = await opened.client.steps.list({ agent_id: opened.agentId })
    expect(listed.items.map((one) => one.id)).to.deep.equal([items[1]?.id, items[0]?.id])
    await opened.client.steps.feedback.create(step?.id ?? '', { feedback: 'positive' })
    expect((await opened.client.steps.retrieve(step?.id ?? '')).feedback).to.equal('positive')
  })

  it('includes the reason of its failure', async () => {
    const id = await run({ error: new ProviderError('refused', 'No such model.') })
    const { status, stop_reason, metadata } = await opened.client.runs.retrieve(id)
    expect([status, stop_reason]).to.deep.equal(['failed', 'llm_api_error'])
    expect(Object(metadata).error).to.deep.equal({
      message_type: 'error_message',
      run_id: id,
      error_type: 'llm_error',
      message: 'No such model.',
      detail: 'No such model.',
    })
    const { items } = await opened.client.runs.steps.list(id)
    expect(items.map((step) => [step.status, step.error_type, step.error_data])).to.deep.equal([
      ['failed', 'llm_error', { message: 'No such model.' }],
    ])
  })

  it('is deleted together with its agent', async () => {
    await run({ text: 'Yes.' })
    await opened.client.agents.delete(opened.agentId)
    expect((await opened.client.steps.list({})).items).to.deep.equal([])
  })

  it('is counted in the context window usage', async () => {
    await run({ text: 'Yes.' })
    const context = Object(await opened.client.get(`/v1/agents/${opened.agentId}/context`))
    expect(context).to.deep.include({
      context_window_size_max: 200_000,
      num_messages: 3,
      num_archival_memory: 0,
      system_prompt: 'You are Ada.',
      summary_memory: null,
    })
    expect(context.core_memory).to.match(
      /^<memory_blocks>[\s\S]+Name: unknown[\s\S]+<\/memory_blocks>$/,
    )
    expect(context.external_memory_summary).to.match(/^<memory_metadata>\n- AGENT_ID: agent-/)
    expect(context.messages.map((message: WireEvent) => message['role'])).to.deep.equal([
      'system',
      'user',
      'assistant',
    ])
    expect(context.functions_definitions[0].function.name).to.equal('Bash')
    const parts = ['system', 'core_memory', 'external_memory_summary', 'messages'].map(
      (part) => context[`num_tokens_${part}`],
    )
    expect(parts.every((tokens) => tokens > 0)).to.equal(true)
  })

  it('is counted in the system prompt once it is recompiled', async () => {
    await run({ text: 'Yes.' })
    const recompile = (query: object) =>
      opened.client.post(`/v1/agents/${opened.agentId}/recompile`, { query: { ...query } })
    expect(await recompile({ dry_run: true })).to.be.a('string')
    await opened.client.agents.messages.reset(opened.agentId, {})
    expect(await recompile({})).to.include('- 2 previous messages between you and the user')
    opened.model.play({ text: 'Yes.' })
    await send(opened.client, opened.agentId, say('again'))
    expect(JSON.stringify(opened.model.requests.at(-1)?.messages[0])).to.include('- 2 previous')
  })
})
