import { expect } from 'chai'
import { labelExists } from '../../../lib/server/messages/tools.ts'
import { say, send } from '../../support/letta-server.ts'
import { withServer } from '../../support/with-server.ts'

describe('The memory tool', () => {
  const opened = withServer()

  beforeEach(async () => {
    const [tool] = (await opened.client.tools.list({ name: 'memory' })).items
    await opened.client.agents.tools.attach(tool?.id ?? '', { agent_id: opened.agentId })
  })

  /** The results of the tool, one per call, all in one run. */
  const call = async (...calls: readonly object[]): Promise<readonly string[]> => {
    for (const args of calls) {
      const callId = `c${Math.random()}`
      opened.model.play({ calls: [{ callId, name: 'memory', args: JSON.stringify(args) }] })
    }
    opened.model.play({ text: 'Done.' })
    const { events } = await send(opened.client, opened.agentId, say('go'))
    return events
      .filter((event) => event['message_type'] === 'tool_return_message')
      .map((event) => `${event['status']}: ${event['tool_return']}`)
  }
  const blocks = async () => {
    const { items } = await opened.client.agents.blocks.list(opened.agentId)
    return items.map(({ label, description, value }) => [label, description, value])
  }
  const recompiled = (how: string) =>
    `Your system prompt has been recompiled ${how} and is now active in your context.`

  it('creates, edits, describes, renames and deletes a block', async () => {
    const path = '/memories/notes'
    expect(
      await call(
        { command: 'create', path, description: 'My notes', file_text: 'one\ntwo' },
        { command: 'str_replace', path, old_string: 'two', new_string: '2' },
        { command: 'insert', path, insert_line: 0, insert_text: 'zero' },
        { command: 'insert', path, insert_text: 'end' },
        { command: 'rename', path, description: 'Notes of mine' },
        { command: 'rename', old_path: path, new_path: '/memories/old/notes' },
      ),
    ).to.deep.equal([
      `success: Successfully created memory block 'notes'. ${recompiled('with the new memory block')}`,
      'success: one\n2',
      'success: zero\none\n2',
      'success: zero\none\n2\nend',
      `success: Successfully updated description of memory block 'notes'. ${recompiled('with the new description')}`,
      `success: Successfully renamed memory block 'notes' to 'old/notes'. ${recompiled('with the renamed memory block')}`,
    ])
    expect(await blocks()).to.deep.equal([
      ['human', 'Who the user is.', 'Name: unknown'],
      ['old/notes', 'Notes of mine', 'zero\none\n2\nend'],
    ])
    expect(await call({ command: 'delete', path: 'old/notes' })).to.deep.equal([
      `success: Successfully deleted memory block 'old/notes'. ${recompiled('without this memory block')}`,
    ])
    expect(await blocks()).to.have.lengthOf(1)
  })

  it('answers an invalid call with its error', async () => {
    const path = '/memories/human'
    const missing = "error: 'Block field zzz does not exist (available sections = human)'"
    expect(
      await call(
        { command: 'view', path },
        {},
        { command: 'create', path: '/memories/q' },
        { command: 'create', path, description: 'again' },
        { command: 'str_replace', path },
        { command: 'str_replace', path, old_string: 'nope', new_string: 'x' },
        { command: 'str_replace', path: '/memories/zzz', old_string: 'a', new_string: 'b' },
        { command: 'insert', path, insert_line: 99, insert_text: 'far' },
        { command: 'delete', path: '/memories/zzz' },
        { command: 'rename', old_path: path },
        { command: 'rename', old_path: '/memories/zzz', new_path: '/memories/y' },
      ),
    ).to.deep.equal([
      "error: Error: Unknown command 'view'. Supported commands: create, str_replace, insert, delete, rename",
      "error: memory() missing 1 required positional argument: 'command'",
      'error: Error: description is required for create command',
      `error: ${labelExists('human')}`,
      'error: Error: old_string is required for str_replace command',
      'error: No replacement was performed, old_string `nope` did not appear verbatim in memory block with label `human`.',
      missing,
      'error: Invalid `insert_line` parameter: 99. It should be within the range of lines of the memory block: [0, 1], or -1 to append to the end of the memory block.',
      missing,
      'error: Error: path and description are required for update_description command, or old_path and new_path are required for rename command',
      missing,
    ])
    expect(await blocks()).to.deep.equal([['human', 'Who the user is.', 'Name: unknown']])
  })

  it('refuses text that contains the line numbers shown to the model', async () => {
    const path = '/memories/human'
    const [numbered, warned] = await call(
      { command: 'str_replace', path, old_string: '1→Name', new_string: 'x' },
      { command: 'insert', path, insert_text: '# NOTE: Line numbers shown below are' },
    )
    expect(numbered).to.equal(
      'error: old_string contains a line number prefix, which is not allowed. Do not include line numbers when calling memory tools (line numbers are for display purposes only).',
    )
    expect(warned).to.match(/^error: insert_text contains a line number warning/)
  })

  it('names the lines in which a text occurs repeatedly', async () => {
    const path = '/memories/m'
    const [, twice] = await call(
      { command: 'create', path, description: 'd', file_text: 'a\nb\na' },
      { command: 'str_replace', path, old_string: 'a', new_string: 'x' },
    )
    expect(twice).to.equal(
      'error: No replacement was performed. Multiple occurrences of old_string `a` in lines [1, 3]. Please ensure it is unique.',
    )
  })

  it('reports an error in the format of Python', async () => {
    const args = JSON.stringify({ command: 'delete', path: '/memories/zzz' })
    opened.model.play({ calls: [{ callId: 'c', name: 'memory', args }] }, { text: 'Done.' })
    const { events } = await send(opened.client, opened.agentId, say('go'))
    expect(events.find((event) => event['stderr'] != null)?.['stderr']).to.deep.equal([
      "Error executing function memory: KeyError: 'Block field zzz does not exist (available sections = human)'",
    ])
  })
})
