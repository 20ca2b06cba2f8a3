import { expect } from 'chai'
import {
  agentsImported,
  importedName,
  line,
  linesLeftOut,
  typedFileMissing,
  typedFileUnreadable,
} from '../../bin/messages.ts'
import { IS_DIRECTORY } from '../../lib/fs/messages.ts'
import { conversationEmpty, notAConversation } from '../../lib/recording/messages.ts'
import { openShell, type Shell } from '../support/command-line.ts'

const BASH = { name: 'Bash', args: { command: 'echo hi there', description: 'greet' } }

describe('letta import', () => {
  let shell: Shell
  before(async () => {
    shell = await openShell([
      { calls: [BASH], match: { last: 'Greet' } },
      { sticky: true, text: 'Greeted.' },
    ])
    await shell.letta(['-p', 'Greet me', '--yolo', '--record', 'talk.recording'])
    await shell.letta(['conversations', 'export', 'default', 'talk.jsonl'])
  })
  after(() => shell.close())

  /** Imports a file and sends a message to the new agent; the messages that the model gets. */
  const continued = async (file: string): Promise<string> => {
    const { stdout, stderr } = await shell.letta(['import', file, '--json'])
    if (stdout === '') return stderr
    const [id] = JSON.parse(stdout).agents
    await shell.letta(['-p', 'Go on', '--agent', id])
    return JSON.stringify(shell.model.requests.at(-1)?.body.messages)
  }

  it('creates an agent that continues a recorded conversation with its calls', async () => {
    const sent = await continued('talk.recording')
    for (const text of ['Greet me', 'echo hi there', 'Greeted.', 'Go on']) {
      expect(sent).to.include(text)
    }
    expect(sent.match(/"tool_call_id"/g)).to.have.length(1)
    const { stdout } = await shell.letta(['import', 'talk.recording'])
    const id = /agent-[\w-]+/.exec(stdout)?.[0] ?? ''
    const made = { id, name: importedName('Greet me'), blocks: 4, messages: 4 }
    const [, tools = '0'] = /(\d+) tools/.exec(stdout) ?? []
    expect(stdout).to.equal(`${agentsImported([{ ...made, tools: Number(tools) }])}\n`)
    expect(Number(tools)).to.be.greaterThan(5)
  })

  it('reads a conversation that was exported as JSON lines', async () => {
    const sent = await continued('talk.jsonl')
    expect(sent).to.include('Greet me').and.to.include('echo hi there').and.to.include('Greeted.')
  })

  it('refuses other files, and names the lines that are no entries, of which it creates nothing', async () => {
    shell.write('notes.md', '# Notes\n')
    expect((await shell.letta(['import', 'notes.md'])).stderr).to.include(
      notAConversation('notes.md').message,
    )
    const lines = [
      { type: 'conversation', title: '\u001b[2Jx', agent: null },
      { type: 'tool', call: { callId: 1, tool: ['Bash'], phase: null } },
      { type: 'user', text: 'Only this', at: 1e300 },
      { type: 'user', text: { nested: true } },
      'text',
      { type: 'reasoning', text: 'Hm.' },
      { type: 'tool', call: { callId: 'a', tool: 'Bash', args: '{}', phase: { type: 'dropped' } } },
    ]
    shell.write('odd.jsonl', `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"broken`)
    const { stdout, stderr } = await shell.letta(['import', 'odd.jsonl'])
    const leftOut = linesLeftOut('odd.jsonl', { invalid: [2, 4, 5, 8], unfinished: [7] })
    expect(leftOut).to.have.length(2)
    expect(stderr.startsWith(leftOut.map(line).join('')), stderr).to.equal(true)
    expect(stdout)
      .to.match(/1 message in context/)
      .and.not.include('\u001b')
  })

  it('names the line of a recording that was cut off', async () => {
    const recording = shell.read('talk.recording')
    shell.write('cut.recording', `${recording}{"type":"turn.`)
    const { stderr } = await shell.letta(['import', 'cut.recording'])
    const number = recording.split('\n').length
    const [notice = ''] = linesLeftOut('cut.recording', { invalid: [number], unfinished: [] })
    expect(stderr).to.include(line(notice))
    expect((await shell.letta(['import', 'talk.recording'])).stderr).to.not.include('Left out')
  })

  it('creates no agent from a file whose only messages are cut off', async () => {
    shell.write('cut.jsonl', '{"type":"conversation","title":"Cut"}\n{"type":"user","te')
    const { code, stdout, stderr } = await shell.letta(['import', 'cut.jsonl'])
    expect([code, stdout]).to.deep.equal([1, ''])
    expect(stderr).to.include(conversationEmpty('cut.jsonl'))
  })

  it('answers a file that is missing, as each command that reads one, with a plain message', async () => {
    const commands = [['import'], ['agents', 'import'], ['replay']]
    for (const command of commands) {
      const missing = await shell.letta([...command, 'nope.jsonl'])
      expect([missing.code, missing.stderr], command.join(' ')).to.deep.equal([
        1,
        line(typedFileMissing('nope.jsonl')),
      ])
      const { code, stderr } = await shell.letta([...command, '.'])
      expect([code, stderr]).to.deep.equal([1, line(typedFileUnreadable('.', IS_DIRECTORY))])
    }
  })
})
