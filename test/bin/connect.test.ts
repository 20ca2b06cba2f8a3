import { readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { toShellMessage } from '../../lib/cli/shell-message.ts'
import { errorResponse, KEY_REJECTED_HINT, providerWarning } from '../../lib/client/messages.ts'
import { type ServedLetta, serve } from '../../lib/server/serve.ts'
import {
  invalidUrl,
  keyHasInvalidCharacters,
  NOTHING_STORED,
  noKeyEntered,
  signedOut,
  stillSet,
} from '../../lib/session/messages.ts'
import { openShell, type Shell } from '../support/command-line.ts'
import { startModelEndpoint } from '../support/model-endpoint.ts'
import { scriptedProvider } from '../support/scripted-provider.ts'

const KEY = 'sk-very-secret-1234567890'
const NOTHING = { OPENAI_API_KEY: undefined, OPENAI_BASE_URL: undefined }

describe('letta connect', () => {
  let shell: Shell
  beforeEach(async () => {
    shell = await openShell([{ text: 'Good day.' }])
  })
  afterEach(() => shell.close())

  const kept = (): unknown => Object(shell.settings('home', 'settings.json')).env

  it('tests an endpoint, keeps it for the user alone, and uses it from then on', async () => {
    const ran = await shell.letta(['connect', 'endpoint'], {
      input: `${shell.model.url}/\n${KEY}\n`,
      environment: NOTHING,
    })
    expect(ran).to.deep.equal({
      code: 0,
      stdout: 'openai/scripted\nopenai/other\n',
      stderr: 'letta: OpenAI-compatible endpoint: tested, and kept in your settings.\n',
    })
    expect(kept()).to.deep.equal({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: shell.model.url })
    const file = path.join(shell.home, '.letta', 'settings.json')
    expect(statSync(file).mode & 0o777).to.equal(0o600)
    const { stdout } = await shell.letta(['-p', 'Hello'], { environment: NOTHING })
    expect(stdout).to.equal('Good day.\n')
    expect(shell.model.requests[0]?.headers['authorization']).to.equal(`Bearer ${KEY}`)
  })

  it('keeps nothing of a key that is refused, and does not say it', async () => {
    const refusing = await startModelEndpoint({ turns: [], lists: { status: 401 } })
    try {
      const ran = await shell.letta(['connect', 'endpoint'], {
        input: `${refusing.url}\n${KEY}\n`,
        environment: NOTHING,
      })
      expect(ran.code).to.equal(1)
      expect(ran.stderr).to.match(/^letta: OpenAI-compatible endpoint rejected the API key \(401\)/)
      expect(ran.stderr + ran.stdout).to.not.include(KEY)
      expect(kept()).to.equal(undefined)
    } finally {
      await refusing.close()
    }
  })

  it('is named where a key is refused, or nobody answers, and so there is no model', async () => {
    const refusing = await startModelEndpoint({ turns: [], lists: { status: 401 } })
    const said = async (url: string): Promise<string> => {
      const environment = { ...NOTHING, OPENAI_API_KEY: KEY, OPENAI_BASE_URL: url }
      return (await shell.letta(['-p', 'Hello'], { environment })).stderr
    }
    try {
      const stderr = await said(refusing.url)
      expect(stderr).to.match(/^OpenAI-compatible endpoint rejected the API key \(401\)/)
      expect(stderr).to.include(toShellMessage(providerWarning('')))
    } finally {
      await refusing.close()
    }
    const stderr = await said(refusing.url)
    expect(stderr).to.match(/^Cannot connect to OpenAI-compatible endpoint at /)
    expect(stderr).to.include(toShellMessage(providerWarning('')))
  })

  it('is forgotten by letta logout, with all other keys and nothing else', async () => {
    const input = `${shell.model.url}\n${KEY}\n`
    await shell.letta(['connect', 'endpoint'], { input, environment: NOTHING })
    const file = path.join(shell.home, '.letta', 'settings.json')
    const stored = JSON.parse(readFileSync(file, 'utf8'))
    writeFileSync(file, JSON.stringify({ ...stored, env: { ...stored.env, EDITOR: 'vi' } }))
    expect(await shell.letta(['logout'], { environment: NOTHING })).to.deep.equal({
      code: 0,
      stdout: '',
      stderr: `letta: ${signedOut(['OPENAI_API_KEY', 'OPENAI_BASE_URL'])}\n`,
    })
    expect(kept()).to.deep.equal({ EDITOR: 'vi' })
    writeFileSync(file, `{"env": {"OPENAI_API_KEY": "${KEY}"},}`)
    const broken = await shell.letta(['logout'], { environment: NOTHING })
    expect([broken.code, broken.stdout, broken.stderr.includes(KEY)]).to.deep.equal([1, '', false])
    expect(broken.stderr).to.include(`${file}:1:57: a comma before "}" is not allowed`)
    writeFileSync(file, '{}')
    const environment = { ...NOTHING, LETTA_API_KEY: KEY }
    expect(await shell.letta(['logout'], { environment })).to.deep.equal({
      code: 0,
      stdout: '',
      stderr: `letta: ${NOTHING_STORED}\nletta: ${stillSet(['LETTA_API_KEY'])}\n`,
    })
  })

  it('says what is wrong with what it was given', async () => {
    const said = async (argv: readonly string[], input = ''): Promise<string> =>
      (await shell.letta(['connect', ...argv], { input, environment: NOTHING })).stderr
    expect(await said(['anthropc'])).to.equal(
      'letta: There is nothing called "anthropc" to connect.\n  Did you mean anthropic?\n',
    )
    expect(await said([])).to.include('letta connect NAME, one of: anthropic, openai')
    expect(await said(['anthropic'])).to.equal(`letta: ${noKeyEntered('Anthropic')}\n`)
    expect(await said(['anthropic'], 'two words\n')).to.include(
      keyHasInvalidCharacters('Anthropic'),
    )
    expect(await said(['endpoint'], 'localhost\n\n')).to.include(invalidUrl('localhost').message)
    expect(kept()).to.equal(undefined)
  })
})

describe('letta login', () => {
  let shell: Shell
  let server: ServedLetta
  before(async () => {
    shell = await openShell()
    const own = { database: ':memory:', providers: [scriptedProvider()], token: KEY }
    server = await serve({ ...own, host: '127.0.0.1', port: 0 })
  })
  after(async () => {
    await server.close()
    await shell.close()
  })

  const login = (input: string, url = server.url) =>
    shell.letta(['login', '--backend', url], { input, environment: NOTHING })

  it('refuses a wrong password and a server that is not there, each in one line', async () => {
    const wrong = await login('guess\n')
    expect([wrong.code, wrong.stderr]).to.deep.equal([
      1,
      `letta: ${errorResponse(server.url, 401, 'Unauthorized')}\n  ${toShellMessage(KEY_REJECTED_HINT)}\n`,
    ])
    const nobody = await login('guess\n', 'http://127.0.0.1:1')
    expect(nobody.stderr).to.match(
      /^letta: Failed to connect to Letta server http:\/\/127.0.0.1:1\n/,
    )
    expect(shell.settings('home', 'settings.json')).to.equal(null)
  })

  it('keeps address and password of a server of one’s own', async () => {
    expect(await login(`${KEY}\n`)).to.deep.equal({
      code: 0,
      stdout: '',
      stderr: 'letta: Self-hosted Letta server: signed in. letta uses it from now on.\n',
    })
    const { stdout } = await shell.letta(['--info'], { environment: NOTHING })
    expect(stdout).to.match(new RegExp(`^server +${server.url}`, 'm'))
    expect(stdout).to.not.include(KEY)
  })
})
