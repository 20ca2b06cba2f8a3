import { rmSync, symlinkSync } from 'node:fs'
import { expect } from 'chai'
import { callRepeated, duplicateArgument, SYMLINK_CHANGED } from '../../lib/tools/messages/calls.ts'
import { jsonSchema } from '../../lib/tools/schema.ts'
import type { ToolAnswer } from '../../lib/tools/tool.ts'
import { createPlayground, type Playground } from './playground.ts'

const NEVER = new AbortController().signal

describe('The tool runner', () => {
  let ground: Playground
  beforeEach(() => {
    ground = createPlayground()
  })
  afterEach(() => ground.close())

  const refused = (name: string, args: string): ToolAnswer => {
    const made = ground.runner.prepare({ callId: 'c', turnId: 't', name, args })
    if (made.ok) throw new Error('was prepared')
    return made.answer
  }
  const error = (text: string): ToolAnswer => ({ status: 'error', text })

  it('lists the available tools when the agent calls an unknown one', () => {
    const names = ground.runner.tools.map((tool) => tool.name).join(', ')
    expect(refused('Raed', '{}')).to.deep.equal(
      error(`Tool not found: Raed. Available tools: ${names}`),
    )
  })

  it('names every missing required parameter', () => {
    expect(refused('Edit', '{"file_path":"a","new_str":"b"}')).to.deep.equal(
      error(
        'Edit tool missing required parameters: old_string, new_string. Received parameters: file_path, new_str',
      ),
    )
    expect(refused('Bash', '')).to.deep.equal(
      error('Bash tool missing required parameter: command. Received parameters: '),
    )
  })

  it('reports which parameter has a wrong type', () => {
    expect(refused('MultiEdit', '{"file_path":"a","edits":"b"}')).to.deep.equal(
      error("MultiEdit: Parameter 'edits' must be an array, received string"),
    )
    expect(refused('Write', '{"file_path":"a","content":null}')).to.deep.equal(
      error("Write: Parameter 'content' must be a string, received null"),
    )
    expect(refused('Read', '["a"]')).to.deep.equal(
      error('Read: the arguments must be an object, received array'),
    )
  })

  it('answers invalid JSON instead of failing', () => {
    expect(refused('Bash', '{"command":').text).to.match(
      /^Bash: the arguments are not valid JSON \(/,
    )
  })

  it('rejects arguments that contain a key twice, however it is escaped', () => {
    const twice = error(`Bash: ${duplicateArgument('command')}`)
    expect(refused('Bash', '{"command":"ls","command":"rm -rf ."}')).to.deep.equal(twice)
    expect(refused('Bash', '{"command":"ls","\\u0063ommand" : "rm"}')).to.deep.equal(twice)
    const nested =
      '{"file_path":"a","edits":[{"old_string":"a","old_string":"b","new_string":"c"}]}'
    expect(refused('MultiEdit', nested)).to.deep.equal(
      error(`MultiEdit: ${duplicateArgument('old_string')}`),
    )
  })

  it('accepts equal keys of different objects, and colons and braces in strings', () => {
    const edit = { old_string: '{"a":1,"a":2', new_string: 'b":' }
    const args = { file_path: 'a', edits: [edit, edit] }
    expect(ground.prepare('MultiEdit', args).label).to.equal('a (2 edits)')
  })

  it('drops unknown parameters', async () => {
    const answer = await ground.call('Bash', { command: 'echo hi', request_heartbeat: true })
    expect(answer).to.deep.equal({ status: 'success', text: 'hi\n', stdout: ['hi\n'] })
  })

  it('shows, checks and runs the same command', async () => {
    const prepared = ground.prepare('Bash', { command: 'echo one > made' })
    expect(prepared.label).to.equal('echo one > made')
    expect(prepared.subject).to.deep.equal({ type: 'command', command: 'echo one > made' })
    expect(await prepared.preview()).to.deep.equal({
      type: 'command',
      command: 'echo one > made',
      description: null,
      background: false,
      timeoutMs: 120_000,
    })
    await prepared.run(NEVER, () => undefined)
    expect(ground.text('made')).to.equal('one\n')
  })

  it('runs a call at most once, also after a restart', async () => {
    const args = { command: 'echo x >> made' }
    const again = error(callRepeated('Bash', 'once'))
    const first = ground.prepare('Bash', args, { callId: 'once' })
    await first.run(NEVER, () => undefined)
    expect(await first.run(NEVER, () => undefined)).to.deep.equal(again)
    const { createRunner } = await import('../../lib/tools/runner.ts')
    const restarted = createRunner({ workspace: ground.place })
    const call = { callId: 'once', turnId: 'later', name: 'Bash', args: JSON.stringify(args) }
    const made = restarted.prepare(call)
    expect(made.ok && (await made.prepared.run(NEVER, () => undefined))).to.deep.equal(again)
    expect(ground.text('made')).to.equal('x\n')
  })

  it('runs also a call that only reads at most once', async () => {
    ground.put('a', 'one\n')
    const call = ground.prepare('Read', { file_path: 'a' }, { callId: 'read' })
    expect((await call.run(NEVER, () => undefined)).status).to.equal('success')
    expect(await call.run(NEVER, () => undefined)).to.deep.equal(
      error(callRepeated('Read', 'read')),
    )
  })

  it('runs the same call id again for another agent', async () => {
    for (const agentId of ['agent-1', 'agent-2']) {
      const args = '{"command":"echo x >> made"}'
      const call = { callId: 'call-0', turnId: 't', name: 'Bash', args, agentId }
      const made = ground.runner.prepare(call)
      if (made.ok) await made.prepared.run(NEVER, () => undefined)
    }
    expect(ground.text('made')).to.equal('x\nx\n')
  })

  it('does nothing when a link has changed since the call was checked', async () => {
    ground.put('harmless', 'x')
    ground.put('secret', 'y')
    symlinkSync('harmless', ground.path('link'))
    const prepared = ground.prepare('Read', { file_path: 'link' })
    await prepared.targets
    rmSync(ground.path('link'))
    symlinkSync('secret', ground.path('link'))
    expect(await prepared.run(NEVER, () => undefined)).to.deep.equal(error(SYMLINK_CHANGED))
  })

  it('does nothing when a dangling link has changed since the call was checked', async () => {
    ground.put('inside/a', '')
    ground.put('outside/a', '')
    symlinkSync('inside/missing', ground.path('link'))
    const prepared = ground.prepare('Write', { file_path: 'link', content: 'x' })
    expect(await prepared.targets).to.deep.equal([ground.path('inside/missing')])
    rmSync(ground.path('link'))
    symlinkSync('outside/missing', ground.path('link'))
    expect(await prepared.run(NEVER, () => undefined)).to.deep.equal(error(SYMLINK_CHANGED))
  })

  it('labels a call with one line', () => {
    expect(ground.prepare('Bash', { command: 'cd src\n  ls\r\nrm x' }).label).to.equal(
      'cd src ⏎ ls ⏎ rm x',
    )
  })

  it('does not start a call that is already cancelled', async () => {
    const aborted = AbortSignal.abort()
    const answer = await ground.call('Bash', { command: 'echo x > made' }, aborted)
    expect(answer).to.deep.equal(error('Interrupted by user'))
    expect(() => ground.text('made')).to.throw('ENOENT')
  })

  it('reads, writes and edits with the same checks', async () => {
    const write = await ground.call('Write', { file_path: 'src/a.txt', content: 'one\ntwo\n' })
    expect(write.text).to.equal(`Successfully wrote 8 characters to ${ground.path('src/a.txt')}`)
    const edit = { file_path: 'src/a.txt', old_string: 'two', new_string: 'three' }
    expect(await ground.preview('Edit', edit)).to.deep.equal({
      type: 'diff',
      path: 'src/a.txt',
      created: false,
      hunks: [
        {
          oldStart: 1,
          newStart: 1,
          lines: [
            { type: 'context', text: 'one', oldNumber: 1, newNumber: 1 },
            { type: 'removed', text: 'two', oldNumber: 2, newNumber: null },
            { type: 'added', text: 'three', oldNumber: null, newNumber: 2 },
          ],
        },
      ],
      added: 1,
      removed: 1,
      remark: null,
    })
    expect((await ground.call('Edit', edit)).status).to.equal('success')
    expect(await ground.call('Read', { file_path: 'src/a.txt' })).to.deep.equal({
      status: 'success',
      text: '1→one\n2→three',
    })
  })

  it('has a JSON schema of an object for each tool', () => {
    for (const tool of ground.runner.tools) {
      expect(jsonSchema(tool)['type'], tool.name).to.equal('object')
      expect(tool.description.length, tool.name).to.be.greaterThan(40)
    }
  })

  it('computes the JSON schema of a tool once', () => {
    for (const tool of ground.runner.tools) expect(jsonSchema(tool)).to.equal(jsonSchema(tool))
  })

  it('answers a call whatever its texts contain', async () => {
    for (const text of [
      'a\0b',
      '\ud800',
      '',
      ' ',
      '\u202e',
      'a'.repeat(5_000),
      'a/',
      '[',
      '{',
      '~x',
      '-',
      '!(a)',
    ]) {
      for (const [tool, args] of callsOf(text)) {
        const answer = await ground.call(tool, args)
        expect(answer.text, `${tool} ${JSON.stringify(args).slice(0, 80)}`).to.be.a('string')
      }
    }
  })

  it('runs the text that was judged in place of the text as written', async () => {
    ground.put('.bashrc', 'echo started')
    const call = ground.prepare('Bash', { command: 'echo written; echo *' })
    const unattended = { text: "echo '*' *; echo $-", kind: 'readOnly' as const }
    const { text } = await call.run(NEVER, () => undefined, { unattended })
    expect(text).to.match(/^\* \*\n\w*f\w*/)
  })

  it('refuses a call whose paths are not those of its decision', async () => {
    ground.put('a.txt', 'one')
    const call = ground.prepare('Read', { file_path: 'a.txt' })
    const approval = { resolved: [ground.path('b.txt')] }
    const answer = await call.run(NEVER, () => undefined, approval)
    expect(answer).to.deep.equal(error(SYMLINK_CHANGED))
  })
})

/** Arguments with this text for each tool that has a text parameter. */
function callsOf(text: string): readonly (readonly [string, object])[] {
  return [
    ['Read', { file_path: text }],
    ['Write', { file_path: `new/${text}`, content: text }],
    ['Edit', { file_path: text, old_string: text, new_string: 'x' }],
    ['MultiEdit', { file_path: text, edits: [{ old_string: 'a', new_string: text }] }],
    ['NotebookEdit', { notebook_path: text, cell_id: text, new_source: text }],
    ['Glob', { pattern: text }],
    ['Glob', { pattern: '*', path: text }],
    ['Grep', { pattern: text }],
    ['Grep', { pattern: 'x', glob: text }],
    ['Grep', { pattern: 'x', type: text }],
    ['Grep', { pattern: 'x', path: text }],
    ['LS', { path: text, ignore: [text] }],
    ['Bash', { command: text }],
    ['BashOutput', { bash_id: text, filter: text }],
    ['KillBash', { shell_id: text }],
    ['TodoWrite', { todos: [{ content: text, status: 'pending', id: text }] }],
  ]
}
