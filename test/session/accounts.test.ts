import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { CLOUD_URL } from '../../lib/client/backend.ts'
import { lettaDirectoryOf } from '../../lib/fs/letta-directory.ts'
import { type ServedLetta, serve } from '../../lib/server/serve.ts'
import {
  type Account,
  accounts,
  type CredentialStore,
  type Credentials,
  parseServerUrl,
  signIn,
} from '../../lib/session/accounts.ts'
import { chooseServer } from '../../lib/session/choose-server.ts'
import {
  exampleAddress,
  savedWithoutKeychain,
  URL_CONTAINS_PASSWORD,
  variableInTheWay,
} from '../../lib/session/messages/accounts.ts'
import { openSavedAccounts } from '../../lib/session/saved-accounts.ts'
import type { Keychain } from '../../lib/settings/keychain.ts'
import { keychainFailed } from '../../lib/settings/messages.ts'
import { environmentOf, openSettings, type Settings } from '../../lib/settings/settings.ts'
import { createUserError, messageOf } from '../../lib/util/user-error.ts'
import { type ModelEndpoint, startModelEndpoint } from '../support/model-endpoint.ts'
import { scriptedProvider } from '../support/scripted-provider.ts'

const PASSWORD = 'correct-horse-battery'

describe('The saved key of an account', () => {
  let home: string
  let model: ModelEndpoint
  /** Requires no password. */
  let open: Server
  let openUrl: string
  let closed: ServedLetta
  before(async () => {
    model = await startModelEndpoint({ turns: [], models: ['scripted'] })
    const own = { database: ':memory:', providers: [scriptedProvider()], host: '127.0.0.1' }
    closed = await serve({ ...own, port: 0, token: PASSWORD })
    open = createServer((_, response) => {
      response.setHeader('content-type', 'application/json').end('[]')
    })
    await new Promise<void>((resolve) => open.listen(0, '127.0.0.1', resolve))
    const address = open.address()
    openUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  })
  after(async () => {
    open.close()
    await Promise.all([model.close(), closed.close()])
  })
  beforeEach(() => {
    home = realpathSync(mkdtempSync(path.join(tmpdir(), 'letta-accounts-')))
  })
  afterEach(() => rmSync(home, { recursive: true, force: true }))

  const settings = (): Settings =>
    openSettings({ home, lettaDirectory: lettaDirectoryOf(home), directory: home })
  const named = async (id: string): Promise<Account> => {
    const account = (await accounts()).find((one) => one.id === id)
    if (account === undefined) throw new Error(id)
    return account
  }
  const store = (): CredentialStore => ({
    settings: settings(),
    saved: openSavedAccounts({
      lettaDirectory: lettaDirectoryOf(home),
      usesKeychain: false,
      environment: {},
    }),
  })
  /** The server that the next start uses, with the key that is sent to it. */
  const chosen = async (environment = {}) => {
    const variables = environmentOf(settings(), environment)
    const backend = chooseServer({ backend: null, account: null }, variables, store().saved)
    if (backend.type !== 'account') return { type: backend.type }
    return { url: backend.url, key: await backend.access.token() }
  }
  const keep = async (id: string, given: Credentials, environment = {}): Promise<string> =>
    signIn(store(), await named(id), given, environment).then(() => 'kept', messageOf)
  const stored = async (env: Readonly<Record<string, string>>): Promise<void> =>
    settings().update('user', (value) => ({ ...value, env }))

  it('is not sent to another account: an endpoint without a key gets none', async () => {
    await stored({ OPENAI_API_KEY: 'sk-of-openai', ANTHROPIC_API_KEY: 'sk-ant' })
    expect(await keep('endpoint', { key: '', address: model.url })).to.equal('kept')
    expect(environmentOf(settings(), {})).to.deep.equal({
      ANTHROPIC_API_KEY: 'sk-ant',
      OPENAI_BASE_URL: model.url,
    })
  })

  it('of Letta Cloud is not sent to a self-hosted server', async () => {
    await stored({ LETTA_API_KEY: 'sk-let-cloud' })
    expect(await keep('server', { key: '', address: openUrl })).to.equal('kept')
    expect(await chosen()).to.deep.equal({ url: openUrl, key: '' })
    await store().saved.use('cloud')
    expect(await chosen()).to.deep.equal({ url: CLOUD_URL, key: 'sk-let-cloud' })
    expect(settings().user.env).to.deep.equal({})
  })

  it('of the settings becomes an account when another server is signed in to', async () => {
    const keys = async () =>
      Promise.all(
        store()
          .saved.list()
          .map(async ({ name }) => [name, await store().saved.backendOf(name).access.token()]),
      )
    await stored({ LETTA_API_KEY: 'sk-let-cloud', LETTA_SERVER_PASSWORD: 'of-letta-serve' })
    expect(await keep('server', { key: '', address: openUrl })).to.equal('kept')
    const here = new URL(openUrl).host
    expect(await keys()).to.deep.equal([
      ['cloud', 'sk-let-cloud'],
      [here, ''],
    ])
    await stored({ LETTA_API_KEY: 'sk-let-other', LETTA_BASE_URL: 'http://localhost:1' })
    expect(await keep('server', { key: '', address: openUrl })).to.equal('kept')
    await stored({ LETTA_API_KEY: 'sk-let-second' })
    expect(await keep('server', { key: '', address: openUrl })).to.equal('kept')
    expect(await keys()).to.deep.equal([
      ['cloud', 'sk-let-cloud'],
      [here, ''],
      ['localhost:1', 'sk-let-other'],
      ['cloud-2', 'sk-let-second'],
    ])
  })

  it('is in a file, which is reported, when the keychain refuses it and takes the one after it', async () => {
    await stored({ LETTA_API_KEY: 'sk-let-cloud' })
    const secrets = new Map<string, string>()
    const keychain = async (): Promise<Keychain> => ({
      get: async (name) => secrets.get(name) ?? null,
      async set(name, secret) {
        if (name.startsWith('cloud/')) throw createUserError(keychainFailed('locked'))
        secrets.set(name, secret)
      },
      delete: async (name) => void secrets.delete(name),
    })
    const lettaDirectory = lettaDirectoryOf(home)
    const saved = openSavedAccounts({
      lettaDirectory,
      usesKeychain: true,
      environment: {},
      keychain,
    })
    const given = { key: PASSWORD, address: closed.url }
    const signedIn = await signIn({ settings: settings(), saved }, await named('server'), given, {})
    expect(saved.list().map(({ isInKeychain }) => isInKeychain)).to.deep.equal([false, true])
    expect(signedIn.withoutKeychain).to.deep.equal(
      savedWithoutKeychain(createUserError(keychainFailed('locked'))),
    )
  })

  it('is not saved when its server refuses it', async () => {
    expect(await keep('server', { key: 'wrong', address: closed.url })).to.not.equal('kept')
    expect(store().saved.list()).to.deep.equal([])
    expect(await keep('server', { key: PASSWORD, address: closed.url })).to.equal('kept')
    expect(await chosen()).to.deep.equal({ url: closed.url, key: PASSWORD })
  })

  it('is not the password that letta serve requires', async () => {
    expect(await keep('server', { key: PASSWORD, address: closed.url })).to.equal('kept')
    expect(environmentOf(settings(), {})).to.not.have.property('LETTA_SERVER_PASSWORD')
    expect(await chosen()).to.deep.equal({ url: closed.url, key: PASSWORD })
    const elsewhere = { LETTA_BASE_URL: openUrl }
    expect(await chosen(elsewhere)).to.deep.equal({ type: 'selfHosted' })
  })

  it('is not combined with a key or an address of the environment', async () => {
    const endpoint = { key: '', address: model.url }
    expect(await keep('endpoint', endpoint, { OPENAI_API_KEY: 'sk-of-openai' })).to.equal(
      variableInTheWay('OPENAI_API_KEY').message,
    )
    const elsewhere = { OPENAI_BASE_URL: model.url }
    expect(await keep('openai', { key: 'sk-x', address: null }, elsewhere)).to.equal(
      variableInTheWay('OPENAI_BASE_URL').message,
    )
    expect(settings().user.env).to.deep.equal({})
    const same = { OPENAI_API_KEY: 'same' }
    expect(await keep('endpoint', { ...endpoint, key: 'same' }, same)).to.equal('kept')
  })

  it('replaces the previous one at once', async () => {
    const before = { PATH: '/bin', OPENAI_API_KEY: 'sk-of-openai' }
    await stored({ OPENAI_API_KEY: 'sk-of-openai' })
    const given = { key: '', address: model.url }
    const { environment } = await signIn(store(), await named('endpoint'), given, before)
    expect(environment).to.deep.equal({ PATH: '/bin', OPENAI_BASE_URL: model.url })
  })

  it('belongs to an address, whose example is one of the kind that is asked for', () => {
    expect(parseServerUrl(' localhost:8080/v1/ ', 'provider')).to.equal('http://localhost:8080/v1')
    for (const type of ['provider', 'server'] as const) {
      expect(() => parseServerUrl('localhost', type))
        .to.throw('is not a valid')
        .with.property('hint', `Example: ${exampleAddress(type)}`)
    }
  })

  it('does not belong to an address with a password, since addresses are shown', async () => {
    const address = model.url.replace('//', `//me:${PASSWORD}@`)
    for (const id of ['endpoint', 'server']) {
      expect(await keep(id, { key: '', address })).to.equal(URL_CONTAINS_PASSWORD.message)
    }
    expect(() => readFileSync(path.join(home, '.letta', 'settings.json'))).to.throw('ENOENT')
  })
})
