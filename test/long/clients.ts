// The clients of others against letta serve: npx mocha test/long/clients.ts (their packages come from PyPI)
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { type ModelEndpoint, startModelEndpoint, type Turn } from '../support/model-endpoint.ts'
import { pythonPrograms } from '../support/python.ts'
import { type Serving, serving } from '../support/serving.ts'

const INSTALLING_MS = 300_000
const HELLO: Turn = {
  match: { last: 'Say hello' },
  sticky: true,
  reasoning: 'A greeting.',
  text: 'Hello there, friend.',
}

describe('letta serve', function () {
  this.timeout(INSTALLING_MS)
  let model: ModelEndpoint
  let server: Serving
  let home: string

  before(async () => {
    home = mkdtempSync(path.join(tmpdir(), 'letta-clients-'))
    mkdirSync(path.join(home, 'project'))
    model = await startModelEndpoint({ turns: [HELLO] })
    server = await serving({ OPENAI_API_KEY: 'key', OPENAI_BASE_URL: model.url })
  })
  after(async () => {
    await server.stop()
    await model.close()
    rmSync(home, { recursive: true, force: true })
  })
  beforeEach(() => model.setTurns([HELLO]))

  /** A client in a folder of its own, told by its environment where the server is. */
  const run = (program: string, ...argv: readonly string[]): Promise<Ended> =>
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
      child.stdin?.end()
    })

  it('serves the Python client: agents, memory, streams, approvals', async () => {
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
    const { code, stdout, stderr } = await run(python, '-W', 'ignore', script)
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
      { whole: [['reasoning_message', 'assistant_message'], 'end_turn'] },
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
})

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const END = ['stop_reason', 'usage_statistics']

function linesOf(text: string): readonly unknown[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
}
