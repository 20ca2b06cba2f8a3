import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import Libsql from 'libsql'
import type { Check } from '../../bin/doctor/check.ts'
import {
  CHECK_NETWORK,
  CORRECT_PROXY,
  databaseDamaged,
  modelCount,
  NO_MODELS,
  noDirectory,
  notAFile,
  renameIt,
  SERVER_WITHOUT_MODELS,
} from '../../bin/doctor/messages.ts'
import { invalidProxy } from '../../lib/client/messages.ts'
import { WIDEN_WINDOW, windowTooSmall } from '../../lib/models/messages.ts'
import { foreignDatabase } from '../../lib/server/messages/storage.ts'
import { serve } from '../../lib/server/serve.ts'
import { openShell, type Shell } from '../support/command-line.ts'
import { startModelEndpoint } from '../support/model-endpoint.ts'
import { scriptedProvider } from '../support/scripted-provider.ts'

describe('letta doctor', () => {
  let shell: Shell

  beforeEach(async () => {
    shell = await openShell()
  })
  afterEach(() => shell.close())

  const checks = async (argv: readonly string[], environment = {}) => {
    const { code, stdout } = await shell.letta(['doctor', '--json', ...argv], { environment })
    const list = JSON.parse(stdout) as Check[]
    return { code, of: (id: string) => list.find((check) => check.id === id) }
  }

  it('finds Node, ripgrep, the database and the models of an endpoint, and ends with exit code 0', async () => {
    const { code, of } = await checks([])
    expect(code).to.equal(0)
    for (const id of ['node', 'home', 'settings', 'ripgrep', 'database', 'server', 'models']) {
      expect(of(id)?.status, JSON.stringify(of(id))).to.equal('ok')
    }
    expect(of('models')?.found).to.include('2 models')
  })

  it('fails when a settings file cannot be read, with the position of the error', async () => {
    shell.write('.letta/settings.json', '{ "permissions": { "deny": [')
    const { code, of } = await checks([])
    expect(code).to.equal(1)
    expect(of('settings')?.status).to.equal('failure')
    expect(of('settings')?.advice.join()).to.match(/settings\.json:1:\d+/)
  })

  it('fails when the accounts cannot be read, also with a keychain, and makes the other checks all the same', async () => {
    const directory = path.join(shell.home, '.letta')
    mkdirSync(directory, { recursive: true })
    writeFileSync(path.join(directory, 'settings.json'), '{ "keychain": true }')
    const file = path.join(directory, 'accounts.json')
    writeFileSync(file, '{ "accounts": [')
    const { code, of } = await checks([])
    expect([code, of('server')?.status]).to.deep.equal([1, 'failure'])
    expect(of('server')?.found).to.include(file)
    expect(of('node')?.status).to.equal('ok')
  })

  it('warns of a model with a small context window, as letta does when it creates an agent with it', async () => {
    const models = [{ id: 'small', max_model_len: 4096 }]
    const endpoint = await startModelEndpoint({ turns: [{ text: 'Hi.' }], models })
    const environment = { OPENAI_BASE_URL: endpoint.url }
    try {
      const { of } = await checks([], environment)
      const message = windowTooSmall('openai/small', 4096)
      expect(of('models')).to.deep.include({ status: 'warning', advice: [message, WIDEN_WINDOW] })
      const { code, stderr } = await shell.letta(['-p', 'Hello'], { environment })
      expect(code).to.equal(0)
      expect(stderr).to.include(message).and.to.include(WIDEN_WINDOW)
      const { stderr: second } = await shell.letta(['-p', 'Hello'], { environment })
      expect(second).not.to.include(message)
    } finally {
      await endpoint.close()
    }
  })

  it('warns of a provider that cannot be reached, and does not count models that it is known to have', async () => {
    // Nothing listens at the address of the proxy, so no request leaves this machine.
    const environment = {
      OPENAI_BASE_URL: undefined,
      OPENAI_API_KEY: undefined,
      ANTHROPIC_API_KEY: 'key-for-tests',
      HTTPS_PROXY: 'http://127.0.0.1:9',
    }
    const { of } = await checks([], environment)
    const { status, found, advice = [] } = of('models') ?? {}
    expect([status, found, advice.at(-1)]).to.deep.equal(['warning', NO_MODELS, CHECK_NETWORK])
    expect(advice[0]).to.match(/^Anthropic: .*http:\/\/127\.0\.0\.1:9/)
  })

  it('names a file in the place of its directory, and a directory in the place of the database', async () => {
    const directory = path.join(shell.home, '.letta')
    const database = path.join(directory, 'letta.db')
    mkdirSync(database, { recursive: true })
    expect((await checks([])).of('database')).to.deep.include({
      status: 'failure',
      found: notAFile(database),
      advice: [renameIt(database)],
    })
    rmSync(directory, { recursive: true })
    writeFileSync(directory, '')
    const { of } = await checks([])
    expect(of('home')).to.deep.include({
      status: 'failure',
      found: noDirectory(directory),
      advice: [renameIt(directory)],
    })
    expect(of('database')?.status).to.equal('ok')
  })

  it('fails when the Letta server does not answer', async () => {
    const { code, of } = await checks(['--backend', 'http://127.0.0.1:9'])
    expect(code).to.equal(1)
    expect(of('server')).to.deep.include({ status: 'failure' })
    expect(of('server')?.found).to.include('http://127.0.0.1:9')
  })

  for (const [what, providers] of [
    ['the number of models of another Letta server', [scriptedProvider()]],
    ['another Letta server that has no models', []],
  ] as const) {
    it(`names ${what}, and none of this machine`, async () => {
      const own = { database: ':memory:', host: '127.0.0.1', port: 0, token: 'secret' }
      const server = await serve({ ...own, providers })
      try {
        const secret = { LETTA_SERVER_PASSWORD: own.token }
        const { code, of } = await checks(['--backend', server.url], secret)
        expect(code).to.equal(0)
        expect(of('models')).to.deep.include(
          providers.length === 0
            ? { status: 'warning', advice: [SERVER_WITHOUT_MODELS] }
            : { status: 'ok', found: modelCount(server.url, 1) },
        )
      } finally {
        await server.close()
      }
    })
  }

  it('names the variables of a proxy without their values, which may contain a password', async () => {
    const NO_PROXY = 'secret.example.org'
    const { of } = await checks([], { NO_PROXY })
    expect(of('proxy')?.found).to.include('NO_PROXY').and.not.to.include(NO_PROXY)
  })

  it('fails when the database is damaged, which it leaves where it is, or of another program', async () => {
    const file = path.join(shell.home, '.letta/letta.db')
    mkdirSync(path.dirname(file))
    writeFileSync(file, 'no database '.repeat(500))
    const { code, of } = await checks([])
    expect([code, of('database')?.found]).to.deep.equal([1, databaseDamaged(file)])
    expect(readFileSync(file, 'utf8')).to.match(/^no database/)
    rmSync(file)
    const other = new Libsql(file)
    other.exec('create table songs (title text)')
    other.close()
    const { message, hint } = foreignDatabase(file)
    const foreign = (await checks([])).of('database')
    expect([foreign?.found, foreign?.advice]).to.deep.equal([message, [hint]])
  })

  it('fails when the address of a proxy is not valid, and makes the other checks all the same', async () => {
    const { code, of } = await checks([], { HTTPS_PROXY: 'htp://nope' })
    const { status, found, advice } = of('proxy') ?? {}
    expect({ code, status, found, advice }).to.deep.equal({
      code: 1,
      status: 'failure',
      found: invalidProxy('HTTPS_PROXY'),
      advice: [CORRECT_PROXY],
    })
    expect(of('node')?.status).to.equal('ok')
  })

  it('warns that a program without git, clipboard and terminal can do less', async () => {
    const { of } = await checks([], { PATH: '/nonexistent' })
    for (const id of ['git', 'clipboard', 'terminal']) {
      expect(of(id)?.status, id).to.equal('warning')
      expect(of(id)?.advice, id).not.to.deep.equal([])
    }
  })

  it('prints one line for each check, and its advice below it', async () => {
    const { stdout } = await shell.letta(['doctor'], { environment: { PATH: '/nonexistent' } })
    const marks = stdout.split('\n').filter((line) => /^[✓!✗] /.test(line))
    expect(marks).to.have.length(11)
    expect(stdout).to.match(/! git .*\n {13}\S/)
  })
})
