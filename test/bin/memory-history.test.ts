import { expect } from 'chai'
import {
  blockSaved,
  invalidSince,
  invalidVersion,
  line,
  NO_SESSION_HERE,
  NOTHING_RESTORED,
  noChanges,
  restoredVersion,
  SINCE_VERSION_NEEDS_LABEL,
  sameAsVersion,
  versionRequired,
} from '../../bin/messages.ts'
import { blockNotFound, versionNotFound } from '../../lib/memory/messages.ts'
import { openShell, type Shell } from '../support/command-line.ts'

describe('The history of memory on the command line', () => {
  let shell: Shell
  const insert = { name: 'memory_insert', args: { label: 'human', new_string: 'Likes tea.' } }
  before(async () => {
    shell = await openShell([{ text: 'Hi.' }, { calls: [insert] }, { text: 'Noted.' }])
    await shell.letta(['-p', 'Hello there'])
    await shell.letta(['memory', 'edit', 'human'], { input: 'Name: Ada' })
    await shell.letta(['-p', 'I like tea'])
  })
  after(() => shell.close())

  const output = async (...argv: readonly string[]): Promise<string> =>
    (await shell.letta(['memory', ...argv])).stdout
  const error = async (...argv: readonly string[]): Promise<readonly [number, string]> => {
    const { code, stderr } = await shell.letta(['memory', ...argv])
    return [code, stderr.split('\n')[0] ?? '']
  }
  const firstLine = (message: string): string => line(message).split('\n')[0] ?? ''

  it('is listed with author, time and changed lines, newest first', async () => {
    const lines = (await output('log', 'human')).trimEnd().split('\n')
    expect(lines.map((one) => one.replace(/\d{4}-\d\d-\d\d \d\d:\d\d/, 'TIME'))).to.deep.equal([
      'v2  TIME  +1 −0  the agent (memory_insert)',
      'v1  TIME  +1 −1  you',
      'v0  TIME  +1 −0  letta',
    ])
    const json = JSON.parse(await output('log', 'human', '--json', '--limit', '1'))
    expect(json).to.have.lengthOf(1)
    expect(json[0]).to.deep.include({ version: 2, by: 'agent', added: 1, removed: 0 })
    expect(json[0].origin).to.include({ tool: 'memory_insert' })
    expect(json[0].at).to.match(/^\d{4}-\d\d-\d\dT.*Z$/)
  })

  it('names the author of each line', async () => {
    const lines = (await output('blame', 'human')).trimEnd().split('\n')
    expect(lines.map((one) => one.replace(/\d{4}-\d\d-\d\d \d\d:\d\d/, 'TIME'))).to.deep.equal([
      ' v1  TIME  you                        Name: Ada',
      ' v2  TIME  the agent (memory_insert)  Likes tea.',
    ])
    const json = JSON.parse(await output('blame', 'human', '--json'))
    expect(json[1]).to.include({ line: 2, text: 'Likes tea.', version: 2, by: 'agent' })
  })

  it('contains the value of each version', async () => {
    expect(await output('show', 'human@1')).to.equal('Name: Ada\n')
    expect(await output('show', 'human@v2')).to.equal('Name: Ada\nLikes tea.\n')
    expect(JSON.parse(await output('show', 'human@1', '--json'))).to.include({ version: 1 })
    expect(await error('show', 'human@9')).to.deep.equal([
      1,
      firstLine(versionNotFound('human', 9)),
    ])
    expect(await error('show', 'nobody@1')).to.deep.equal([1, firstLine(blockNotFound('nobody'))])
  })

  it('is compared with the present since a version or a time', async () => {
    const insertion = '--- human\n+++ human\n@@ -1,1 +1,2 @@\n Name: Ada\n+Likes tea.\n'
    expect(await output('diff', 'human')).to.equal(insertion)
    expect(await output('diff')).to.equal(insertion)
    expect(await output('diff', 'human', '--since', '1')).to.equal(insertion)
    expect(await output('diff', 'human', '--since', '0')).to.match(
      /\n\+Name: Ada\n\+Likes tea\.\n$/,
    )
    expect(await output('diff', 'human', '--since', 'yesterday')).to.match(/\n\+Likes tea\.\n/)
    const json = JSON.parse(await output('diff', '--since', '1h', '--json'))
    expect(json.map(({ label }: { label: string }) => label)).to.include('human')
    expect(json.find(({ label }: { label: string }) => label === 'human')).to.include({ added: 2 })
    const future = await shell.letta(['memory', 'diff', 'human', '--since', '2099-01-01'])
    expect(future).to.deep.equal({ code: 0, stdout: '', stderr: line(noChanges('human')) })
    expect(await error('diff', '--since', 'soon')).to.deep.equal([
      2,
      firstLine(invalidSince('soon')),
    ])
    expect(await error('diff', '--since', '3')).to.deep.equal([
      2,
      firstLine(SINCE_VERSION_NEEDS_LABEL),
    ])
  })

  it('is compared between any two versions', async () => {
    const insertion = '--- human\n+++ human\n@@ -1,1 +1,2 @@\n Name: Ada\n+Likes tea.\n'
    expect(await output('diff', 'human@2')).to.equal(insertion)
    expect(await output('diff', 'human@2', '--since', '1')).to.equal(insertion)
    expect(await output('diff', 'human@1', '--since', '0')).to.match(/\n\+Name: Ada\n$/)
    const [json] = JSON.parse(await output('diff', 'human@1', '--since', '2', '--json'))
    expect(json).to.include({ label: 'human', from: 2, to: 1, added: 0, removed: 1 })
    expect(await error('diff', 'human@9')).to.deep.equal([
      1,
      firstLine(versionNotFound('human', 9)),
    ])
  })

  it('requires the number of a version', async () => {
    for (const [reference, number] of [
      ['human@current', 'current'],
      ['human@', ''],
      ['human@-1', '-1'],
      ['human@1.5', '1.5'],
      ['human@9999999999', '9999999999'],
    ] as const) {
      for (const command of ['show', 'diff', 'restore']) {
        const expected = [2, firstLine(invalidVersion('human', number))]
        expect(await error(command, reference)).to.deep.equal(expected)
      }
    }
    const unknown = [1, firstLine(blockNotFound('nobody@current'))]
    expect(await error('restore', 'nobody@current')).to.deep.equal(unknown)
  })

  it('is compared with what it was when the last session began', async () => {
    const { stdout } = await shell.letta(['memory', 'diff', '--session'])
    expect(stdout).to.equal('--- human\n+++ human\n@@ -1,1 +1,2 @@\n Name: Ada\n+Likes tea.\n')
    const other = await openShell([{ text: 'Hi.' }])
    await other.letta(['-p', 'Hello', '--new'])
    const agents = JSON.parse((await other.letta(['agents', 'list', '--json'])).stdout)
    await other.letta(['-p', 'Hello', '--new'])
    const refused = await other.letta(['memory', 'diff', '--session', '--agent', agents[0].id])
    expect([refused.code, refused.stderr]).to.deep.equal([1, line(NO_SESSION_HERE)])
    await other.close()
  })

  it('is restored after a confirmation, which is a version itself', async () => {
    expect(await error('restore', 'human')).to.deep.equal([2, firstLine(versionRequired('human'))])
    const no = await shell.letta(['memory', 'restore', 'human@1'], { terminal: true, input: 'n\n' })
    expect([no.code, no.stderr.includes(NOTHING_RESTORED)]).to.deep.equal([1, true])
    expect(await output('show', 'human')).to.equal('Name: Ada\nLikes tea.\n')
    const yes = await shell.letta(['memory', 'restore', 'human@1', '--yes'])
    expect([yes.code, yes.stderr]).to.deep.equal([0, line(restoredVersion('human', 1))])
    expect(await output('show', 'human')).to.equal('Name: Ada\n')
    expect(await output('log', 'human', '--limit', '1')).to.match(/^v3 .* a restore/)
    const again = await shell.letta(['memory', 'restore', 'human@3'])
    expect(again).to.deep.equal({ code: 0, stdout: '', stderr: line(sameAsVersion('human', 3)) })
    expect(await output('log', 'human', '--limit', '1')).to.match(/^v3 /)
    const saved = await shell.letta(['memory', 'edit', 'human'], { input: 'Name: Ada Lovelace' })
    expect(saved.stderr).to.equal(line(blockSaved('human')))
  })

  it('says that an import was the author', async () => {
    shell.write('mem/human.md', '---\nlabel: human\n---\nImported.\n')
    await shell.letta(['memory', 'import', 'mem', '--yes'])
    expect(await output('log', 'human', '--limit', '1')).to.match(/an import/)
    shell.write('mem/notes.md', '---\nlabel: notes\n---\nImported.\n')
    await shell.letta(['memory', 'import', 'mem', '--yes'])
    expect(await output('log', 'notes')).to.match(/^v?.*an import/)
  })
})
