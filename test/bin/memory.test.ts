import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { expect } from 'chai'
import {
  agentDeleted,
  blockSaved,
  blockSizes,
  draftStored,
  EMPTY_BLOCK_TEXT_HINT,
  emptyBlockText,
  fixFor,
  importRejected,
  line,
  NO_AGENT_HERE,
  NO_TERMINAL_TO_CONFIRM,
  NO_TERMINAL_TO_CONFIRM_HINT,
  writtenOrUnchanged,
} from '../../bin/messages.ts'
import { blockNotFound, findingText } from '../../lib/memory/messages.ts'
import { agentCreated, agentUnknownHere } from '../../lib/session/messages/agents.ts'
import { type CommandResult, openShell, type Shell } from '../support/command-line.ts'

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

  it('lists the blocks of the agent of the directory, with sizes and limits', async () => {
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

  it('examines the blocks, and names the command that changes what was found', async () => {
    await shell.letta(['memory', 'edit', 'human'], { input: 'On holiday until 2020-01-01.' })
    const { stdout } = await shell.letta(['memory', 'doctor'])
    const finding = {
      type: 'pastDate',
      label: 'human',
      line: 1,
      text: 'On holiday until 2020-01-01.',
      date: '2020-01-01',
    } as const
    expect(stdout).to.include(blockSizes(28, 100_000, 7))
    expect(stdout).to.include(`human:1  ${findingText(finding)}\n  ${fixFor(finding)}\n`)
    const json = JSON.parse((await shell.letta(['memory', 'doctor', '--json'])).stdout)
    expect(json.findings).to.deep.include(finding)
  })

  it('counts emoji as one character', async () => {
    await shell.letta(['memory', 'edit', 'human'], { input: 'Name: Ada' })
    const emoji = '😀'.repeat(60_000)
    expect((await shell.letta(['memory', 'edit', 'human'], { input: emoji })).code).to.equal(0)
    expect(await value('human')).to.equal(emoji)
  })

  it('empties a block by an empty text only with --yes', async () => {
    await shell.letta(['memory', 'edit', 'human'], { input: 'Name: Ada' })
    const refused = await shell.letta(['memory', 'edit', 'human'], { input: '\n' })
    expect(refused).to.deep.equal({
      code: 1,
      stdout: '',
      stderr: line(`${emptyBlockText('human')}\n  ${EMPTY_BLOCK_TEXT_HINT}`),
    })
    expect(await value('human')).to.equal('Name: Ada')
    const emptied = await shell.letta(['memory', 'edit', 'human', '--yes'], { input: '' })
    expect(emptied.code).to.equal(0)
    expect(await value('human')).to.equal('')
  })

  it('replaces a block by piped text, and prints it', async () => {
    const saved = await shell.letta(['memory', 'edit', 'human'], {
      input: 'Name: Ada\nLikes tests\n',
    })
    expect(saved).to.deep.equal({ code: 0, stdout: '', stderr: line(blockSaved('human')) })
    const { stdout } = await shell.letta(['memory', 'show', 'human'])
    expect(stdout).to.equal('Name: Ada\nLikes tests\n')
    const wrong = await shell.letta(['memory', 'show', 'humn'])
    expect([wrong.code, wrong.stderr]).to.deep.equal([
      1,
      line(`${blockNotFound('humn')}\n  Did you mean human?`),
    ])
  })

  it('exports Markdown files, prints the diff on import, and writes only with --yes', async () => {
    await shell.letta(['memory', 'edit', 'human'], { input: 'Name: Ada' })
    const { stdout } = await shell.letta(['memory', 'export', 'mem'])
    expect(stdout.split('\n')).to.include(writtenOrUnchanged(file('human.md'), true))
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
      stderr: line(`${NO_TERMINAL_TO_CONFIRM}\n  ${NO_TERMINAL_TO_CONFIRM_HINT}`),
    })
    expect(await value('human')).to.equal('Name: Ada')
    expect((await shell.letta(['memory', 'import', 'mem', '--yes'])).code).to.equal(0)
    expect([await value('human'), await value('rules')]).to.deep.equal([
      'Name: Ada Lovelace',
      'Be kind.',
    ])
  })

  describe('when another program changes the block during an edit', () => {
    /** An editor that replaces the text of its file, and meanwhile another letta saves `other`. */
    const edit = async (text: string, other: string): Promise<CommandResult> => {
      const { home, project } = shell
      const program = path.join(import.meta.dirname, '../../bin/letta.ts')
      const tsx = createRequire(import.meta.url).resolve('tsx')
      const editor = path.join(home, 'editor.mjs')
      writeFileSync(
        editor,
        `import { execFileSync } from 'node:child_process'
         import { writeFileSync } from 'node:fs'
         const letta = ['--import', ${JSON.stringify(tsx)}, ${JSON.stringify(program)}]
         execFileSync(process.execPath, [...letta, 'memory', 'edit', 'human'], {
           cwd: ${JSON.stringify(project)},
           env: { PATH: process.env.PATH, HOME: ${JSON.stringify(home)} },
           input: ${JSON.stringify(other)},
           stdio: ['pipe', 'ignore', 'ignore'],
         })
         writeFileSync(process.argv.at(-1), ${JSON.stringify(`${text}\n`)})`,
      )
      const EDITOR = `${process.execPath} ${editor}`
      return shell.letta(['memory', 'edit', 'human'], { terminal: true, environment: { EDITOR } })
    }

    it('merges both changes', async () => {
      await shell.letta(['memory', 'edit', 'human'], { input: 'one\ntwo\nthree' })
      const saved = await edit('ONE\ntwo\nthree', 'one\ntwo\nTHREE')
      expect([saved.code, await value('human')]).to.deep.equal([0, 'ONE\ntwo\nTHREE'])
    })

    it('stores the text as a draft when both have changed the same lines', async () => {
      await shell.letta(['memory', 'edit', 'human'], { input: 'one' })
      const refused = await edit('mine', 'theirs')
      expect([refused.code, await value('human')]).to.deep.equal([1, 'theirs'])
      const [name = ''] = readdirSync(path.join(shell.home, '.letta/drafts'))
      const file = path.join(shell.home, '.letta/drafts', name)
      expect(refused.stderr).to.contain(draftStored(file))
      expect(JSON.parse(readFileSync(file, 'utf8'))).to.include({ before: 'one', text: 'mine' })
    })
  })

  it('imports no file when one of them is too large for its block', async () => {
    const directory = path.join(shell.project, 'long')
    mkdirSync(directory)
    writeFileSync(path.join(directory, 'a.md'), '---\nlabel: human\n---\nNew.\n')
    writeFileSync(
      path.join(directory, 'b.md'),
      `---\nlabel: project\n---\n${'x'.repeat(100_001)}\n`,
    )
    const before = await value('human')
    const { code, stderr } = await shell.letta(['memory', 'import', 'long', '--yes', '--json'])
    expect([code, stderr]).to.deep.equal([
      1,
      line(
        importRejected([`${path.join(directory, 'b.md')}: 100001 characters, the limit is 100000`]),
      ),
    ])
    expect(await value('human')).to.equal(before)
  })

  it('asks for a confirmation in a terminal, and writes only after a yes', async () => {
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

describe('The stored conversation', () => {
  let shell: Shell
  before(async () => {
    shell = await openShell([{ text: 'Good day.' }, { text: 'It rains.' }, { text: 'Other.' }])
    await shell.letta(['-p', 'Hello there', '-n', 'Ada'])
    await shell.letta(['-p', 'How is the weather?'])
  })
  after(() => shell.close())

  it('is listed and searched by letta messages, oldest message first', async () => {
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

  it('is not listed, and no message is sent, without a person where only a file of the directory names its agent', async () => {
    const { lastAgent } = Object(shell.settings('project', 'settings.local.json'))
    shell.write('clone/.letta/settings.local.json', JSON.stringify({ lastAgent }))
    const reads = [
      ['messages', 'list'],
      ['messages', 'search', 'Hello'],
      ['memory', 'list'],
      ['memory', 'show', 'human'],
      ['memory', 'diff'],
      ['memory', 'export', 'files'],
      ['conversations', 'list'],
      ['-p', 'What do you remember?'],
      ['-p', 'What do you remember?', '--continue'],
    ]
    for (const argv of reads) {
      const { code, stdout, stderr } = await shell.letta([...argv, '-C', 'clone'])
      expect([argv, code, stdout]).to.deep.equal([argv, 1, ''])
      expect(stderr).to.include(agentUnknownHere(lastAgent).message)
    }
    const list = ['messages', 'list', '-C', 'clone']
    expect((await shell.letta([...list, '--agent', lastAgent])).stdout).to.include('Hello there')
    expect((await shell.letta(list, { terminal: true })).stdout).to.include('Hello there')
    // Looking at it does not make it the agent of the directory.
    expect((await shell.letta(list)).code).to.equal(1)
  })

  it('is listed by a script where an earlier version has noted only that it was continued there', async () => {
    const isListed = async (): Promise<boolean> => {
      const { stdout } = await shell.letta(['messages', 'list'])
      return stdout.includes('Hello there')
    }
    const noted = ['directories.json', 'conversation-places.json'] as const
    const [agents, places] = noted.map((name) => path.join(shell.home, '.letta', name))
    const known = new Map([agents, places].map((file = '') => [file, readFileSync(file)]))
    const forget = (file = ''): void => writeFileSync(file, '{}')
    forget(agents)
    expect(await isListed()).to.equal(true)
    forget(places)
    expect(await isListed()).to.equal(false)
    for (const [file, text] of known) writeFileSync(file, text)
    forget(places)
    expect(await isListed()).to.equal(true)
    for (const [file, text] of known) writeFileSync(file, text)
  })

  it('ends with letta agents delete, which requires the id that letta agents list prints', async () => {
    const { stdout } = await shell.letta(['agents', 'list'])
    const [, id = ''] = /^\* (agent-\S+) {2}Ada {2}openai\/scripted\n$/.exec(stdout) ?? []
    expect((await shell.letta(['agents', 'delete', id])).code).to.equal(2)
    expect((await shell.letta(['agents', 'delete', 'nobody', '--yes'])).code).to.equal(1)
    const deleted = await shell.letta(['agents', 'delete', id, '--yes'])
    expect(deleted).to.deep.equal({ code: 0, stdout: `${agentDeleted('Ada', id)}\n`, stderr: '' })
    expect(JSON.parse((await shell.letta(['agents', 'list', '--json'])).stdout)).to.deep.equal([])
    const none = await shell.letta(['memory', 'list'])
    expect([none.code, none.stderr.split('\n')[0]]).to.deep.equal([
      1,
      line(NO_AGENT_HERE).trimEnd(),
    ])
    expect((await shell.letta(['-p', 'Again'])).stdout).to.equal('Other.\n')
  })
})

describe('The name of a directory', () => {
  it('is on one line wherever it is printed, and that of its agent contains only what is seen', async () => {
    const shell = await openShell([{ text: 'Good day.' }])
    const name = 'a\nletta: trusted\u202e\u200bb'
    mkdirSync(path.join(shell.project, name))
    const run = (...argv: readonly string[]) => shell.letta([...argv, '-C', name])
    const info = await run('--info')
    const trusted = await run('trust')
    const said = await run('-p', 'Hello')
    const { stdout } = await run('agents', 'list', '--json')
    await shell.close()
    const shown = [info.stdout, trusted.stdout, said.stderr].join('\n')
    expect(shown).to.not.match(/^letta: trusted/m)
    expect(info.stdout).to.include('a⏎letta: trusted')
    expect(trusted.stdout.trimEnd().split('\n')).to.have.length(1)
    expect(said.stderr).to.include(agentCreated('a letta: trusted b'))
    expect(JSON.parse(stdout).map((agent: { name: string }) => agent.name)).to.deep.equal([
      'a letta: trusted b',
    ])
  })
})
