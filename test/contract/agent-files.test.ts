import { expect } from 'chai'
import { collect, say } from '../support/letta-server.ts'
import { openBackend } from './backends.ts'
import {
  AGENT,
  BASH,
  type ContractContext,
  type ContractMessages,
  contract,
} from './contract-suite.ts'

const RESULT = {
  type: 'tool',
  tool_call_id: 'call_1',
  tool_return: 'a.txt b.txt',
  status: 'success',
} as const

/** The file contains a call and its result; whether it was approved is not part of it. */
const LEFT_OUT = new Set(['system_message', 'approval_response_message'])

contract('An agent file', (desk) => {
  type Client = ContractContext['client']

  const fileOf = async (client: Client, agent: string): Promise<File> => {
    const content: unknown = await client.agents.exportFile(agent)
    const text = typeof content === 'string' ? content : JSON.stringify(content)
    return new File([text], 'agent.af', { type: 'application/json' })
  }
  const imported = async (client: Client, file: File): Promise<string> => {
    const { agent_ids: ids } = await client.agents.importFile({ file })
    expect(ids).to.have.lengthOf(1)
    return ids[0] ?? ''
  }
  /** What the agent is, and what it remembers, as both servers report it. */
  const described = async (client: Client, id: string) => {
    const { system, blocks, tools } = await client.agents.retrieve(id, {
      include: ['agent.blocks', 'agent.tools'],
    })
    const page = await client.agents.messages.list(id, { order: 'asc', limit: 100 })
    return {
      system,
      blocks: (blocks ?? []).map(({ label, value }) => [label, value]),
      tools: (tools ?? []).map(({ name }) => name),
      messages: page.items
        .map((item) => Object(item))
        .filter(({ message_type: type }) => !LEFT_OUT.has(type))
        .map(({ content, tool_call: call, tool_return: result }) => {
          if (call == null) return content ?? result
          return [call.name, JSON.parse(call.arguments)]
        }),
    }
  }

  /** An agent with a block, a tool, two turns and a call with its result. */
  const talked = async (client: Client, model: ContractContext['model']): Promise<string> => {
    await client.tools.upsert(BASH)
    const { id } = await client.agents.create(AGENT)
    model.setTurns([
      { text: 'Hello.' },
      { calls: [{ id: 'call_1', name: 'Bash', args: { command: 'ls' } }] },
      { text: 'Two files.' },
    ])
    const send = (messages: ContractMessages) =>
      collect(client.agents.messages.stream(id, { messages, stream_tokens: true }))
    await send(say('Hi'))
    await send(say('List the files'))
    await send([{ type: 'approval', approvals: [RESULT] }])
    return id
  }

  it('of this server makes the same agent on the embedded one', async () => {
    const other = (await openBackend('in process')).client
    const id = await talked(desk.client, desk.model)
    const made = await imported(other, await fileOf(desk.client, id))
    expect(await described(other, made)).to.deep.equal(await described(desk.client, id))
  })

  it('of the embedded server makes the same agent on this one', async () => {
    const { client, model } = await openBackend('in process')
    const id = await talked(client, model)
    const made = await imported(desk.client, await fileOf(client, id))
    expect(await described(desk.client, made)).to.deep.equal(await described(client, id))
    desk.plays({ text: 'Yes.' })
    await desk.send(made, say('Both?'))
    const said = JSON.stringify(desk.said())
    expect(said).to.include('a.txt b.txt').and.to.include('Two files.').and.to.include('Both?')
  })
})
