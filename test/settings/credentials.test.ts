import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { messageOf } from '../../lib/problem.ts'
import {
  checkedAddress,
  checkedKey,
  environmentWith,
  forgetAccess,
  keepAccess,
  keyWarning,
  refuseWhenSet,
} from '../../lib/settings/credentials.ts'
import { SERVICES, type Service } from '../../lib/settings/services.ts'
import { environmentOf, openSettings, type Settings } from '../../lib/settings/settings.ts'

const named = (id: string): Service => {
  const service = SERVICES.find((one) => one.id === id)
  if (service === undefined) throw new Error(id)
  return service
}

const wordsOf = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (thrown) {
    return messageOf(thrown)
  }
}

describe('credentials', () => {
  let home: string
  const file = (): string => join(home, '.letta', 'settings.json')
  const open = (): Settings => openSettings({ home, directory: home })
  beforeEach(() => {
    home = realpathSync(mkdtempSync(join(tmpdir(), 'letta-credentials-')))
  })
  afterEach(() => rmSync(home, { recursive: true, force: true }))

  it('keeps a key where only the user can read it, and finds it at the next start', async () => {
    await keepAccess(open(), named('anthropic'), { key: 'sk-ant-one', address: null })
    expect((statSync(file()).mode & 0o777).toString(8)).to.equal('600')
    expect(environmentOf(open(), {})).to.deep.equal({ ANTHROPIC_API_KEY: 'sk-ant-one' })
  })

  it('lets the environment win, and never pairs its key with an address that is kept', async () => {
    await keepAccess(open(), named('endpoint'), { key: 'kept', address: 'http://elsewhere/v1' })
    await keepAccess(open(), named('cloud'), { key: 'cloud', address: null })
    expect(environmentOf(open(), { OPENAI_API_KEY: 'real' })).to.deep.equal({
      OPENAI_API_KEY: 'real',
      LETTA_API_KEY: 'cloud',
    })
  })

  it('puts a new access in the place of the one before, key and address together', async () => {
    await keepAccess(open(), named('openai'), { key: 'sk-one', address: null })
    await keepAccess(open(), named('endpoint'), { key: null, address: 'http://localhost:9/v1' })
    const wanted = { OPENAI_BASE_URL: 'http://localhost:9/v1' }
    expect(environmentOf(open(), {})).to.deep.equal(wanted)
    const before = { PATH: '/bin', OPENAI_API_KEY: 'sk-one' }
    const access = { key: null, address: 'http://localhost:9/v1' }
    expect(environmentWith(before, named('endpoint'), access)).to.deep.equal({
      PATH: '/bin',
      ...wanted,
    })
  })

  it('forgets what is kept, and the keys among the variables of the settings; all else stays', async () => {
    const settings = open()
    await settings.update('user', (value) => ({
      ...value,
      theme: 'light',
      env: { LETTA_API_KEY: 'old', EDITOR: 'vi' },
    }))
    await keepAccess(settings, named('google'), { key: 'AIza-one', address: null })
    await forgetAccess(settings)
    const left = { theme: 'light', env: { EDITOR: 'vi' } }
    expect(JSON.parse(readFileSync(file(), 'utf8'))).to.deep.equal(left)
  })

  it('refuses to keep what a variable from outside would overrule', () => {
    const kept = { openai: { key: 'kept' } }
    const refused = (environment: Record<string, string>): unknown =>
      wordsOf(() => refuseWhenSet(named('openai'), kept, environment))
    expect(refused({ OPENAI_API_KEY: 'kept', ANTHROPIC_API_KEY: 'x' })).to.equal(undefined)
    expect(refused({ OPENAI_API_KEY: 'from the shell' })).to.equal(
      'OpenAI: OPENAI_API_KEY is set already, and wins over what is kept here.',
    )
    expect(refused({ OPENAI_BASE_URL: 'http://x' })).to.equal(
      'OpenAI: OPENAI_BASE_URL is set already, and wins over what is kept here.',
    )
  })

  it('takes one word as a key, and repeats none that is wrong', () => {
    const typed = (id: string, text: string): unknown => wordsOf(() => checkedKey(named(id), text))
    expect(typed('openai', ' sk-one\n')).to.equal('sk-one')
    expect(typed('endpoint', '')).to.equal(null)
    expect(typed('openai', '\n')).to.equal('No key was given for OpenAI.')
    for (const wrong of ['sk-one sk-two', 'sk-one\nsk-two', 'schlüssel', 'sk\u001b[31m']) {
      expect(typed('openai', wrong)).to.equal(
        'That is no key for OpenAI: it is one word, without spaces.',
      )
    }
  })

  it('takes http addresses without a password, and warns where a key could be read on the way', () => {
    const typed = (text: string): unknown => wordsOf(() => checkedAddress(text))
    expect(typed(' http://localhost:8283/ ')).to.equal('http://localhost:8283')
    expect(typed('file:///etc/passwd')).to.equal('That is no http address.')
    expect(typed('localhost')).to.equal('That is no http address.')
    expect(typed('http://me:secret@host')).to.equal(
      'The address holds a password, and addresses are shown.',
    )
    const warned = ['http://box.lan', 'http://127.0.0.1:1', 'http://[::1]:1', 'https://box.lan']
      .map((address) => keyWarning({ key: 'k', address }))
      .map((warning) => warning !== null)
    expect(warned).to.deep.equal([true, false, false, false])
  })

  it('counts for nothing in a file that others may write', async () => {
    mkdirSync(join(home, '.letta'))
    await keepAccess(open(), named('openai'), { key: 'sk-one', address: null })
    chmodSync(file(), 0o666)
    expect(environmentOf(open(), {})).to.deep.equal({})
  })
})
