import { expect } from 'chai'
import { emptyAnswer } from '../../lib/server/messages/providers.ts'
import { callCutOff } from '../../lib/server/messages/tools.ts'
import { ProviderError } from '../../lib/server/providers/provider.ts'
import { plainToolName } from '../../lib/server/providers/sdk-prompt.ts'
import { findToolName } from '../../lib/server/runs/known-tool-names.ts'
import {
  createAgent,
  type OpenedServer,
  openedServer,
  outline,
  say,
  send,
} from '../support/letta-server.ts'
import { scriptedProvider } from '../support/scripted-provider.ts'

describe('A call that a model writes loosely', () => {
  let opened: OpenedServer | null = null
  afterEach(async () => {
    await opened?.close()
    opened = null
  })

  const turn = async (...turns: Parameters<typeof scriptedProvider>[0] & object) => {
    const server = await openedServer({ model: scriptedProvider(turns) })
    opened = server
    const agent = await createAgent(server.client)
    return { agent, ...server, ...(await send(server.client, agent, say('go'))) }
  }
  const call = (name: string, args: string) => ({ callId: 'c1', name, args })

  it('names the only tool that is meant', () => {
    const names = ['Read', 'MultiEdit', 'memory_insert']
    const written = [
      'read',
      'functions.Read',
      'default_api:Read',
      'multi_edit',
      'Read<|channel|>commentary',
      '`Read`',
    ]
    expect(written.map((name) => findToolName(name, names))).to.deep.equal([
      'Read',
      'Read',
      'Read',
      'MultiEdit',
      'Read',
      'Read',
    ])
    expect(findToolName('Reader', names)).to.equal('Reader')
    expect(findToolName('read', ['Read', 'READ'])).to.equal('read')
  })

  it('runs on the server with repaired arguments, which the history contains', async () => {
    const args = '```json\n{"label":"human","newString":"Sam",}\n```'
    const { agent, client, model } = await turn(
      { calls: [call('Memory_Insert', args)] },
      { text: 'Done.' },
    )
    const block = await client.agents.blocks.retrieve('human', { agent_id: agent })
    expect(block.value).to.include('Sam')
    const answer = model.requests[1]?.messages.find(({ role }) => role === 'assistant')
    expect(answer).to.deep.nested.include({
      'calls[0].args': '{"label":"human","new_string":"Sam"}',
    })
  })

  it('is answered with the reason when the token limit has cut it off', async () => {
    const { events, error, model } = await turn(
      { calls: [call('Bash', '{"command":"ec')], finish: 'length' },
      { text: 'Less.' },
    )
    expect(error).to.equal(null)
    expect(outline(events).at(-2)).to.equal('stop_reason end_turn')
    expect(JSON.stringify(model.requests[1]?.messages.at(-1))).to.include(callCutOff('Bash'))
  })

  it('does not hold up the complete calls of its answer', async () => {
    const { events } = await turn({
      calls: [
        call('Bash', '{"command":"ls"}'),
        { ...call('Bash', '{"command":"ec'), callId: 'c2' },
      ],
      finish: 'length',
    })
    const returned = events.find((event) => event['message_type'] === 'tool_return_message')
    expect(returned).to.include({ tool_call_id: 'c2', status: 'error' })
    expect(outline(events).at(-2)).to.equal('stop_reason requires_approval')
  })

  it('ends the turn when it is cut off three times', async () => {
    const cut = { calls: [call('Bash', '{"command":"ec')], finish: 'length' } as const
    const { events } = await turn(cut, cut, cut)
    expect(outline(events).at(-2)).to.equal('stop_reason max_tokens_exceeded')
  })

  it('is asked for once more when its provider could not read it, and reported the second time', async () => {
    const error = new ProviderError('interrupted', 'MALFORMED', { isMalformedCall: true })
    const first = await turn({ reasoning: 'Hm.', error }, { text: 'Here.' })
    expect(first.error).to.equal(null)
    expect(outline(first.events)).to.include('assistant_message "Here."')
    await first.close()
    const second = await turn({ error }, { error })
    expect(second.error?.['message']).to.include('MALFORMED')
    await second.close()
    const begun = await turn({ text: 'Half an', error }, { text: 'Not asked for.' })
    expect(begun.error?.['message']).to.include('MALFORMED')
  })

  it('names a tool whose name is too long or too odd for a provider as the provider knows it', () => {
    const long = `${'mcp__a_server_with_a_long_name__'.repeat(3)}read`
    const names = [long, `${long}_2`, 'files.read', '7zip']
    const sent = names.map(plainToolName)
    expect(new Set(sent).size).to.equal(4)
    for (const name of sent) expect(name).to.match(/^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/)
    expect(sent.map((name) => findToolName(name, names))).to.deep.equal(names)
  })

  it('is asked for once more when the answer is empty, and reported the second time', async () => {
    const first = await turn({ reasoning: 'Hm.' }, { text: 'Here.' })
    expect(first.error).to.equal(null)
    expect(outline(first.events)).to.include('assistant_message "Here."')
    await first.close()
    const second = await turn({ text: ' \n' }, { reasoning: 'Hm.' })
    expect(second.error?.['message']).to.include(emptyAnswer('Scripted'))
  })
})
