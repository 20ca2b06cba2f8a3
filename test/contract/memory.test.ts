import { expect } from 'chai'
import { say } from '../support/letta-server.ts'
import { type AgentBody, contract } from './contract-suite.ts'
import { outlineStream } from './outline-stream.ts'

contract('The memory tool', (desk) => {
  /** The result of the call, and the value of the block `human` after it. */
  const edit = async (
    name: string,
    args: string | object,
    block: Partial<NonNullable<AgentBody['memory_blocks']>[number]> = {},
  ) => {
    const memory_blocks = [{ label: 'human', value: 'one\ntwo\nthree', ...block }]
    const agent = await desk.agent({ tools: [name], memory_blocks })
    desk.plays({ calls: [{ id: 'call_1', name, args }] }, { text: 'Done' })
    const answer = outlineStream(await desk.send(agent, say('remember')))[2]
    const { items } = await desk.client.agents.blocks.list(agent)
    const blocks = items.map(({ label, value }) => `${label}: ${value}`).toSorted()
    return [answer?.replace('tool_return_message call_1 ', ''), ...blocks]
  }
  const failed = (text: string) => [`error: ${text}`, 'human: one\ntwo\nthree']

  it('memory_insert inserts a line after the given line, or at the end', async () => {
    const insert = (more: object) =>
      edit('memory_insert', { label: 'human', new_string: 'x', ...more })
    expect(await insert({})).to.deep.equal([
      'success: one\ntwo\nthree\nx',
      'human: one\ntwo\nthree\nx',
    ])
    expect((await insert({ insert_line: 0 }))[1]).to.equal('human: x\none\ntwo\nthree')
    expect((await insert({ insert_line: 2 }))[1]).to.equal('human: one\ntwo\nx\nthree')
    expect(await insert({ insert_line: 99 })).to.deep.equal(
      failed(
        'Invalid `insert_line` parameter: 99. It should be within the range of lines of the memory block: [0, 3], or -1 to append to the end of the memory block.',
      ),
    )
  })

  it('memory_replace replaces a text that occurs once', async () => {
    const replace = (old_string: string) =>
      edit('memory_replace', { label: 'human', old_string, new_string: '2' })
    expect(await replace('two')).to.deep.equal(['success: one\n2\nthree', 'human: one\n2\nthree'])
    expect(await replace('four')).to.deep.equal(
      failed(
        'No replacement was performed, old_string `four` did not appear verbatim in memory block with label `human`.',
      ),
    )
    expect(await replace('o')).to.deep.equal(
      failed(
        'No replacement was performed. Multiple occurrences of old_string `o` in lines [1, 2]. Please ensure it is unique.',
      ),
    )
  })

  it('memory_rethink rewrites a block', async () => {
    const rethink = (label: string) => edit('memory_rethink', { label, new_memory: 'all new' })
    expect(await rethink('human')).to.deep.equal(['success: all new', 'human: all new'])
    expect(await rethink('nope')).to.deep.equal(
      failed("'Block field nope does not exist (available sections = human)'"),
    )
  })

  it('of any name does not change a read-only block', async () => {
    const args = { label: 'human', new_string: 'x' }
    expect(await edit('memory_insert', args, { read_only: true })).to.deep.equal(
      failed('Error This block is read-only and cannot be edited.'),
    )
  })

  it('memory_insert may exceed the limit of a block', async () => {
    const args = { label: 'human', new_string: 'longer' }
    expect((await edit('memory_insert', args, { value: 'x', limit: 3 }))[1]).to.equal(
      'human: x\nlonger',
    )
  })

  it('of any name reports missing arguments', async () => {
    expect(await edit('memory_insert', { label: 'human' })).to.deep.equal(
      failed(
        `${desk.differs('python-names', { real: 'LettaCoreToolExecutor.', ours: '' })}memory_insert() missing 1 required positional argument: 'new_string'`,
      ),
    )
  })

  it('memory creates, changes, renames and deletes blocks by their paths', async () => {
    const path = '/memories/human'
    const memory = async (args: object) => (await edit('memory', args)).slice(1)
    const create = { command: 'create', path: '/memories/notes', description: 'N', file_text: 'a' }
    expect(await memory(create)).to.deep.equal(['human: one\ntwo\nthree', 'notes: a'])
    const replace = { command: 'str_replace', path, old_string: 'two', new_string: '2' }
    expect(await memory(replace)).to.deep.equal(['human: one\n2\nthree'])
    const insert = { command: 'insert', path, insert_line: 1, insert_text: 'x' }
    expect(await memory(insert)).to.deep.equal(['human: one\nx\ntwo\nthree'])
    const rename = { command: 'rename', old_path: path, new_path: '/memories/person' }
    expect(await memory(rename)).to.deep.equal(['person: one\ntwo\nthree'])
    expect(await memory({ command: 'delete', path })).to.deep.equal([])
    expect(await edit('memory', { command: 'view', path })).to.deep.equal(
      failed(
        "Error: Unknown command 'view'. Supported commands: create, str_replace, insert, delete, rename",
      ),
    )
  })

  it('of an unknown label reports the existing labels', async () => {
    const agent = await desk.agent()
    desk.plays({ calls: [{ id: 'call_1', name: 'Fly', args: {} }] }, { text: 'Done' })
    expect(outlineStream(await desk.send(agent, say('fly'))).slice(2, 4)).to.deep.equal([
      "tool_return_message call_1 error: [ToolConstraintError] Cannot call Fly, valid tools include: ['Bash'].",
      'assistant_message "Done"',
    ])
  })

  it('of any name runs in the order of the calls of an answer', async () => {
    const agent = await desk.agent({ tools: ['memory_insert'] })
    const insert = (id: string, new_string: string) => ({
      id,
      name: 'memory_insert',
      args: { label: 'human', new_string },
    })
    desk.plays({ calls: [insert('call_1', 'A'), insert('call_2', 'B')] }, { text: 'Done' })
    const lines = outlineStream(await desk.send(agent, say('both')))
    expect(lines.filter((line) => line.startsWith('tool_return')).join()).to.match(
      /call_1 success.*call_2 success/s,
    )
    expect(await desk.block(agent, 'human')).to.equal('Name: unknown\nA\nB')
  })
})

