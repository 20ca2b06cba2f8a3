import { readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { toShellMessage } from '../../bin/io/shell-message.ts'
import {
  accountSelected,
  accountVerified,
  confirmCode,
  environmentWins,
  line,
  NO_ACCOUNTS,
  ON_THIS_MACHINE,
  OPEN_BY_HAND,
  PROVIDER_REQUIRED,
  providerNotFound,
  providerRequiredHint,
  signedIn,
} from '../../bin/messages.ts'
import {
  CODE_EXPIRED,
  errorResponse,
  KEY_REJECTED_HINT,
  providerWarning,
  SIGN_IN_DENIED,
} from '../../lib/client/messages.ts'
import { type ServedLetta, serve } from '../../lib/server/serve.ts'
import { SELF_HOSTED } from '../../lib/session/accounts.ts'
import {
  accountNotFound,
  accountsDeleted,
  invalidUrl,
  keyHasInvalidCharacters,
  LETTA_CLOUD,
  NOTHING_STORED,
  noKeyEntered,
  signedOut,
  stillSet,
  variableInTheWay,
} from '../../lib/session/messages/accounts.ts'
import { modelUnavailable } from '../../lib/session/messages/agents.ts'
import { openShell, type Shell } from '../support/command-line.ts'
import { startModelEndpoint } from '../support/model-endpoint.ts'
import {
  type CloudAnswer,
  PENDING,
  type ScriptedCloud,
  scriptedCloud,
  USER_CODE,
} from '../support/scripted-cloud.ts'
import { scriptedProvider } from '../support/scripted-provider.ts'

const SLOW_DOWN: CloudAnswer = [400, { error: 'slow_down' }]
const DENIED: CloudAnswer = [400, { error: 'access_denied' }]
const EXPIRED: CloudAnswer = [400, { error: 'expired_token' }]
const KEY = 'sk-very-secret-1234567890'
const NOTHING = { OPENAI_API_KEY: undefined, OPENAI_BASE_URL: undefined }

describe('letta connect', () => {
  let shell: Shell
  beforeEach(async () => {
    shell = await openShell([{ text: 'Good day.' }])
  })
  afterEach(() => shell.close())

  it('is named when the provider of the agent is no longer configured, with how to choose another model', async () => {
    await shell.letta(['-p', 'Hello'])
    const { message, hint } = modelUnavailable('openai/scripted')
    const { code, stderr } = await shell.letta(['-p', 'Hello'], { environment: NOTHING })
    expect({ code, stderr }).to.deep.equal({
      code: 1,
      stderr: line(toShellMessage(`${message}\n  ${hint}`)),
    })
    expect(stderr).to.include('letta connect').and.include('letta --model MODEL')
  })

  const saved = (): unknown => Object(shell.settings('home', 'settings.json')).env

  it('verifies an endpoint, saves it readable by the user only, and uses it from then on', async () => {
    const ran = await shell.letta(['connect', 'endpoint'], {
      input: `${shell.model.url}/\n${KEY}\n`,
      environment: NOTHING,
    })
    expect(ran).to.deep.equal({
      code: 0,
      stdout: 'openai/scripted\nopenai/other\n',
      stderr: line(accountVerified('OpenAI-compatible endpoint')),
    })
    expect(saved()).to.deep.equal({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: shell.model.url })
    const file = path.join(shell.home, '.letta', 'settings.json')
    expect(statSync(file).mode & 0o777).to.equal(0o600)
    const { stdout } = await shell.letta(['-p', 'Hello'], { environment: NOTHING })
    expect(stdout).to.equal('Good day.\n')
    expect(shell.model.requests[0]?.headers['authorization']).to.equal(`Bearer ${KEY}`)
  })

  it('takes an address in the place of a provider for that of an endpoint', async () => {
    const address = shell.model.url.replace('http://', '')
    const input = `${KEY}\n`
    const ran = await shell.letta(['connect', address], { input, environment: NOTHING })
    expect(ran).to.include({ code: 0, stdout: 'openai/scripted\nopenai/other\n' })
    const { OPENAI_BASE_URL: url } = Object(saved())
    expect(url).to.equal(shell.model.url)
    const key = await shell.letta(['connect', 'sk-proj.1:x'], { input, environment: NOTHING })
    expect(key).to.include({ code: 1 })
    expect(key.stderr).to.include(providerNotFound(null))
  })

  it('neither saves nor prints a key that the provider rejects', async () => {
    const refusing = await startModelEndpoint({ turns: [], lists: { status: 401 } })
    try {
      const ran = await shell.letta(['connect', 'endpoint'], {
        input: `${refusing.url}\n${KEY}\n`,
        environment: NOTHING,
      })
      expect(ran.code).to.equal(1)
      expect(ran.stderr).to.match(/^letta: OpenAI-compatible endpoint rejected the API key \(401\)/)
      expect(ran.stderr + ran.stdout).to.not.include(KEY)
      expect(saved()).to.equal(undefined)
    } finally {
      await refusing.close()
    }
  })

  it('is suggested when no model is available because a key is rejected or no server answers', async () => {
    const refusing = await startModelEndpoint({ turns: [], lists: { status: 401 } })
    const errorOf = async (url: string): Promise<string> => {
      const environment = { ...NOTHING, OPENAI_API_KEY: KEY, OPENAI_BASE_URL: url }
      return (await shell.letta(['-p', 'Hello'], { environment })).stderr
    }
    try {
      const stderr = await errorOf(refusing.url)
      expect(stderr).to.match(/^letta: OpenAI-compatible endpoint rejected the API key \(401\)/)
      expect(stderr).to.include(toShellMessage(providerWarning('')))
    } finally {
      await refusing.close()
    }
    const stderr = await errorOf(refusing.url)
    expect(stderr).to.match(/^letta: Cannot connect to OpenAI-compatible endpoint at /)
    expect(stderr).to.include(toShellMessage(providerWarning('')))
  })

  it('is undone by letta logout, which deletes all keys and nothing else', async () => {
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
    expect(saved()).to.deep.equal({ EDITOR: 'vi' })
    writeFileSync(file, `{"env": {"OPENAI_API_KEY": "${KEY}"}, 5}`)
    const broken = await shell.letta(['logout'], { environment: NOTHING })
    expect([broken.code, broken.stdout, broken.stderr.includes(KEY)]).to.deep.equal([1, '', false])
    expect(broken.stderr).to.include(`${file}:1:${KEY.length + 33}: `)
    writeFileSync(file, '{}')
    const environment = { ...NOTHING, LETTA_API_KEY: KEY }
    expect(await shell.letta(['logout'], { environment })).to.deep.equal({
      code: 0,
      stdout: '',
      stderr: `letta: ${NOTHING_STORED}\nletta: ${stillSet(['LETTA_API_KEY'])}\n`,
    })
  })

  it('reports what is invalid about its input', async () => {
    const errorOf = async (argv: readonly string[], input = ''): Promise<string> =>
      (await shell.letta(['connect', ...argv], { input, environment: NOTHING })).stderr
    expect(await errorOf(['anthropc'])).to.equal(
      line(`${providerNotFound('anthropc')}\n  Did you mean anthropic?`),
    )
    expect(await errorOf([]))
      .to.include(PROVIDER_REQUIRED)
      .and.include(providerRequiredHint(['anthropic', 'openai']))
    expect(await errorOf(['anthropic'])).to.equal(`letta: ${noKeyEntered('Anthropic')}\n`)
    expect(await errorOf(['anthropic'], 'two words\n')).to.include(
      keyHasInvalidCharacters('Anthropic'),
    )
    expect(await errorOf(['[::1]:9'], `${KEY}\n`)).to.include('[::1]:9')
    expect(await errorOf(['endpoint'], 'localhost\n\n')).to.include(
      invalidUrl('localhost', 'provider').message,
    )
    expect(saved()).to.equal(undefined)
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

  it('reports a wrong password and a server that does not exist', async () => {
    const wrong = await login('guess\n')
    expect([wrong.code, wrong.stderr]).to.deep.equal([
      1,
      `letta: ${errorResponse(server.url, 401, 'Unauthorized')}\n  ${toShellMessage(KEY_REJECTED_HINT)}\n`,
    ])
    const unknown = await login('guess\n', 'http://127.0.0.1:1')
    expect(unknown.stderr).to.match(
      /^letta: Failed to connect to Letta server http:\/\/127.0.0.1:1\n/,
    )
    expect(shell.settings('home', 'settings.json')).to.equal(null)
    expect(shell.settings('home', 'accounts.json')).to.equal(null)
  })

  it('saves URL and password of another server', async () => {
    expect(await login(`${KEY}\n`)).to.deep.equal({
      code: 0,
      stdout: '',
      stderr: line(signedIn(SELF_HOSTED.title, new URL(server.url).host)),
    })
    const { stdout } = await shell.letta(['--info'], { environment: NOTHING })
    expect(stdout).to.match(new RegExp(`^server +${server.url}`, 'm'))
    expect(stdout).to.not.include(KEY)
  })
})

describe('letta login to Letta Cloud', () => {
  let shell: Shell
  let cloud: ScriptedCloud
  before(async () => {
    shell = await openShell()
    cloud = await scriptedCloud()
  })
  after(async () => {
    await cloud.close()
    await shell.close()
  })

  const letta = (argv: readonly string[], terminal = false, more = {}) =>
    shell.letta(argv, {
      terminal,
      environment: {
        ...NOTHING,
        LETTA_CLOUD_URL: cloud.url,
        LETTA_SIGN_IN_URL: cloud.url,
        ...more,
      },
    })

  it('shows a code, waits until it is confirmed in a browser, and uses the account', async () => {
    cloud.polls = [PENDING]
    const { code, stdout, stderr } = await letta(['login'], true)
    expect([code, stdout]).to.deep.equal([0, ''])
    expect(stderr).to.equal(
      [
        confirmCode(USER_CODE, `${cloud.url}/activate?user_code=${USER_CODE}`),
        OPEN_BY_HAND,
        signedIn(LETTA_CLOUD, 'cloud'),
      ]
        .map(line)
        .join(''),
    )
    cloud.model.play({ text: 'Hello.' })
    const { stdout: answer, code: ended } = await letta(['-p', 'Hello'])
    expect([ended, answer]).to.deep.equal([0, 'Hello.\n'])
    expect((await letta(['agents', 'list'])).stdout).to.match(/agent-/)
    const embedded = await letta(['agents', 'list', '--account', 'embedded'])
    expect(embedded.stdout).to.not.match(/agent-/)
  })

  it('waits longer when the server asks for that, and saves nothing when the code is denied or expires', async () => {
    const accounts = shell.settings('home', 'accounts.json')
    const endings = [
      { polls: [SLOW_DOWN, DENIED], reported: SIGN_IN_DENIED },
      { polls: [EXPIRED], reported: CODE_EXPIRED },
    ]
    for (const { polls, reported } of endings) {
      cloud.polls = [...polls]
      const { code, stdout, stderr } = await letta(['login', '--account', 'other'], true)
      expect([code, stdout, cloud.polls]).to.deep.equal([1, '', []])
      expect(stderr).to.include(`letta: ${reported}`)
    }
    expect(shell.settings('home', 'accounts.json')).to.deep.equal(accounts)
  })

  it('renews a token that is rejected, and names the command when that is refused as well', async () => {
    const agentIds = async (): Promise<string> => {
      const { code, stdout, stderr } = await letta(['agents', 'list'])
      return `${code} ${/agent-/.test(stdout)} ${stderr}`
    }
    cloud.rejectTokens(true)
    expect(await agentIds()).to.equal('0 true ')
    const file = `${shell.home}/.letta/accounts.json`
    expect(statSync(file).mode & 0o777).to.equal(0o600)
    const saved = readFileSync(file, 'utf8')
    cloud.rejectTokens(false)
    const refused = await agentIds()
    expect(refused).to.match(/^1 false letta: .*401/)
    expect(refused).to.include(toShellMessage(KEY_REJECTED_HINT))
    expect(readFileSync(file, 'utf8')).to.equal(saved)
    expect((await letta(['login'], true)).stderr).to.include(line(signedIn(LETTA_CLOUD, 'cloud')))
    expect(await agentIds()).to.equal('0 true ')
  })

  it('asks for an API key with --with-key, which is verified', async () => {
    const { code, stderr } = await shell.letta(['login', '--with-key'], {
      input: 'sk-wrong\n',
      environment: { ...NOTHING, LETTA_CLOUD_URL: cloud.url },
    })
    expect([code, stderr.includes('401')]).to.deep.equal([1, true])
  })

  it('has several accounts, of which one is used; each is removed by its name', async () => {
    await letta(['login', '--account', 'work'], true)
    const listed = JSON.parse((await letta(['accounts', 'list', '--json'])).stdout)
    expect(
      listed.map((one: Record<string, unknown>) => [one['name'], one['isCurrent']]),
    ).to.deep.equal([
      ['cloud', false],
      ['work', true],
      ['embedded', false],
    ])
    const used = await letta(['accounts', 'use', 'cloud'])
    expect(used.stderr).to.equal(line(accountSelected('cloud')))
    expect((await letta(['accounts', 'list'])).stdout).to.match(/^\* cloud /m)
    expect((await letta(['accounts', 'remove', 'wrk'])).stderr).to.include(accountNotFound('wrk'))
    await letta(['accounts', 'remove', 'work'])
    expect((await letta(['completion', 'accounts'])).stdout).to.equal(
      `cloud\t${cloud.url}\nembedded\t${ON_THIS_MACHINE}\n`,
    )
    const { stderr } = await letta(['logout'])
    expect(stderr).to.equal(line(accountsDeleted(['cloud'])))
    const none = await letta(['accounts', 'list'])
    expect(none.stdout).to.equal(`* embedded  ${ON_THIS_MACHINE}\n`)
    expect(none.stderr).to.equal(line(NO_ACCOUNTS))
    const elsewhere = await letta(['accounts', 'list'], false, { LETTA_BASE_URL: cloud.url })
    expect(elsewhere.stderr).to.include(line(environmentWins('LETTA_BASE_URL')))
  })

  it('refuses while a variable of the environment would be used in its place', async () => {
    const { code, stderr } = await letta(['login'], true, { LETTA_API_KEY: KEY })
    expect([code, stderr.split('\n')[0]]).to.deep.equal([
      1,
      `letta: ${variableInTheWay('LETTA_API_KEY').message}`,
    ])
  })
})
