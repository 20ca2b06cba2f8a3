import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { toShellMessage } from '../../bin/io/shell-message.ts'
import { accountVerified, line } from '../../bin/messages.ts'
import {
  deletedFromKeychain,
  keysNotRead,
  leftInKeychain,
  OPENAI_COMPATIBLE_ENDPOINT,
  SELF_HOSTED_SERVER,
  savedWithoutKeychain,
  signedOut,
} from '../../lib/session/messages/accounts.ts'
import { agentCreated } from '../../lib/session/messages/agents.ts'
import { KEYCHAIN_MISSING, keychainFailed } from '../../lib/settings/messages.ts'
import { createUserError, UserError } from '../../lib/util/user-error.ts'
import { accountInUse, SIGN_IN } from '../../ui/messages/accounts.ts'
import type { ProgramResult } from '../support/program.ts'
import { scriptedCloud } from '../support/scripted-cloud.ts'
import { withProgram } from '../support/with-program.ts'

const LOCKED = keychainFailed('The collection is locked')
const KEY = 'sk-very-secret-1234567890'

/** Stands for the native package, which not every machine can load: its secrets are lines of a file. */
const KEYRING = `
const { existsSync, readFileSync, writeFileSync } = require('node:fs')
const file = __dirname + '/secrets.json'
const read = () => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {})
exports.AsyncEntry = class {
  constructor(service, name) {
    this.name = service + ':' + name
  }
  async change(secret) {
    if (existsSync(__dirname + '/locked')) throw new Error('The collection is locked')
    const secrets = read()
    if (secret !== null) writeFileSync(file, JSON.stringify({ ...secrets, [this.name]: secret }))
    return secrets[this.name]
  }
  async getPassword() {
    return this.change(null)
  }
  setPassword(secret) {
    return this.change(secret)
  }
  deletePassword() {
    return this.change('')
  }
}
`

