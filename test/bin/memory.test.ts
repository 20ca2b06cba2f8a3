import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { openShell, type Shell } from '../support/command-line.ts'

describe('letta memory', () => {
  let shell: Shell
  before(async () => {
    shell = await openShell([{ text: 'Good day.' }])
    await shell.letta(['-p', 'Hello there'])
  })
  after(() => shell.close())

  const value = async (label: string): Promise<string> => {
    const { stdout } = await shell.letta(['memory', 'show', label, '--json'])
    return JSON.parse(stdout).value
  }
  const file = (name: string): string => path.join(shell.project, 'mem', name)

  it('lists the blocks of this folder’s agent, with sizes and limits', async () => {
    const { code, stdout } = await shell.letta(['memory', 'list'])
    expect(code).to.equal(0)
    expect(stdout.split('\n').map((line) => line.split(/\s+/)[0])).to.deep.equal([
      'persona',
      'human',
      'project',
      'skills',
      '',
    ])
    expect(stdout).to.match(/^human +\d+\/\d+ /m)
    const { stdout: json } = await shell.letta(['memory', 'list', '--json'])
    expect(Object.keys(JSON.parse(json)[0])).to.deep.equal([
      'id',
      'label',
      'value',
      'limit',
      'description',
      'readOnly',
    ])
  })

  it('gives a block the text that is piped in, and shows it', async () => {
    const saved = await shell.letta(['memory', 'edit', 'human'], {
      input: 'Name: Ada\nLikes tests\n',
    })
    expect(saved).to.deep.equal({ code: 0, stdout: '', stderr: 'letta: Saved human.\n' })
    const { stdout } = await shell.letta(['memory', 'show', 'human'])
    expect(stdout).to.equal('Name: Ada\nLikes tests\n')
    const wrong = await shell.letta(['memory', 'show', 'humn'])
    expect([wrong.code, wrong.stderr]).to.deep.equal([
      1,
      'letta: The agent has no memory block "humn".\n  Did you mean human?\n',
    ])
  })

  it('exports markdown, shows the difference on import, and writes with --yes alone', async () => {
    await shell.letta(['memory', 'edit', 'human'], { input: 'Name: Ada' })
    const { stdout } = await shell.letta(['memory', 'export', 'mem'])
    expect(stdout.split('\n')).to.include(`written    ${file('human.md')}`)
    expect(readdirSync(path.join(shell.project, 'mem'))).to.deep.equal([
      'human.md',
      'persona.md',
      'project.md',
      'skills.md',
    ])
    const text = readFileSync(file('human.md'), 'utf8')
    writeFileSync(file('human.md'), text.replace('Name: Ada', 'Name: Ada Lovelace'))
    writeFileSync(file('rules.md'), '---\nlabel: rules\ndescription: d\nlimit: 50\n---\nBe kind.\n')
    const asked = await shell.letta(['memory', 'import', 'mem'])
    expect(asked).to.deep.equal({
      code: 2,
      stdout:
        '--- human\n+++ human\n@@ -1,1 +1,1 @@\n-Name: Ada\n+Name: Ada Lovelace\n' +
        '--- rules (new)\n+++ rules (new)\n@@ -0,0 +1,1 @@\n+Be kind.\n',
      stderr:
        'letta: There is no terminal to ask in: nothing was done.\n  Add --yes to do it unasked.\n',
    })
    expect(await value('human')).to.equal('Name: Ada')
    expect((await shell.letta(['memory', 'import', 'mem', '--yes'])).code).to.equal(0)
    expect([await value('human'), await value('rules')]).to.deep.equal([
      'Name: Ada Lovelace',
      'Be kind.',
    ])
  })

  it('writes nothing when one file asks for what a block does not take', async () => {
    const folder = path.join(shell.project, 'long')
    mkdirSync(folder)
    writeFileSync(path.join(folder, 'a.md'), '---\nlabel: human\n---\nNew.\n')
    writeFileSync(path.join(folder, 'b.md'), `---\nlabel: project\n---\n${'x'.repeat(100_001)}\n`)
    const before = await value('human')
    const { code, stderr } = await shell.letta(['memory', 'import', 'long', '--yes', '--json'])
    expect([code, stderr]).to.deep.equal([
      1,
      `letta: Nothing was imported.\n  ${path.join(folder, 'b.md')}: 100001 characters, the limit is 100000\n`,
    ])
    expect(await value('human')).to.equal(before)
  })

  it('asks in a terminal, and takes only a yes for one', async () => {
    writeFileSync(path.join(shell.project, 'human.md'), 'Asked.\n')
    const answer = async (input: string): Promise<number> =>
      (await shell.letta(['memory', 'import', 'human.md'], { terminal: true, input })).code
    expect(await answer('')).to.equal(1)
    expect(await answer('no\n')).to.equal(1)
    expect(await value('human')).to.not.equal('Asked.')
    expect(await answer('y\n')).to.equal(0)
    expect(await value('human')).to.equal('Asked.')
  })
})

describe('letta agents and letta messages', () => {
  let shell: Shell
  before(async () => {
    shell = await openShell([{ text: 'Good day.' }, { text: 'It rains.' }, { text: 'Other.' }])
    await shell.letta(['-p', 'Hello there', '-n', 'Ada'])
    await shell.letta(['-p', 'How is the weather?'])
  })
  after(() => shell.close())

  it('lists and searches the conversation, oldest first', async () => {
    const list = async (...argv: readonly string[]): Promise<unknown> => {
      const { stdout } = await shell.letta(['messages', ...argv, '--json'])
      return JSON.parse(stdout).map(({ type, text }: Record<string, string>) => [type, text])
    }
    expect(await list('list')).to.deep.equal([
      ['user', 'Hello there'],
      ['assistant', 'Good day.'],
      ['user', 'How is the weather?'],
      ['assistant', 'It rains.'],
    ])
    expect(await list('list', '--limit', '1')).to.deep.equal([['assistant', 'It rains.']])
    expect(await list('search', 'GOOD')).to.deep.equal([['assistant', 'Good day.']])
    const { stdout } = await shell.letta(['messages', 'search', 'rains'])
    expect(stdout).to.match(/^\d{4}-\d\d-\d\d \d\d:\d\d {2}assistant\n {4}It rains\.\n$/)
  })

  it('lists the agents, this folder’s with a star, and deletes one that is named', async () => {
    const { stdout } = await shell.letta(['agents', 'list'])
    const [, id = ''] = /^\* (agent-\S+) {2}Ada {2}openai\/scripted\n$/.exec(stdout) ?? []
    expect((await shell.letta(['agents', 'delete', id])).code).to.equal(2)
    expect((await shell.letta(['agents', 'delete', 'nobody', '--yes'])).code).to.equal(1)
    const deleted = await shell.letta(['agents', 'delete', id, '--yes'])
    expect(deleted).to.deep.equal({ code: 0, stdout: `Deleted Ada (${id}).\n`, stderr: '' })
    expect(JSON.parse((await shell.letta(['agents', 'list', '--json'])).stdout)).to.deep.equal([])
    const none = await shell.letta(['memory', 'list'])
    expect([none.code, none.stderr.split('\n')[0]]).to.deep.equal([
      1,
      'letta: This folder has no agent yet.',
    ])
    expect((await shell.letta(['-p', 'Again'])).stdout).to.equal('Other.\n')
  })
})
