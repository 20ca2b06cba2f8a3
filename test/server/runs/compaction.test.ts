import type { Letta } from '@letta-ai/letta-client'
import { expect } from 'chai'
import { wrapSystemReminder } from '../../../lib/client/system-reminder.ts'
import { EXTRACT_NOTE } from '../../../lib/server/messages/prompts.ts'
import { ProviderError } from '../../../lib/server/providers/provider.ts'
import {
  answered,
  createAgent,
  type OpenedServer,
  openedServer,
  outline,
  say,
  send,
  storedOutline,
  type WireEvent,
} from '../../support/letta-server.ts'
import type { ScriptedTurn } from '../../support/scripted-provider.ts'

const WINDOW = 3000
const LONG = 'lorem ipsum '.repeat(150).trim()
const LIST = { callId: 'call_1', name: 'Bash', args: '{"command":"ls"}' }
const SUMMARY: ScriptedTurn = { text: 'What was said before.' }

describe('Compaction of the prompt', () => {
  let opened: OpenedServer
  let client: Letta
  let agentId: string

  beforeEach(async () => {
    opened = await openedServer()
    client = opened.client
    agentId = await createAgent(client)
    await client.agents.update(agentId, { context_window_limit: WINDOW })
  })
  afterEach(() => opened.close())

  const turn = (text: string, promptTokens: number): ScriptedTurn => ({ text, promptTokens })
  const play = (...turns: readonly ScriptedTurn[]) => opened.model.play(...turns)
  const ask = (text: string, options = {}) =>
    send(client, agentId, say(text), { stream_tokens: false, ...options })
  const knowing = { include_compaction_messages: true }
  const inContext = async () => (await client.agents.retrieve(agentId)).message_ids ?? []
  const kinds = (events: readonly WireEvent[]) => events.map((event) => event['message_type'])

  /** Plays four turns, after the last of which the window is nearly full. */
  const fill = async (options: object): Promise<readonly WireEvent[]> => {
    play(turn('a1', 700), turn('a2', 1500), turn('a3', 2200), turn('a4', 2900), SUMMARY)
    for (const text of ['u1', 'u2', 'u3']) await ask(`${text} ${LONG}`)
    return (await ask('u4', options)).events
  }

  it('replaces the oldest messages by a summary once the window is nearly full', async () => {
    const events = await fill(knowing)
    const [, , begin, summary, , usage] = events
    expect(kinds(events)).to.deep.equal([
      'ping',
      'assistant_message',
      'event_message',
      'summary_message',
      'stop_reason',
      'usage_statistics',
    ])
    expect([begin?.['event_type'], begin?.['event_data']]).to.deep.equal([
      'compaction',
      {
        trigger: 'post_step_context_check',
        context_token_estimate: 2910,
        context_window: WINDOW,
      },
    ])
    expect(summary?.['summary']).to.equal('What was said before.')
    const stats = Object(summary?.['compaction_stats'])
    expect(stats).to.deep.include({
      trigger: 'post_step_context_check',
      context_tokens_before: 2910,
      context_window: WINDOW,
      messages_count_before: 9,
      messages_count_after: 7,
    })
    expect(stats.context_tokens_after).to.be.below(WINDOW * 0.7)
    expect(usage).to.deep.include({ step_count: 1, context_tokens: stats.context_tokens_after })
    expect((await inContext())[1]).to.equal(summary?.['id'])
  })

  it('sends the model a transcript of what is removed, and the summary from then on', async () => {
    await fill(knowing)
    play({ text: 'a5' })
    await ask('u5')
    const [asked, next] = opened.model.requests.slice(-2)
    const [, transcript] = asked?.messages ?? []
    expect(asked?.tools).to.deep.equal([])
    expect(JSON.stringify(transcript)).to.include('[user] u1 lorem').and.include('[assistant] a1')
    expect(JSON.stringify(transcript)).to.not.include('a2')
    const read = next?.messages.slice(1).map((message) => {
      if (message.role === 'user') return message.content.map((part) => Object(part).text).join('')
      return message.role === 'assistant' ? message.text : message.role
    })
    expect(read?.slice(1)).to.deep.equal(['a2', `u3 ${LONG}`, 'a3', 'u4', 'a4', 'u5'])
    expect(JSON.parse(read?.[0] ?? '')).to.deep.include({
      type: 'system_alert',
      message:
        'Note: 2 messages from the beginning of the conversation have been hidden from view due to memory constraints.\nThe following is a summary of the previous messages:\n What was said before.',
    })
  })

  it('leaves the history complete, and the memory in the prompt', async () => {
    await fill({})
    const stored = await storedOutline(client, agentId)
    expect(stored.map((line) => line.slice(0, 22))).to.deep.equal([
      'user_message "u1 lorem',
      'assistant_message "a1"',
      'user_message "u2 lorem',
      'assistant_message "a2"',
      'user_message "u3 lorem',
      'assistant_message "a3"',
      'user_message "u4"',
      'assistant_message "a4"',
      'user_message "{\\n  \\"t',
    ])
    play({ text: 'a5' })
    await ask('u5')
    const [system] = opened.model.requests.at(-1)?.messages ?? []
    expect(JSON.stringify(system)).to.include('Name: unknown')
  })

  it('is sent as a user message to clients that do not request its events', async () => {
    const events = await fill({})
    expect(kinds(events).slice(2, 3)).to.deep.equal(['user_message'])
    expect(String(events[2]?.['content'])).to.include('What was said before.')
  })

  it('follows the settings of the agent, and uses its model when the one for summaries is unknown', async () => {
    const { compaction_settings } = await client.agents.update(agentId, {
      compaction_settings: { model: 'letta/auto', prompt: 'Be brief.', clip_chars: 8 },
    })
    expect(compaction_settings).to.deep.equal({
      mode: 'sliding_window',
      model: 'letta/auto',
      prompt: 'Be brief.',
      sliding_window_percentage: 0.3,
      clip_chars: 8,
    })
    const events = await fill(knowing)
    expect(events[3]?.['summary']).to.equal('What was')
    expect(opened.model.requests.at(-1)?.messages[0]).to.deep.equal({
      role: 'system',
      text: 'Be brief.',
    })
  })

  it('includes an earlier summary in the transcript', async () => {
    await fill({})
    play(turn('a5', 2950), { text: 'All of it.' })
    await ask(`u5 ${LONG}`)
    const transcript = JSON.stringify(opened.model.requests.at(-1)?.messages)
    expect(transcript).to.include('[earlier summary] What was said before.')
    const { items } = await client.agents.messages.list(agentId, { limit: 1 })
    expect(JSON.stringify(items)).to.include('All of it.')
    expect(transcript).to.not.include('u4')
  })

  it('removes the oldest turns without a summary when the model cannot write one', async () => {
    const error = new ProviderError('refused', 'No.')
    play(turn('a1', 700), turn('a2', 1500), turn('a3', 2200), turn('a4', 2900), { error })
    for (const text of ['u1', 'u2', 'u3']) await ask(`${text} ${LONG}`)
    const { events, error: failed } = await ask('u4', knowing)
    expect([kinds(events).at(-2), failed]).to.deep.equal(['stop_reason', null])
    play({ text: 'a5' })
    await ask('u5')
    const read = JSON.stringify(opened.model.requests.at(-1)?.messages.slice(1))
    expect(read).to.include('u4').and.include('u3').and.not.include('u1')
  })

  it('happens when the provider refuses the prompt as too long, and the step is repeated', async () => {
    play(turn('a1', 100), turn('a2', 100))
    for (const text of ['u1', 'u2']) await ask(`${text} ${LONG}`)
    play({ error: new ProviderError('overflow', 'Too long.') }, SUMMARY, { text: 'a3' })
    const { events, error } = await ask('u3', knowing)
    expect(error).to.equal(null)
    expect(kinds(events)).to.deep.equal([
      'ping',
      'event_message',
      'summary_message',
      'assistant_message',
      'stop_reason',
      'usage_statistics',
    ])
    expect(Object(events[1]?.['event_data']).trigger).to.equal('context_window_exceeded')
    expect([events[2]?.['compaction_stats'], events[5]?.['step_count']]).to.deep.equal([null, 1])
  })

  it('that fails after such an error removes the oldest turns, and the step is repeated', async () => {
    play(turn('a1', 100), turn('a2', 100))
    for (const text of ['u1', 'u2']) await ask(`${text} ${LONG}`)
    const tooLong = { error: new ProviderError('overflow', 'Too long.') }
    play(tooLong, { error: new ProviderError('refused', 'No.') }, { text: 'a3' })
    const { error } = await ask(`u3 ${LONG}`)
    expect(error).to.equal(null)
    const read = JSON.stringify(opened.model.requests.at(-1)?.messages.slice(1))
    expect(read).to.include('u3').and.not.include('u1')
  })

  it('fails with the provider’s message when nothing can be removed', async () => {
    play({ error: new ProviderError('overflow', 'Too long.') })
    const { error } = await ask('u1')
    expect(error?.['message']).to.equal('Too long.')
    expect(opened.model.requests).to.have.lengthOf(1)
  })

  it('happens before a prompt is sent that cannot fit', async () => {
    play(turn('a1', 100), turn('a2', 100), SUMMARY, turn('a3', 100))
    for (const text of ['u1', 'u2']) await ask(`${text} ${LONG}${LONG}`)
    await ask(`u3 ${LONG}${LONG}${LONG}`)
    const read = JSON.stringify(opened.model.requests.at(-1)?.messages.slice(1))
    expect(read).to.include('What was said before.').and.include('u3').and.not.include('u1')
  })

  it('does not touch a pending call', async () => {
    play(turn('a1', 700), { calls: [LIST], promptTokens: 2900 }, SUMMARY, turn('Two files.', 500))
    await ask(`u1 ${LONG}`)
    const { events } = await ask(`u2 ${LONG}`, knowing)
    expect(kinds(events)).to.deep.equal([
      'ping',
      'approval_request_message',
      'event_message',
      'summary_message',
      'stop_reason',
      'usage_statistics',
    ])
    await send(client, agentId, answered('call_1', 'a b'))
    const read = opened.model.requests.at(-1)?.messages.slice(2)
    expect(read?.map((message) => message.role)).to.deep.equal(['user', 'assistant', 'tool'])
  })

  it('fails when the system prompt fills the window', async () => {
    await client.agents.update(agentId, { system: 'S'.repeat(12_000) })
    play(turn('a1', 3500))
    const { events, error } = await ask('u1')
    expect(outline(events).at(-1)).to.equal('stop_reason context_window_overflow_in_system_prompt')
    expect(error).to.deep.include({
      error_type: 'context_window_overflow_in_system_prompt',
      message:
        "Compaction failed because the system prompt is too large for this model's context window. Reduce system instructions, memory blocks, or tools, or use a model with a larger context window.",
    })
  })

  it('is cancelled with its run, and then removes nothing', async () => {
    play(turn('a1', 700), turn('a2', 2900), { text: 'What', hang: true })
    await ask(`u1 ${LONG}`)
    const streaming = ask('u2', knowing)
    await opened.model.hanging()
    await client.agents.messages.cancel(agentId)
    expect(outline((await streaming).events).at(-1)).to.equal('stop_reason cancelled')
    expect(await inContext()).to.have.lengthOf(5)
  })

  it('does not put its summary into a prompt that was reset in the meantime', async () => {
    let write = (): void => {}
    const until = new Promise<void>((resolve) => {
      write = resolve
    })
    play({ text: 'a1' }, { text: 'a2' }, { text: 'A summary.', until })
    for (const text of ['u1', 'u2']) await ask(text)
    const body = { compaction_settings: { mode: 'all' } }
    const compacting = opened.client
      .post(`/v1/agents/${agentId}/summarize`, { body })
      .catch((one: unknown) => one)
    while (opened.model.requests.length < 3) await new Promise((resolve) => setImmediate(resolve))
    await opened.client.agents.messages.reset(agentId, {})
    write()
    expect(Object(await compacting).status).to.equal(400)
    expect(await inContext()).to.have.lengthOf(1)
  })

  it('after an answer with calls denies them when it is cancelled or fails', async () => {
    const denied = async () => {
      const { pending_approval } = await client.agents.retrieve(agentId)
      return [pending_approval, (await storedOutline(client, agentId)).at(-1)]
    }
    const why = 'tool_return_message call_1 error: Error: request to call tool denied. User reason:'
    play(turn('a1', 700), { calls: [LIST], promptTokens: 2900 }, { text: 'What', hang: true })
    await ask(`u1 ${LONG}`)
    const streaming = ask('u2')
    await opened.model.hanging()
    await client.agents.messages.cancel(agentId)
    await streaming
    const cancelled = 'The user cancelled the request, so the tool call was denied.'
    expect(await denied()).to.deep.equal([null, `${why} ${cancelled}`])

    agentId = await createAgent(client)
    await client.agents.update(agentId, { context_window_limit: WINDOW, system: 'S'.repeat(9500) })
    play({ calls: [LIST], promptTokens: 3500 })
    expect(outline((await ask('u3')).events).at(-1)).to.match(/^stop_reason context_window_overf/)
    const failed = 'The run failed, so the tool call was denied.'
    expect(await denied()).to.deep.equal([null, `${why} ${failed}`])
  })

  describe('when it is requested,', () => {
    const TOO_FEW = /Summarization failed to reduce the number of messages/
    const refused = (promise: Promise<unknown>) =>
      promise.then(
        () => '',
        (thrown: unknown) => `${Object(thrown).status} ${Object(thrown).error.detail}`,
      )
    const compact = (compaction_settings = {}) =>
      client.post(`/v1/agents/${agentId}/summarize`, { body: { compaction_settings } })

    it('retains the newest messages, or none', async () => {
      play({ text: 'a1' }, { text: 'a2' }, { text: 'a3' }, { text: 'a4' }, SUMMARY)
      for (const text of ['u1', 'u2', 'u3', 'u4']) await ask(text)
      expect(await compact()).to.deep.equal({
        summary: 'What was said before.',
        num_messages_before: 9,
        num_messages_after: 7,
      })
      play({ text: 'Everything.' })
      expect(await compact({ mode: 'all', prompt: 'Be brief.' })).to.deep.equal({
        summary: 'Everything.',
        num_messages_before: 7,
        num_messages_after: 2,
      })
      const [system] = opened.model.requests.at(-1)?.messages ?? []
      expect(system).to.deep.equal({ role: 'system', text: 'Be brief.' })
      const { items } = await client.agents.messages.list(agentId, { limit: 1 })
      expect(JSON.stringify(items)).to.include('Note: prior messages have been hidden from view')
    })

    it('is refused when nothing can be removed, or the key is wrong', async () => {
      expect(await refused(compact())).to.match(TOO_FEW)
      play({ text: 'a1' }, { text: 'a2' }, { error: new ProviderError('authentication', 'No.') })
      for (const text of ['u1', 'u2']) await ask(text)
      expect(await refused(compact({ mode: 'all' }))).to.equal('401 No.')
      expect(await inContext()).to.have.lengthOf(5)
    })

    it('is an extract of the messages when the model cannot write a summary', async () => {
      const error = { error: new ProviderError('refused', 'No.') }
      play({ text: 'a1' }, { text: 'a2' }, error)
      for (const text of ['u1', `${wrapSystemReminder('Today')}u2`]) await ask(text)
      const { summary } = Object(await compact({ mode: 'all' }))
      expect(summary).to.include(EXTRACT_NOTE).and.include('u1').and.include('a2')
      expect(summary).to.include('[user] u2').and.not.include('Today')
      expect(await inContext()).to.have.lengthOf(2)
    })

    it('is written from fewer words when the transcript exceeds the actual window', async () => {
      const error = { error: new ProviderError('overflow', 'Too long.') }
      play({ text: 'a1' }, { text: 'a2' }, error, error, SUMMARY)
      for (const text of ['u1', 'u2']) await ask(text)
      expect(Object(await compact({ mode: 'all' })).summary).to.equal('What was said before.')
    })

    it('never removes the last turn, and of a long single one not the answer', async () => {
      play({ text: 'a1' }, { text: 'a2' }, SUMMARY)
      await ask('u1')
      expect(await refused(compact())).to.match(TOO_FEW)
      await ask('u2')
      expect(Object(await compact())).to.include({ num_messages_before: 5, num_messages_after: 4 })
      play({ text: 'a3' })
      await ask('u3')
      const prompt = JSON.stringify(opened.model.requests.at(-1)?.messages)
      expect(prompt).to.include('"u2"').and.include('"a2"').and.not.include('"a1"')
      const other = await client.conversations.create({ agent_id: agentId })
      play({ text: 'b1' }, SUMMARY)
      const body = { messages: say('word '.repeat(900)), streaming: false }
      await client.post(`/v1/conversations/${other.id}/messages`, { body })
      const made = await client.conversations.messages.compact(other.id, {})
      expect(made).to.include({ num_messages_before: 3, num_messages_after: 3 })
    })

    it('affects one conversation only', async () => {
      const { id } = await client.conversations.create({ agent_id: agentId })
      play({ text: 'a1' }, { text: 'b1' }, SUMMARY)
      await ask('u1')
      const body = { messages: say('v1'), streaming: false }
      await client.post(`/v1/conversations/${id}/messages`, { body })
      const settings = { compaction_settings: { mode: 'all' } } as const
      expect(await client.conversations.messages.compact(id, settings)).to.deep.equal({
        summary: 'What was said before.',
        num_messages_before: 3,
        num_messages_after: 2,
      })
      expect(await inContext()).to.have.lengthOf(3)
    })
  })
})
