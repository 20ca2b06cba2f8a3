import { expect } from 'chai'
import { say } from '../support/letta-server.ts'
import { contract, MODEL } from './contract-suite.ts'

contract('The prompt', (desk) => {
  const system = () => desk.prompt()[0]?.['content']

  it('contains the system text, each memory block, and the counts of other memories', async () => {
    const agent = await desk.agent({
      tools: [],
      memory_blocks: [
        { label: 'human', value: 'Ünal 😀', limit: 20, description: 'Who the user is.' },
        { label: 'notes', value: '', read_only: true },
      ],
    })
    desk.plays({ text: 'Hello' })
    await desk.send(agent, say('hi'))
    expect(system()).to.equal(`You are Ada.

<memory_blocks>
The following memory blocks are currently engaged in your core memory unit:

<human>
<description>
Who the user is.
</description>
<metadata>
- chars_current=6
- chars_limit=20
</metadata>
<value>
Ünal 😀
</value>
</human>

<notes>
<description>

</description>
<metadata>
- read_only=true
- chars_current=0
- chars_limit=100000
</metadata>
<value>

</value>
</notes>

</memory_blocks>

<memory_metadata>
- AGENT_ID: agent-1
- CONVERSATION_ID: default
- System prompt last recompiled: TIME
- 0 previous messages between you and the user are stored in recall memory
</memory_metadata>`)
  })

  it('has no section for memory when the agent has none', async () => {
    const agent = await desk.agent({ tools: [], memory_blocks: [] })
    desk.plays({ text: 'Hello' })
    await desk.send(agent, say('hi'))
    const gap = desk.differs('empty-lines', { real: '\n\n\n\n', ours: '\n\n' })
    expect(String(system()).startsWith(`You are Ada.${gap}<memory_metadata>`)).to.equal(true)
  })

  it('continues with the messages and the reasoning of the agent', async () => {
    const agent = await desk.agent({ tools: [] })
    desk.plays({ reasoning: 'A greeting.', text: 'Hello' }, { text: 'Yes?' })
    await desk.send(agent, say('hi'))
    await desk.send(agent, say('again'))
    const thought = desk.differs('old-thoughts', {
      real: { reasoning_content: 'A greeting.' },
      ours: {},
    })
    expect(desk.said()).to.deep.equal([
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'Hello', ...thought },
      { role: 'user', content: 'again' },
    ])
  })

  it('contains the memory as it is when the run begins', async () => {
    const agent = await desk.agent({ tools: [] })
    desk.plays({ text: 'Hello' }, { text: 'Yes?' })
    await desk.send(agent, say('hi'))
    await desk.client.agents.blocks.update('human', { agent_id: agent, value: 'Name: Sam' })
    await desk.send(agent, say('again'))
    expect(system()).to.include('<value>\nName: Sam\n</value>')
  })

  it('contains the tools of the agent with their schemas', async () => {
    const agent = await desk.agent()
    desk.plays({ text: 'Hello' })
    await desk.send(agent, say('hi'))
    expect(JSON.parse(JSON.stringify(desk.asked().at(-1)?.tools))).to.deep.equal([
      {
        type: 'function',
        function: {
          name: 'Bash',
          description: 'Runs a command',
          parameters: { type: 'object', properties: { command: { type: 'string' } } },
        },
      },
    ])
  })

  it('accepts texts in parts, several messages at once, and plain input', async () => {
    const agent = await desk.agent({ tools: [] })
    const [a, b] = [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ] as const
    desk.plays({ text: '1' }, { text: '2' }, { text: '3' })
    await desk.send(agent, [{ role: 'user', content: [a, b] }])
    await desk.send(agent, [...say('c'), { role: 'user', content: 'd' }])
    await desk.send(agent, [], { messages: null, input: 'e' })
    expect(desk.said().filter(({ role }) => role === 'user')).to.deep.equal([
      { role: 'user', content: [a, b] },
      ...desk.differs('joined-users', {
        real: [
          { role: 'user', content: 'c' },
          { role: 'user', content: 'd' },
        ],
        ours: [{ role: 'user', content: 'c\n\nd' }],
      }),
      { role: 'user', content: 'e' },
    ])
  })

  it('contains messages that the client attributes to the agent', async () => {
    const agent = await desk.agent({ tools: [] })
    desk.plays({ text: 'Ok' })
    await desk.send(agent, [
      { role: 'assistant', content: 'I am Ada.' },
      { role: 'user', content: 'Go on' },
    ])
    expect(desk.said()).to.deep.equal([
      { role: 'assistant', content: 'I am Ada.' },
      { role: 'user', content: 'Go on' },
    ])
    expect(await desk.history(agent)).to.deep.equal([
      'assistant_message "I am Ada."',
      'user_message "Go on"',
      'assistant_message "Ok"',
    ])
  })

  it('contains default instructions for an agent that is created without any', async () => {
    const { id, system } = await desk.client.agents.create({ model: MODEL, tools: [] })
    expect(String(system).length).to.be.above(100)
    desk.plays({ text: 'Hello' })
    await desk.send(id, say('hi'))
    expect(String(desk.prompt()[0]?.['content']).startsWith(String(system))).to.equal(true)
  })

  it('is sent with the response format of the agent', async () => {
    const schema = {
      type: 'object',
      properties: { answer: { type: 'string' } },
      required: ['answer'],
      additionalProperties: false,
    }
    const response_format = {
      type: 'json_schema',
      json_schema: { name: 'answer', schema },
    } as const
    const agent = await desk.agent({
      tools: [],
      model_settings: { provider_type: 'openai', response_format },
    })
    desk.plays({ text: '{"answer":"Hello"}' })
    await desk.send(agent, say('hi'))
    const sent = Object(desk.asked().at(-1)?.['response_format'])
    expect([sent.type, sent.json_schema?.name, sent.json_schema?.schema]).to.deep.equal([
      ...['json_schema', 'answer', schema],
    ])
  })

  it('contains the skills that the client sends with a request', async () => {
    const agent = await desk.agent({ tools: [] })
    const skill = { name: 'release-notes', description: 'Writes notes', location: 'a/SKILL.md' }
    desk.plays({ text: 'Hello' })
    await desk.send(agent, say('hi'), { client_skills: [skill] })
    const text = String(desk.prompt()[0]?.['content'])
    const isShown = Object.values(skill).every((part) => text.includes(part))
    expect(isShown).to.equal(desk.differs('skills-of-client', { real: false, ours: true }))
  })
})