describe('The keychain of the system', function () {
  this.timeout(60_000)
  const desk = withProgram()
  beforeEach(async () => {
    await desk.setUp([{ sticky: true, text: 'Good day.' }])
    mkdirSync(letta(), { recursive: true })
    writeFileSync(letta('settings.json'), '{ "keychain": true }')
  })

  const letta = (...names: readonly string[]): string => path.join(desk.home, '.letta', ...names)
  const keyring = (name: string): string =>
    path.join(desk.home, 'modules', '@napi-rs', 'keyring', name)
  const installKeyring = (): void => {
    mkdirSync(keyring(''), { recursive: true })
    writeFileSync(keyring('index.js'), KEYRING)
  }
  const runs = (args: readonly string[], input = ''): Promise<ProgramResult> =>
    desk.runs(args, {
      input,
      environment: {
        NODE_PATH: path.join(desk.home, 'modules'),
        OPENAI_API_KEY: undefined,
        OPENAI_BASE_URL: undefined,
      },
    })
  const connects = () => runs(['connect', 'endpoint'], `${desk.model.url}\n${KEY}\n`)
  /** What the endpoint gets as the key of a message. */
  const keySent = async (): Promise<unknown> => {
    const { stdout } = await runs(['-p', 'Hello'])
    expect(stdout).to.equal('Good day.\n')
    return desk.model.requests.at(-1)?.headers['authorization']
  }
  const saved = (): string =>
    ['settings.json', 'accounts.json']
      .filter((name) => existsSync(letta(name)))
      .map((name) => readFileSync(letta(name), 'utf8'))
      .join()

  it('has the key when the setting says so, and no file of letta has it', async () => {
    installKeyring()
    const { code, stderr } = await connects()
    expect([code, stderr]).to.deep.equal([0, line(accountVerified(OPENAI_COMPATIBLE_ENDPOINT))])
    expect(readFileSync(keyring('secrets.json'), 'utf8')).to.include(KEY)
    expect(saved()).to.not.include(KEY)
    expect(await keySent()).to.equal(`Bearer ${KEY}`)
    writeFileSync(keyring('locked'), '')
    const { code: ended, stdout, stderr: reason } = await runs(['-p', 'Hello'])
    expect([ended, stdout]).to.deep.equal([0, 'Good day.\n'])
    expect(reason).to.include(keysNotRead(['OPENAI_API_KEY'], createUserError(LOCKED)).message)
    expect(desk.model.requests.at(-1)?.headers['authorization']).to.equal(undefined)
    const listed = await runs(['agents', 'list'])
    expect([listed.code, listed.stderr]).to.deep.equal([
      0,
      [keysNotRead(['OPENAI_API_KEY'], createUserError(LOCKED))]
        .flatMap(({ message, hint }) => [line(message), line(toShellMessage(hint))])
        .join(''),
    ])
    const locked = await runs(['logout'])
    const left = leftInKeychain(['OPENAI_API_KEY'], LOCKED.message)
    expect([locked.code, locked.stderr]).to.deep.equal([
      0,
      [signedOut(['OPENAI_BASE_URL', 'OPENAI_API_KEY']), left.message, left.hint]
        .map(line)
        .join(''),
    ])
    expect((await runs(['agents', 'list'])).stderr).to.equal('')
    rmSync(keyring('locked'))
    expect((await runs(['logout'])).stderr).to.equal(line(deletedFromKeychain(['OPENAI_API_KEY'])))
    expect(readFileSync(keyring('secrets.json'), 'utf8')).to.not.include(KEY)
  })

  it('shows in the workbench which keys it does not give while it is locked', async () => {
    installKeyring()
    await connects()
    writeFileSync(keyring('locked'), '')
    const workbench = desk.opens({
      environment: {
        NODE_PATH: path.join(desk.home, 'modules'),
        OPENAI_API_KEY: undefined,
        OPENAI_BASE_URL: undefined,
      },
    })
    await workbench.sees(agentCreated('project'))
    await workbench.sees('OPENAI_API_KEY is not used.')
    await workbench.types('Hello').presses('enter').sees('Good day.')
    expect(await workbench.quits()).to.equal(0)
  })

  it('is replaced by a file of the user, which is reported, while it is locked', async () => {
    installKeyring()
    writeFileSync(keyring('locked'), '')
    const { code, stderr } = await connects()
    const problem = savedWithoutKeychain(createUserError(LOCKED))
    expect([code, stderr]).to.deep.equal([0, reported(problem)])
    expect(saved()).to.include(KEY)
    expect(statSync(letta('settings.json')).mode & 0o777).to.equal(0o600)
    expect(await keySent()).to.equal(`Bearer ${KEY}`)
  })

  it('is replaced by a file of the user, which is reported, without the package for it', async () => {
    const { code, stderr } = await connects()
    const problem = savedWithoutKeychain(createUserError(KEYCHAIN_MISSING))
    expect([code, stderr]).to.deep.equal([0, reported(problem)])
    expect(await keySent()).to.equal(`Bearer ${KEY}`)
  })

  it('is named in the workbench when the tokens of a sign-in are in a file instead', async () => {
    const cloud = await scriptedCloud()
    const workbench = desk.opens({
      environment: { LETTA_CLOUD_URL: cloud.url, LETTA_SIGN_IN_URL: cloud.url },
    })
    await workbench.sees(agentCreated('project'))
    await workbench.types('/connect').presses('enter').sees(SELF_HOSTED_SERVER)
    await workbench.types('cloud').presses('enter').sees(SIGN_IN.byCode.title)
    await workbench.presses('enter').sees(accountInUse('cloud'))
    await workbench.sees(savedWithoutKeychain(new UserError('')).message.trim())
    expect(await workbench.quits()).to.equal(0)
    await cloud.close()
    expect(readFileSync(letta('accounts.json'), 'utf8')).to.match(/refresh-token-/)
    expect(statSync(letta('accounts.json')).mode & 0o777).to.equal(0o600)
  })
})

function reported({ message, hint }: { message: string; hint: string }): string {
  return [accountVerified(OPENAI_COMPATIBLE_ENDPOINT), message, toShellMessage(hint)]
    .map(line)
    .join('')
}
