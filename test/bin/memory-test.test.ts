import { readdirSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import {
  calledTools,
  copiesSend,
  EMBEDDED_SERVER_OF_TESTS,
  line,
  NO_MEMORY_TESTS_HINT,
  SAME_ANSWERS,
  testFaults,
  testsDone,
  untrustedQuestions,
  WITHOUT_REQUIRED,
} from '../../bin/messages.ts'
import { EXIT_CODES } from '../../lib/cli/exit-codes.ts'
import { blockNotFound, fileError, TEST_EXPECTS_NOTHING } from '../../lib/memory/messages.ts'
import { openShell, type Shell } from '../support/command-line.ts'

const TESTS = '.letta/memory-tests'

describe('letta memory test', () => {
  let shell: Shell
  before(async () => {
    shell = await openShell([{ text: 'Good day.' }])
    await shell.letta(['-p', 'Hello there'])
    await shell.letta(['memory', 'edit', 'human'], { input: 'Name: Ada\nLikes tea.' })
  })
  after(() => shell.close())

  const facts = async (): Promise<readonly string[]> => {
    const commands = [
      ['memory', 'list'],
      ['memory', 'log', 'human'],
      ['messages', 'list'],
      ['agents', 'list'],
    ]
    const outputs: string[] = []
    for (const argv of commands) outputs.push((await shell.letta([...argv, '--json'])).stdout)
    return outputs
  }

  it('asks a copy of the agent, and reports what is missing, forbidden or called', async () => {
    shell.write(`${TESTS}/drink.md`, '---\nexpected: tea\n---\nWhat do I drink?\n')
    shell.write(
      `${TESTS}/name.md`,
      '---\nexpected: Ada\nforbidden: Bea\nforbidden-tools: "*"\n---\nWho am I?\n',
    )
    const insert = { name: 'memory_insert', args: { label: 'human', new_string: 'Is Bea.' } }
    const write = { name: 'Write', args: { file_path: 'bea.txt', content: 'Bea' } }
    shell.model.setTurns([
      { match: { last: 'What do I drink' }, text: 'You like *Tea*.' },
      { match: { last: 'Who am I' }, calls: [insert, write] },
      { text: 'You are Bea.' },
    ])
    const before = await facts()
    const files = readdirSync(shell.project)
    const { code, stdout, stderr } = await shell.letta(['memory', 'test'])
    const [first, second, ...rest] = stdout
      .replaceAll(/ +\d+\.\d s/g, ' TIME')
      .trimEnd()
      .split('\n')
    expect([code, first]).to.deep.equal([1, '✓ drink TIME'])
    const tools = ['memory_insert', 'Write']
    expect(second).to.equal(
      `✗ name TIME  ${testFaults({ missing: ['Ada'], found: ['Bea'], tools })}`,
    )
    expect(rest.at(-1)).to.equal(testsDone(1, 1))
    expect(rest.join('\n')).to.include(calledTools(tools))
    expect(stderr).to.include(line(untrustedQuestions(TESTS)).trim())
    // No write reached the agent, its conversation, the list of agents, or the project.
    expect(await facts()).to.deep.equal(before)
    expect(readdirSync(shell.project)).to.deep.equal(files)
    expect(shell.model.remaining()).to.equal(0)
  })

  it('says before it begins what is sent where, and prints JSON', async () => {
    shell.model.setTurns([{ text: 'Tea.' }])
    const file = path.join(TESTS, 'drink.md')
    const { code, stdout, stderr } = await shell.letta(['memory', 'test', file, '--json'])
    const { agent, model, passed, failed, tests } = JSON.parse(stdout)
    expect({ code, passed, failed }).to.deep.equal({ code: 0, passed: 1, failed: 0 })
    const { stdout: list } = await shell.letta(['memory', 'list', '--json'])
    const values: string[] = JSON.parse(list).map(({ value }: { value: string }) => value)
    const characters = values.reduce((sum, value) => sum + value.length, 0)
    const sent = { questions: 1, agent, blocks: values.length, characters, model }
    expect(stderr).to.equal(line(copiesSend({ ...sent, server: EMBEDDED_SERVER_OF_TESTS })))
    expect(tests[0]).to.deep.include({ name: 'drink', passed: true, answer: 'Tea.', tools: [] })
    expect(JSON.stringify(shell.model.requests[0]?.body)).to.include('Likes tea.')
  })

  it('asks nothing while a file is not understood', async () => {
    shell.write('bad/one.md', 'What?\n')
    shell.model.setTurns([])
    const { code, stderr } = await shell.letta(['memory', 'test', 'bad'])
    const file = path.join(shell.project, 'bad/one.md')
    expect([code, stderr.split('\n')[0]]).to.deep.equal([
      1,
      line(fileError(`${file}:1`, TEST_EXPECTS_NOTHING)).trimEnd(),
    ])
    expect(stderr).to.include(NO_MEMORY_TESTS_HINT)
    expect(shell.model.requests).to.have.length(0)
  })

  it('counts a question that the model does not answer as failed', async () => {
    shell.model.setTurns([
      { error: { status: 400, body: { error: { message: 'no such model' } } } },
    ])
    const { code, stdout } = await shell.letta(['memory', 'test', path.join(TESTS, 'drink.md')])
    expect(code).to.equal(1)
    expect(stdout).to.match(/✗ drink.*no such model/)
    expect(stdout).to.include(testsDone(0, 1))
  })

  it('ends with the signal as exit code when it is stopped', async () => {
    const before = await facts()
    shell.model.setTurns([{ text: 'Tea', hang: true }])
    const ended = shell.letta(['memory', 'test', path.join(TESTS, 'drink.md')])
    while (shell.model.requests.length === 0) await new Promise(setImmediate)
    // The copy that is asked is not in the database of the user.
    expect(await facts()).to.deep.equal(before)
    process.emit('SIGTERM')
    const { code, stdout } = await ended
    expect([code, stdout]).to.deep.equal([EXIT_CODES.terminated, ''])
  })
})

describe('letta memory ask', () => {
  let shell: Shell
  before(async () => {
    shell = await openShell([{ text: 'Good day.' }])
    await shell.letta(['-p', 'Hello there'])
    await shell.letta(['memory', 'edit', 'human'], { input: 'Name: Ada\nLikes tea.' })
  })
  after(() => shell.close())

  it('answers with and without a line, and changes nothing', async () => {
    const stored = await shell.letta(['memory', 'log', 'human', '--json'])
    shell.model.setTurns([
      { match: { system: 'Likes tea' }, text: 'Tea.' },
      { text: 'I do not know.' },
    ])
    const ask = ['memory', 'ask', '--without', 'human:2', 'What do I drink?']
    const { code, stdout } = await shell.letta(ask)
    expect(code).to.equal(0)
    expect(stdout).to.equal('── with\nTea.\n\n── without human:2\nI do not know.\n')
    const [first, second] = shell.model.requests.map(({ body }) => JSON.stringify(body))
    expect(first).to.include('Likes tea.')
    expect(second).to.include('Name: Ada').and.not.include('Likes tea.')
    expect((await shell.letta(['memory', 'log', 'human', '--json'])).stdout).to.equal(stored.stdout)
  })

  it('prints JSON, and reports answers that are the same', async () => {
    shell.model.setTurns([{ text: 'Hm.' }, { text: 'Hm.' }])
    const ask = ['memory', 'ask', '--without', 'persona', 'What?']
    expect((await shell.letta(ask)).stderr).to.include(SAME_ANSWERS)
    shell.model.setTurns([{ text: 'A' }, { text: 'B' }])
    const { stdout } = await shell.letta([...ask, '--json'])
    const { complete, without, leftOut } = JSON.parse(stdout)
    expect([complete.answer, without.answer, leftOut]).to.deep.equal(['A', 'B', 'persona'])
  })

  it('names what is missing before it asks', async () => {
    shell.model.setTurns([])
    const { code, stderr } = await shell.letta(['memory', 'ask', 'What?'])
    expect([code, stderr]).to.deep.equal([2, line(WITHOUT_REQUIRED)])
    const unknown = await shell.letta(['memory', 'ask', '--without', 'humn', 'What?'])
    expect(unknown.stderr).to.include(blockNotFound('humn'))
    expect(shell.model.requests).to.have.length(0)
  })
})
