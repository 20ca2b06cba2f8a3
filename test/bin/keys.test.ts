import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import path from 'node:path'
import { Letta } from '@letta-ai/letta-client'
import { expect } from 'chai'
import { line } from '../../bin/messages.ts'
import { openRecording } from '../../bin/recording-file.ts'
import { unexpectedSecret } from '../../lib/cli/messages.ts'
import { connect } from '../../lib/client/connect.ts'
import { createGateway } from '../../lib/client/gateway/gateway.ts'
import { INVALID_KEY, notEncrypted, URL_WITH_PASSWORD } from '../../lib/client/messages.ts'
import type { StreamPart } from '../../lib/client/stream/decode.ts'
import { defaultThread } from '../../lib/util/thread.ts'
import { type CommandResult, openShell, type Shell } from '../support/command-line.ts'

/** Does not have the form of a key, so that only code that knows it can remove it. */
const KEY = 'Canary_Quartz_7781'
const PASSWORD = 'Canary_Basalt_4410'

describe('A key', () => {
  let shell: Shell
  let server: Server | null = null
  afterEach(async () => {
    server?.close()
    server = null
    await shell.close()
  })

  /** Files below a directory that contain the text. */
  const filesWith = (directory: string, text: string): readonly string[] =>
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(path.join(directory, name)).isFile())
      .filter((name) => readFileSync(path.join(directory, name)).includes(text))
      .sort()
  const root = (): string => path.dirname(shell.home)
  const seen = (ran: CommandResult): boolean => /Canary/.test(ran.stdout + ran.stderr)

  /** A Letta server that repeats the key in its errors. */
  const startEchoServer = async (): Promise<string> => {
    const listening = createServer((request, response) => {
      response.writeHead(401, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ detail: `Wrong: ${request.headers.authorization}` }))
    })
    server = listening
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
    const address = listening.address()
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  }

  it('is sent to the provider, and is in no tool, prompt, response, recording or database', async () => {
    shell = await openShell([
      { calls: [{ name: 'Bash', args: { command: 'env; tr "\\0" " " < /proc/self/cmdline' } }] },
      { text: 'Done.' },
    ])
    const environment = { OPENAI_API_KEY: KEY, LETTA_SERVER_PASSWORD: PASSWORD }
    const argv = ['-p', 'Look around', '--yolo', '--record', 'run.jsonl']
    const ran = await shell.letta([...argv, '--output-format', 'stream-json'], { environment })
    expect([ran.code, seen(ran)]).to.deep.equal([0, false])
    const { requests } = shell.model
    expect(requests.map(({ headers }) => headers['authorization'])).to.deep.equal(
      requests.map(() => `Bearer ${KEY}`),
    )
    expect(JSON.stringify(requests.map(({ body }) => body)))
      .to.include('OPENAI_BASE_URL')
      .and.not.include('Canary')
    expect(filesWith(root(), 'Canary')).to.deep.equal([])
  })

  it('is not printed when it is invalid in a header, with a line break or other characters', async () => {
    shell = await openShell()
    for (const wrong of ['Canary one\nCanary two', 'Canary\tthree\r\nfour', 'Canary😀']) {
      const letta = { LETTA_API_KEY: wrong, LETTA_BASE_URL: 'http://127.0.0.1:9' }
      for (const argv of [
        ['-p', 'Hello'],
        ['agents', 'list'],
      ]) {
        const ran = await shell.letta(argv, { environment: letta })
        expect([ran.code, seen(ran)], argv.join(' ')).to.deep.equal([1, false])
        expect(ran.stderr).to.include(INVALID_KEY.message)
      }
      for (const provider of ['OPENAI', 'ANTHROPIC']) {
        const environment = {
          OPENAI_API_KEY: undefined,
          OPENAI_BASE_URL: undefined,
          [`${provider}_API_KEY`]: wrong,
          [`${provider}_BASE_URL`]: shell.model.url,
        }
        const ran = await shell.letta(['-p', 'Hello', '--output-format', 'json'], { environment })
        expect([ran.code, seen(ran)], provider).to.deep.equal([1, false])
      }
    }
    expect(filesWith(root(), 'Canary')).to.deep.equal([])
  })

  it('is saved in the settings of the user only, readable by the user only', async () => {
    shell = await openShell([{ text: 'Done.' }])
    const file = path.join(shell.home, '.letta', 'settings.json')
    mkdirSync(path.dirname(file))
    writeFileSync(file, JSON.stringify({ env: { OPENAI_API_KEY: KEY } }), { mode: 0o644 })
    const environment = { OPENAI_API_KEY: undefined }
    const argv = ['-p', 'Hello', '--record', 'run.jsonl', '--output-format', 'json']
    const ran = await shell.letta(argv, { environment })
    expect([ran.code, seen(ran)]).to.deep.equal([0, false])
    expect(shell.model.requests[0]?.headers['authorization']).to.equal(`Bearer ${KEY}`)
    expect(filesWith(root(), 'Canary')).to.deep.equal(['home/.letta/settings.json'])
    expect((statSync(file).mode & 0o777).toString(8)).to.equal('600')
  })

  it('is redacted where a tool prints the settings or the environment, but not in files of the project', async () => {
    const settings = path.join('..', 'home', '.letta', 'settings.json')
    const bash = (command: string) => ({ calls: [{ name: 'Bash', args: { command } }] })
    const read = (file: string) => ({ calls: [{ name: 'Read', args: { file_path: file } }] })
    shell = await openShell([
      bash(`cat ${settings}`),
      read(path.join('..', 'home', '.letta', 'settings.json')),
      read('.env'),
      { text: 'Done.' },
    ])
    shell.write('.env', `OPENAI_API_KEY=${KEY}\n`)
    mkdirSync(path.join(shell.home, '.letta'))
    const env = { OPENAI_API_KEY: KEY, LETTA_API_KEY: PASSWORD }
    writeFileSync(path.join(shell.home, '.letta', 'settings.json'), JSON.stringify({ env }))
    const argv = ['-p', 'Look around', '--yolo', '--backend', 'embedded']
    const ran = await shell.letta(argv, { environment: { OPENAI_API_KEY: undefined } })
    expect([ran.code, ran.stdout]).to.deep.equal([0, 'Done.\n'])
    const last = shell.model.requests.at(-1)?.body.messages ?? []
    const results = last.flatMap(({ role, content }) => (role === 'tool' ? [String(content)] : []))
    const counts = results.map((text) => [
      text.split('[hidden]').length - 1,
      text.split('Canary').length - 1,
    ])
    expect(counts).to.deep.equal([
      [2, 0],
      [2, 0],
      [0, 1],
    ])
  })

  it('is redacted in errors of a provider', async () => {
    const body = { error: { message: `Incorrect API key provided: ${KEY}` } }
    shell = await openShell([{ error: { status: 401, body }, sticky: true }])
    const environment = { OPENAI_API_KEY: KEY }
    for (const format of ['text', 'json', 'stream-json']) {
      const argv = ['-p', 'Hello', '--record', 'run.jsonl', '--output-format', format]
      const ran = await shell.letta(argv, { environment })
      expect([format, ran.code, seen(ran)]).to.deep.equal([format, 1, false])
      expect(ran.stdout + ran.stderr).to.include('rejected the API key')
    }
    expect(filesWith(root(), 'Canary')).to.deep.equal([])
  })

  it('is redacted in errors of a Letta server', async () => {
    shell = await openShell()
    const url = await startEchoServer()
    const environment = { LETTA_BASE_URL: url, LETTA_API_KEY: KEY }
    for (const argv of [
      ['-p', 'Hello', '--record', 'run.jsonl'],
      ['agents', 'list'],
    ]) {
      const ran = await shell.letta(argv, { environment })
      expect([argv, ran.code, seen(ran)]).to.deep.equal([argv, 1, false])
      expect(ran.stderr).to.include(`${url} answered 401: Wrong: Bearer [hidden]`)
    }
    expect(filesWith(root(), 'Canary')).to.deep.equal([])
  })

  it('is redacted in an error in the middle of a stream', async () => {
    shell = await openShell()
    const error = { error_type: 'llm_error', message: `No: ${KEY}`, detail: `${KEY} is bad` }
    const client = new Letta({
      baseURL: 'http://letta.test',
      apiKey: KEY,
      fetch: async () => new Response(`data: ${JSON.stringify({ error })}\n\n`),
    })
    const gateway = createGateway({ type: 'cloud', url: null, client, close: async () => {} })
    const parts: StreamPart[] = []
    const { signal } = new AbortController()
    const input = { message: { otid: 'm1', text: 'Hello', reminder: null }, replies: [] }
    for await (const part of gateway.turns.stream(defaultThread('agent-1'), input, {
      maxSteps: null,
      signal,
    })) {
      parts.push(part)
    }
    const cleaned = { type: 'llm_error', message: 'No: [hidden]', detail: '[hidden] is bad' }
    expect(parts).to.deep.equal([{ type: 'error', error: cleaned }])
  })

  it('is redacted in a recording from the moment that it is entered', async () => {
    shell = await openShell()
    const file = path.join(shell.project, 'run.jsonl')
    const { record, hide } = openRecording(file, { directory: '/p', environment: {}, now: 0 })
    hide(KEY)
    const notice = {
      type: 'notice.posted',
      id: 'n1',
      level: 'info',
      text: `It is ${KEY}.`,
      hint: null,
    }
    record(notice)
    expect(readFileSync(file, 'utf8')).to.include('It is [hidden].')
    expect(filesWith(root(), 'Canary')).to.deep.equal([])
  })

  it('is not sent over an unencrypted connection without a warning', async () => {
    shell = await openShell()
    const warningsOf = async (url: string, password: string | null): Promise<readonly string[]> => {
      const notices: string[] = []
      await connect({ type: 'selfHosted', url, password }, (notice) => notices.push(notice))
      return notices
    }
    expect(await warningsOf('http://box.lan:8283', KEY)).to.deep.equal([
      notEncrypted('http://box.lan:8283'),
    ])
    for (const url of [
      'https://box.lan',
      'http://localhost:8283',
      'http://127.0.0.1:1',
      'http://[::1]:1',
    ]) {
      expect(await warningsOf(url, KEY)).to.deep.equal([])
    }
    expect(await warningsOf('http://box.lan:8283', null)).to.deep.equal([])
  })

  it('is not printed when it is given on the command line', async () => {
    shell = await openShell()
    for (const argv of [
      ['login', KEY],
      ['connect', KEY],
      ['connect', 'anthropic', KEY],
      ['login', `--key=${KEY}`],
    ]) {
      const ran = await shell.letta(argv)
      expect([argv, ran.code > 0, seen(ran)]).to.deep.equal([argv, true, false])
    }
    expect((await shell.letta(['login', KEY])).stderr).to.equal(line(unexpectedSecret('login')))
    expect(filesWith(root(), 'Canary')).to.deep.equal([])
  })

  it('is rejected and not printed when it is in a URL', async () => {
    shell = await openShell()
    const environment = { LETTA_BASE_URL: `http://me:${PASSWORD}@127.0.0.1:1` }
    for (const argv of [['-p', 'Hello'], ['agents', 'list'], ['--info']]) {
      const ran = await shell.letta(argv, { environment })
      expect([argv, seen(ran)]).to.deep.equal([argv, false])
    }
    const asFlag = ['-p', 'Hello', '--backend', `http://me:${PASSWORD}@127.0.0.1:1`]
    const ran = await shell.letta(asFlag)
    expect(ran).to.deep.equal({
      code: 1,
      stdout: '',
      stderr: line(`${URL_WITH_PASSWORD.message}\n  ${URL_WITH_PASSWORD.hint}`),
    })
    expect(filesWith(root(), 'Canary')).to.deep.equal([])
  })
})