contract('A search', (desk) => {
  it('in the conversation finds a message', async () => {
    const agent = await desk.agent({ tools: ['conversation_search'] })
    const search = (query: string) => ({
      calls: [{ id: 'call_1', name: 'conversation_search', args: { query } }],
    })
    desk.plays({ text: 'It is Paris.' }, search('Paris'), { text: 'Done' })
    await desk.send(agent, say('What is the capital of France?'))
    const lines = outlineStream(await desk.send(agent, say('Which was it?')))
    expect(lines[2]).to.match(/^tool_return_message call_1 success: .*It is Paris\./s)
  })

  it('in archival memory finds a passage', async () => {
    const agent = await desk.agent({
      tools: ['archival_memory_insert', 'archival_memory_search'],
      embedding: 'openai/text-embedding-3-small',
    })
    const call = (name: string, args: object) => ({ calls: [{ id: 'call_1', name, args }] })
    desk.plays(
      call('archival_memory_insert', { content: 'The sky is blue', tags: ['sky'] }),
      call('archival_memory_search', { query: 'sky' }),
      { text: 'Done' },
    )
    const lines = outlineStream(await desk.send(agent, say('remember')))
    expect(lines.find((line) => line.startsWith('tool_return'))).to.match(/success/)
    expect(lines.join('\n')).to.include("'content': 'The sky is blue', 'tags': ['sky']")
    const passages = await desk.client.agents.passages.list(agent)
    expect(passages.map(({ text, tags }) => ({ text, tags }))).to.deep.equal([
      { text: 'The sky is blue', tags: ['sky'] },
    ])
  })
})
