import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { connect } from '../../lib/client/connect.ts'
import { createGateway } from '../../lib/client/gateway/gateway.ts'
import type { StreamPart } from '../../lib/client/stream/decode.ts'
import { lettaDirectoryOf } from '../../lib/fs/letta-directory.ts'
import {
  ACCOUNT_NAME_INVALID,
  accountNotFound,
  savedWithoutKeychain,
} from '../../lib/session/messages/accounts.ts'
import { browserCommand } from '../../lib/session/open-browser.ts'
import { openSavedAccounts, type SavedAccounts } from '../../lib/session/saved-accounts.ts'
import { type Keychain, openKeychain } from '../../lib/settings/keychain.ts'
import {
  ACCOUNTS_INVALID,
  accountsWritableByOthers,
  KEYCHAIN_MISSING,
  keychainFailed,
} from '../../lib/settings/messages.ts'
import { DEFAULT_CONVERSATION } from '../../lib/util/thread.ts'
import { createUserError, messageOf } from '../../lib/util/user-error.ts'
import { type ScriptedCloud, scriptedCloud } from '../support/scripted-cloud.ts'

describe('Saved accounts', () => {
  let home: string
  let cloud: ScriptedCloud
  let time: number
  before(async () => {
    cloud = await scriptedCloud()
  })
  after(() => cloud.close())
  beforeEach(() => {
    home = realpathSync(mkdtempSync(path.join(tmpdir(), 'letta-accounts-')))
    time = Date.now()
    cloud.expiresIn = 3600
  })
  afterEach(() => rmSync(home, { recursive: true, force: true }))

  const open = (keychain?: () => Promise<Keychain>): SavedAccounts =>
    openSavedAccounts({
      lettaDirectory: lettaDirectoryOf(home),
      usesKeychain: keychain !== undefined,
      environment: { LETTA_CLOUD_URL: cloud.url, LETTA_SIGN_IN_URL: cloud.url },
      now: () => time,
      ...(keychain === undefined ? {} : { keychain }),
    })
  const file = (): string => path.join(home, '.letta', 'accounts.json')
  const signIn = async (saved: SavedAccounts, name: string | null = null): Promise<void> => {
    const client = await saved.deviceSignIn()
    const signal = AbortSignal.timeout(10_000)
    const tokens = await client.waitForTokens(await client.requestCode(signal), signal)
    await saved.save({ name, server: cloud.url, secret: tokens })
  }
  /** Lists the agents of the account in use, as a session would. */
  const agents = async (
    saved: SavedAccounts,
    report?: (notice: string) => void,
  ): Promise<number | string> => {
    const gateway = createGateway(await connect(saved.backendOf(saved.current ?? ''), report))
    const listed = await gateway.agents.list().then((all) => all.length, messageOf)
    await gateway.close()
    return listed
  }
  /** A keychain that refuses to write some secrets. */
  const keychainOf = (
    secrets: Map<string, string>,
    refuses: (name: string) => boolean = () => false,
  ): Keychain => ({
    get: async (name) => secrets.get(name) ?? null,
    async set(name, secret) {
      if (refuses(name)) throw createUserError(keychainFailed('locked'))
      secrets.set(name, secret)
    },
    delete: async (name) => void secrets.delete(name),
  })
  const refreshes = (): number =>
    cloud.requests.filter(({ body }) => body['grant_type'] === 'refresh_token').length

  it('are in a file that only the user can read', async () => {
    await signIn(open())
    expect(statSync(file()).mode & 0o777).to.equal(0o600)
    expect(readFileSync(file(), 'utf8')).to.match(/access-token-\d/)
    chmodSync(file(), 0o666)
    expect(() => open().list()).to.throw(accountsWritableByOthers(file()))
    chmodSync(file(), 0o644)
    expect(open().current).to.equal('cloud')
    expect(statSync(file()).mode & 0o777).to.equal(0o600)
  })

  it('renew their token five minutes before it expires, once for all requests', async () => {
    const saved = open()
    await signIn(saved)
    const backend = saved.backendOf('cloud')
    const first = await backend.access.token()
    time += 3_600_000 - 299_000
    const before = refreshes()
    const [one, other] = await Promise.all([backend.access.token(), backend.access.token()])
    expect([one === other, one === first, refreshes() - before]).to.deep.equal([true, false, 1])
    expect(await open().backendOf('cloud').access.token()).to.equal(one)
    expect(refreshes() - before).to.equal(1)
  })

  it('renew a token that the server rejects, and repeat the request', async () => {
    const saved = open()
    await signIn(saved)
    expect(await agents(saved)).to.equal(0)
    cloud.rejectTokens(true)
    expect(await agents(saved)).to.equal(0)
    cloud.rejectTokens(false)
    expect(await agents(saved)).to.match(/401/)
  })

  it('renew a token that the server rejects while an answer arrives, which arrives completely', async () => {
    const saved = open()
    await signIn(saved)
    const gateway = createGateway(await connect(saved.backendOf('cloud')))
    const { id: agentId } = await gateway.agents.create({
      name: 'ada',
      model: 'scripted/model',
      contextWindow: null,
      system: '',
      blockIds: [],
      toolNames: [],
    })
    let continueAnswer = (): void => undefined
    const until = new Promise<void>((resolve) => {
      continueAnswer = resolve
    })
    cloud.model.play({ text: 'Half an answer.', until })
    const before = refreshes()
    const message = { otid: crypto.randomUUID(), text: 'Hello', reminder: null }
    const limits = { maxSteps: null, signal: AbortSignal.timeout(20_000) }
    const thread = { agentId, conversationId: DEFAULT_CONVERSATION }
    const parts: StreamPart[] = []
    for await (const part of gateway.turns.stream(thread, { replies: [], message }, limits)) {
      parts.push(part)
      if (parts.length > 1) continue
      cloud.rejectTokens(true)
      expect(await gateway.agents.list()).to.have.length(1)
      continueAnswer()
    }
    const details = await gateway.threads.retrieve(thread)
    const page = details && (await gateway.threads.history(details, 10))
    await gateway.agents.delete(agentId)
    await gateway.close()
    expect(parts.filter(({ type }) => type === 'error')).to.deep.equal([])
    expect(page?.entries.at(-1)).to.include({ type: 'assistant', text: 'Half an answer.' })
    expect(refreshes() - before).to.equal(1)
  })

  it('renew a token once in half a minute when each expires at once, or is rejected', async () => {
    cloud.expiresIn = 0
    const saved = open()
    await signIn(saved)
    const { token, renew } = saved.backendOf('cloud').access
    const before = refreshes()
    for (let count = 0; count < 3; count++) await token()
    expect(await renew(await token())).to.equal(null)
    expect(refreshes() - before).to.equal(1)
    time += 31_000
    await token()
    expect(refreshes() - before).to.equal(2)
  })

  it('send no key to the server of an account that has been replaced', async () => {
    const one = open()
    await one.save({ name: 'work', server: 'http://localhost:1', secret: 'key-of-one' })
    const { access } = one.backendOf('work')
    const unused = one.backendOf('work').access
    expect(await access.token()).to.equal('key-of-one')
    await open().save({ name: 'work', server: 'http://localhost:2', secret: 'key-of-other' })
    expect(await access.renew('key-of-one')).to.equal(null)
    await one.save({ name: 'work', server: 'http://localhost:3', secret: 'key-of-third' })
    expect([await access.token(), await unused.token()]).to.deep.equal(['key-of-one', ''])
  })

  it('name a damaged file, which is not overwritten, and preserve what is unknown', async () => {
    await signIn(open())
    const { accounts } = JSON.parse(readFileSync(file(), 'utf8'))
    accounts.cloud.later = 1
    writeFileSync(file(), JSON.stringify({ current: 'cloud', accounts, further: true }))
    await open().save({ name: null, server: 'http://localhost:8283', secret: '' })
    const { further, accounts: after } = JSON.parse(readFileSync(file(), 'utf8'))
    expect([further, after.cloud.later]).to.deep.equal([true, 1])
    for (const damaged of ['{"accounts": {"cloud": {"key": "only', '{"accounts": [1]}']) {
      writeFileSync(file(), damaged)
      const saved = open()
      expect(() => saved.current).to.throw(file())
      const added = { name: null, server: cloud.url, secret: 'key' }
      expect(await saved.save(added).catch(messageOf)).to.include(file())
      expect(readFileSync(file(), 'utf8')).to.equal(damaged)
    }
    expect(() => open().list()).to.throw(ACCOUNTS_INVALID)
  })

  it('report each key and token, which recordings and logs leave out', async () => {
    await signIn(open())
    const hidden: string[] = []
    const environment = { LETTA_CLOUD_URL: cloud.url, LETTA_SIGN_IN_URL: cloud.url }
    const saved = openSavedAccounts({
      lettaDirectory: lettaDirectoryOf(home),
      usesKeychain: false,
      environment,
      hide: (secret) => hidden.push(secret),
    })
    const { access } = saved.backendOf('cloud')
    const first = await access.token()
    const second = (await access.renew(first)) ?? ''
    const refresh = (token: string): string => token.replace('access', 'refresh')
    expect(hidden).to.have.members([first, refresh(first), second, refresh(second)])
  })

  it('use the token that another process has renewed', async () => {
    const one = open()
    await signIn(one)
    const other = open()
    const [mine, theirs] = [one.backendOf('cloud'), other.backendOf('cloud')]
    const rejected = await mine.access.token()
    await theirs.access.token()
    cloud.rejectTokens(true)
    const before = refreshes()
    const renewed = await mine.access.renew(rejected)
    expect(await theirs.access.renew(rejected)).to.equal(renewed)
    expect(refreshes() - before).to.equal(1)
  })

  it('renew their token once when several processes need it at the same moment', async () => {
    await signIn(open())
    const all = Array.from({ length: 5 }, () => open().backendOf('cloud').access)
    time += 3_600_000
    const before = refreshes()
    const renewed = await Promise.all(all.map(({ token }) => token()))
    expect([new Set(renewed).size, refreshes() - before]).to.deep.equal([1, 1])
    time += 31_000
    const rejected = renewed[0] ?? ''
    const next = await Promise.all(all.map(({ renew }) => renew(rejected)))
    expect([new Set(next).size, refreshes() - before]).to.deep.equal([1, 2])
    expect(next[0]).to.be.a('string').and.not.equal(rejected)
    const stored = JSON.parse(readFileSync(file(), 'utf8'))
    expect([stored.accounts.cloud.key, statSync(file()).mode & 0o777]).to.deep.equal([
      next[0],
      0o600,
    ])
  })

  it('are side by side, and one of them is used', async () => {
    const saved = open()
    await signIn(saved)
    await signIn(saved, 'work')
    await saved.save({ name: null, server: 'http://localhost:8283', secret: '' })
    expect(saved.list().map(({ name, isCloud }) => [name, isCloud])).to.deep.equal([
      ['cloud', true],
      ['work', true],
      ['localhost:8283', false],
    ])
    expect(saved.current).to.equal('localhost:8283')
    await saved.use('work')
    expect(open().current).to.equal('work')
    expect(saved.findOn('cloud')?.name).to.equal('work')
    expect(saved.findOn('http://localhost:8283/')?.name).to.equal('localhost:8283')
    await saved.use(null)
    expect(open().current).to.equal(null)
    expect(await saved.use('wrok').catch(messageOf)).to.equal(accountNotFound('wrok'))
    const named = { name: '../x', server: cloud.url, secret: '' }
    expect(await saved.save(named).catch(messageOf)).to.equal(ACCOUNT_NAME_INVALID)
  })

  it('are listed again with those that another process has added', async () => {
    const saved = open()
    expect(await saved.listAgain()).to.deep.equal([])
    await open().save({ name: 'lab', server: 'http://localhost:8283', secret: '' })
    expect((await saved.listAgain()).map(({ name }) => name)).to.deep.equal(['lab'])
    expect(saved.backendOf('lab').url).to.equal('http://localhost:8283')
  })

  it('are revoked when they are removed', async () => {
    const saved = open()
    await signIn(saved)
    await saved.remove('cloud')
    expect(saved.current).to.equal(null)
    expect(readFileSync(file(), 'utf8')).to.not.match(/-token-/)
    const { path: at, body } = cloud.requests.at(-1) ?? { path: '', body: {} }
    expect([at, body['token_type_hint']]).to.deep.equal(['/api/oauth/revoke', 'refresh_token'])
  })

  it('have their secrets in the keychain when the setting says so', async () => {
    const secrets = new Map<string, string>()
    const saved = open(async () => keychainOf(secrets))
    await signIn(saved)
    await saved.saveVariable('ANTHROPIC_API_KEY', 'sk-ant-secret')
    expect(readFileSync(file(), 'utf8')).to.not.match(/-token-|sk-ant/)
    expect([...secrets.keys()]).to.deep.equal(['cloud/refresh', 'cloud/key', 'ANTHROPIC_API_KEY'])
    cloud.rejectTokens(true)
    expect(await agents(saved)).to.equal(0)
    expect((await saved.keychainVariables({})).values).to.deep.equal({
      ANTHROPIC_API_KEY: 'sk-ant-secret',
    })
    await saved.remove('cloud')
    await saved.removeVariables(['ANTHROPIC_API_KEY'])
    expect(secrets.size).to.equal(0)
  })

  it('have new tokens in the file, which is reported, while the keychain cannot be written', async () => {
    const secrets = new Map<string, string>()
    let isLocked = false
    const keychain = keychainOf(secrets, () => isLocked)
    const saved = open(async () => keychain)
    await signIn(saved)
    expect(saved.takeKeychainProblem()).to.equal(null)
    isLocked = true
    const notices: string[] = []
    for (const _ of ['renewed', 'and again later']) {
      cloud.rejectTokens(true)
      time += 60_000
      expect(await agents(saved, (notice) => notices.push(notice))).to.equal(0)
    }
    const { message, hint } = savedWithoutKeychain(createUserError(keychainFailed('locked')))
    expect(notices).to.deep.equal([`${message} ${hint}`])
    expect(saved.takeKeychainProblem()).to.equal(null)
    expect(await saved.saveVariable('ANTHROPIC_API_KEY', 'sk-ant-secret')).to.equal(false)
    expect(saved.takeKeychainProblem()?.message).to.equal(keychainFailed('locked').message)
    expect(saved.takeKeychainProblem()).to.equal(null)
    expect(saved.list()[0]?.isInKeychain).to.equal(false)
    expect(readFileSync(file(), 'utf8')).to.match(/refresh-token-/)
    expect(statSync(file()).mode & 0o777).to.equal(0o600)
    expect(await agents(open(async () => keychain))).to.equal(0)
  })

  it('report about their own renewal where they are used, not where another one is', async () => {
    let isLocked = false
    const saved = open(async () => keychainOf(new Map(), () => isLocked))
    await signIn(saved)
    await saved.save({ name: 'work', server: cloud.url, secret: 'key-of-work' })
    isLocked = true
    const notices: string[] = []
    const used = saved.backendOf('cloud').access
    used.reportTo(() => notices.push('cloud'))
    saved.backendOf('work').access.reportTo(() => notices.push('work'))
    expect(await used.renew(await used.token())).to.match(/^access-token-/)
    expect(notices).to.deep.equal(['cloud'])
  })

  it('leave no token in a keychain that refuses the key of a new account', async () => {
    const secrets = new Map<string, string>()
    const saved = open(async () => keychainOf(secrets, (name) => name.endsWith('/key')))
    await signIn(saved)
    expect(saved.list()[0]?.isInKeychain).to.equal(false)
    expect(saved.left.names).to.deep.equal(['cloud/refresh'])
    await saved.remove('cloud')
    expect([secrets.size, saved.left.names]).to.deep.equal([0, []])
  })

  it('are removed while the keychain is locked, and their secrets there by the next removal', async () => {
    const secrets = new Map<string, string>()
    let isLocked = false
    const keychain: Keychain = {
      async get(name) {
        if (isLocked) throw createUserError(keychainFailed('locked'))
        return secrets.get(name) ?? null
      },
      set: async (name, secret) => void secrets.set(name, secret),
      async delete(name) {
        if (isLocked) throw createUserError(keychainFailed('locked'))
        secrets.delete(name)
      },
    }
    const saved = open(async () => keychain)
    await signIn(saved)
    await saved.saveVariable('ANTHROPIC_API_KEY', 'sk-ant-secret')
    isLocked = true
    expect(await saved.keychainVariables({ ANTHROPIC_API_KEY: 'set' })).to.deep.include({
      values: {},
      unread: [],
    })
    expect((await saved.keychainVariables({})).unread).to.deep.equal(['ANTHROPIC_API_KEY'])
    await saved.remove('cloud')
    expect(await saved.removeVariables(['ANTHROPIC_API_KEY'])).to.deep.equal(['ANTHROPIC_API_KEY'])
    expect(saved.list()).to.deep.equal([])
    const { names, problem } = saved.left
    expect(names).to.deep.equal(['cloud/key', 'cloud/refresh', 'ANTHROPIC_API_KEY'])
    expect(problem?.message).to.equal(keychainFailed('locked').message)
    isLocked = false
    await saved.saveVariable('ANTHROPIC_API_KEY', 'sk-ant-new')
    await open(async () => keychain).removeVariables([])
    expect([...secrets]).to.deep.equal([['ANTHROPIC_API_KEY', 'sk-ant-new']])
  })

  it('report what to install when the keychain is not available', async () => {
    const missing = openKeychain(async () => {
      throw new Error('Cannot find module')
    })
    expect(await missing.catch(messageOf)).to.equal(KEYCHAIN_MISSING.message)
  })

  it('open a browser only where the user sees it', () => {
    const display = { DISPLAY: ':0' }
    expect(browserCommand(display, 'linux')).to.deep.equal(['xdg-open'])
    expect(browserCommand({}, 'darwin')).to.deep.equal(['open'])
    expect(browserCommand({}, 'linux')).to.equal(null)
    for (const name of ['SSH_CONNECTION', 'SSH_TTY', 'CI']) {
      expect(browserCommand({ ...display, [name]: 'x' }, 'linux')).to.equal(null)
      expect(browserCommand({ [name]: 'x' }, 'darwin')).to.equal(null)
    }
  })
})
