// Clients of other projects against `letta serve`: npx mocha test/long/clients.ts (installs them from PyPI).
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { type LettaServe, startLettaServe } from '../support/letta-serve.ts'
import {
  type ModelEndpoint,
  type ScriptedAnswer,
  startModelEndpoint,
} from '../support/model-endpoint.ts'
import { pythonPrograms } from '../support/python.ts'

const INSTALL_TIMEOUT_MS = 300_000
const HELLO: ScriptedAnswer = {
  match: { last: 'Say hello' },
  sticky: true,
  reasoning: 'A greeting.',
  text: 'Hello there, friend.',
}

describe('The command letta serve', function () {
  this.timeout(INSTALL_TIMEOUT_MS)
  let model: ModelEndpoint
  let server: LettaServe
  let home: string

  before(async () => {
    home = mkdtempSync(path.join(tmpdir(), 'letta-clients-'))
    mkdirSync(path.join(home, 'project'))
    model = await startModelEndpoint({ turns: [HELLO] })
    server = await startLettaServe({ OPENAI_API_KEY: 'key', OPENAI_BASE_URL: model.url })
  })
  after(async () => {
    // Undefined when it could not start; the model must be closed nevertheless.
    await server?.stop()
    await model.close()
    rmSync(home, { recursive: true, force: true })
  })
  beforeEach(() => model.setTurns([HELLO]))

  /** Runs a client in a separate directory, with the address of the server in its environment. */
  const run = (program: string, argv: readonly string[], input = ''): Promise<ClientResult> =>
    new Promise((resolve) => {
      const env = {
        PATH: process.env['PATH'],
        HOME: home,
        LETTA_BASE_URL: server.url,
        LETTA_API_KEY: server.token,
      }
      const cwd = path.join(home, 'project')
      const child = execFile(program, argv, { cwd, env }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : (child.exitCode ?? -1), stdout, stderr }),
      )
      child.stdin?.end(input)
    })

  it('serves agents, memory, streams and approvals to the Python client', async () => {
    const programs = await pythonPrograms('letta-client==1.12.1')
    model.addTurns([
      {
        match: { last: 'list the files' },
        text: 'I look.',
        calls: [{ name: 'Bash', args: { command: 'ls' } }],
      },
      { match: { last: 'a\\.txt' }, text: 'One file.' },
    ])
    const script = path.join(import.meta.dirname, 'letta-client.py')
    const python = path.join(programs, 'python')
    const { code, stdout, stderr } = await run(python, ['-W', 'ignore', script])
    expect(code, stderr).to.equal(0)
    expect(linesOf(stdout)).to.deep.equal([
      { models: ['openai/scripted'] },
      { agent: ['Ada', 'openai/scripted', ['human']] },
      { stream: ['ping', 'reasoning_message', 'assistant_message', ...END] },
      { text: 'Hello there, friend.' },
      { stream: ['ping', 'assistant_message', 'approval_request_message', ...END] },
      { text: 'I look.' },
      { stream: ['ping', 'assistant_message', ...END] },
      { text: 'One file.' },
      { complete: [['reasoning_message', 'assistant_message'], 'end_turn'] },
      {
        history: [
          ...['user_message', 'reasoning_message', 'assistant_message'],
          ...['user_message', 'assistant_message', 'approval_request_message'],
          ...['tool_return_message', 'assistant_message'],
          ...['user_message', 'reasoning_message', 'assistant_message'],
        ],
      },
      { block: 'Name: Sam. Likes tea.' },
      { left: [] },
    ])
  })

  describe('serves Letta Code 0.34.12, which', () => {
    let letta: string

    before(async () => {
      letta = path.join(await pythonPrograms('letta==0.34.12'), 'letta')
    })

    const prompt = (
      text: string,
      format: string,
      ...more: readonly string[]
    ): Promise<ClientResult> =>
      run(letta, ['-p', text, '--backend', 'cloud', '--output-format', format, ...more])
    const newAgent = ['--new-agent', '-m', 'openai/scripted']

    it('prints an answer as text', async () => {
      expect(await prompt('Say hello', 'text', ...newAgent)).to.deep.equal({
        code: 0,
        stdout: 'Hello there, friend.\n',
        stderr: '',
      })
    })

    it('prints an answer as JSON, and another of the same agent', async () => {
      const first = resultOf(await prompt('Say hello', 'json', ...newAgent))
      expect(first).to.deep.include({ subtype: 'success', result: 'Hello there, friend.' })
      const again = resultOf(
        await prompt('Say hello', 'json', '--agent', String(first['agent_id'])),
      )
      expect(again).to.deep.include({ subtype: 'success', agent_id: first['agent_id'] })
    })

    it('prints a stream of events with the handle that the real server gives the model', async () => {
      const ended = await prompt(
        'Say hello',
        'stream-json',
        ...newAgent.with(2, 'openai-proxy/scripted'),
      )
      expect([ended.code, ended.stderr]).to.deep.equal([0, ''])
      expect(kindsOf(ended)).to.deep.equal([
        ...['system init', 'reasoning_message', 'assistant_message', ...END, 'result success'],
      ])
    })

    it('takes a prompt as an event, and searches the messages', async () => {
      const { agent_id } = resultOf(await prompt('Say hello', 'json', ...newAgent))
      const input = { type: 'user', message: { role: 'user', content: 'Say hello' } }
      const format = ['--input-format', 'stream-json', '--output-format', 'stream-json']
      const argv = ['-p', ...format, '--agent', String(agent_id), '--backend', 'cloud']
      const ended = await run(letta, argv, `${JSON.stringify(input)}\n`)
      expect(linesOf(ended.stdout).at(-1)).to.deep.include({ result: 'Hello there, friend.' })
      const search = ['messages', 'search', '--agent', String(agent_id), '--query', 'friend']
      const found: unknown = JSON.parse((await run(letta, search)).stdout)
      expect([found].flat().map((one) => Object(one).content)).to.deep.equal([
        'Hello there, friend.',
        'Hello there, friend.',
      ])
    })

    it('runs a tool on its side', async () => {
      const command = { cmd: 'echo from-the-tool', description: 'Say something' }
      model.setTurns([
        {
          match: { last: 'Run the tool' },
          text: 'I run it.',
          calls: [{ name: 'exec_command', args: command }],
        },
        { match: { last: 'Output:.*from-the-tool' }, text: 'It spoke.' },
      ])
      const ended = await prompt('Run the tool', 'stream-json', '--yolo', ...newAgent)
      expect([ended.code, ended.stderr]).to.deep.equal([0, ''])
      expect(kindsOf(ended)).to.deep.equal([
        ...['system init', 'assistant_message', ...END, 'tool_call_message', 'tool_return_message'],
        ...['assistant_message', ...END, 'result success'],
      ])
      expect(linesOf(ended.stdout).at(-1)).to.deep.include({ num_turns: 2, result: 'It spoke.' })
    })
  })
})

interface ClientResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const END = ['stop_reason', 'usage_statistics']

function linesOf(text: string): readonly Readonly<Record<string, unknown>>[] {
  return text
    .trim()
    .split('\n')
    .map((line) => Object(JSON.parse(line)))
}

function resultOf({ code, stdout, stderr }: ClientResult): Readonly<Record<string, unknown>> {
  expect([code, stderr]).to.deep.equal([0, ''])
  return Object(JSON.parse(stdout))
}

/** The types of the events, without repetitions in a row. */
function kindsOf({ stdout }: ClientResult): readonly string[] {
  const kinds = linesOf(stdout).map(({ type, subtype, message_type }) =>
    String(message_type ?? `${type} ${subtype}`),
  )
  return kinds.filter((kind, index) => kind !== kinds[index - 1])
}
