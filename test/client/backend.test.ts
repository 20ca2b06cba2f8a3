import { expect } from 'chai'
import { chooseBackend, serverName } from '../../lib/client/backend.ts'
import { connect } from '../../lib/client/connect.ts'
import { CLOUD_KEY_MISSING, invalidServerUrl } from '../../lib/client/messages.ts'
import { UserError } from '../../lib/util/user-error.ts'

describe('The Letta server', () => {
  const LOCAL = 'http://localhost:8283'

  it('is the embedded one by default', () => {
    expect(chooseBackend(null, {})).to.deep.equal({ type: 'embedded' })
    expect(chooseBackend(null, { LETTA_API_KEY: '', LETTA_BASE_URL: '' })).to.deep.equal({
      type: 'embedded',
    })
  })

  it('is Letta Cloud when a key is set, and the given address when both are set', () => {
    expect(chooseBackend(null, { LETTA_API_KEY: 'k' })).to.deep.equal({
      type: 'cloud',
      apiKey: 'k',
    })
    expect(chooseBackend(null, { LETTA_API_KEY: 'k', LETTA_BASE_URL: LOCAL })).to.deep.equal({
      type: 'selfHosted',
      url: LOCAL,
      password: 'k',
    })
  })

  it('is named without the white space around a value', () => {
    const environment = { LETTA_API_KEY: ' k\r\n', LETTA_BASE_URL: ` ${LOCAL}\n` }
    expect(chooseBackend(null, environment)).to.deep.equal({
      type: 'selfHosted',
      url: LOCAL,
      password: 'k',
    })
    expect(chooseBackend(null, { LETTA_API_KEY: ' ' })).to.deep.equal({ type: 'embedded' })
  })

  it('is reached at an address without a scheme', () => {
    const environment = { LETTA_BASE_URL: LOCAL.replace('http://', '') }
    expect(chooseBackend(null, environment)).to.deep.equal({
      type: 'selfHosted',
      url: LOCAL,
      password: null,
    })
  })

  it('gets its separate password on a self-hosted server', () => {
    const environment = {
      LETTA_BASE_URL: LOCAL,
      LETTA_API_KEY: 'k',
      LETTA_SERVER_PASSWORD: 'p',
    }
    expect(chooseBackend(null, environment)).to.deep.equal({
      type: 'selfHosted',
      url: LOCAL,
      password: 'p',
    })
    expect(chooseBackend(null, { LETTA_BASE_URL: LOCAL })).to.deep.equal({
      type: 'selfHosted',
      url: LOCAL,
      password: null,
    })
  })

  it('is named by the flag before the environment', () => {
    const environment = { LETTA_API_KEY: 'k', LETTA_BASE_URL: LOCAL }
    expect(chooseBackend('embedded', environment)).to.deep.equal({ type: 'embedded' })
    expect(chooseBackend('cloud', environment)).to.deep.equal({ type: 'cloud', apiKey: 'k' })
    expect(chooseBackend('http://other:1', environment)).to.deep.equal({
      type: 'selfHosted',
      url: 'http://other:1',
      password: 'k',
    })
  })

  it('cannot be Letta Cloud without a key, whose source the error names', () => {
    expect(() => chooseBackend('cloud', {})).to.throw(UserError, CLOUD_KEY_MISSING.message)
  })

  it('cannot have an invalid address', async () => {
    for (const url of ['localhost', 'localhost:99999', 'file:///etc/passwd', 'nonsense']) {
      const refused = await connect({ type: 'selfHosted', url, password: null }).catch(
        (thrown) => thrown,
      )
      expect(refused).to.be.instanceOf(UserError)
      expect(refused.message).to.equal(invalidServerUrl(url).message)
    }
  })

  it('is called over the network when it is Letta Cloud or self-hosted', async () => {
    const own = await connect({ type: 'selfHosted', url: `${LOCAL}/`, password: 'p' })
    const cloud = await connect({ type: 'cloud', apiKey: 'k' })
    expect([own, cloud].map(({ type, url, client }) => [type, url, client.baseURL])).to.deep.equal([
      ['selfHosted', LOCAL, LOCAL],
      ['cloud', 'https://api.letta.com', 'https://api.letta.com'],
    ])
  })

  it('has the same name however its address is written, without keys', () => {
    const name = (url: string): string => serverName({ type: 'selfHosted', url, password: 'p' })
    expect(name('http://user:secret@Host:8283/?a=b')).to.equal('http://host:8283')
    expect(name('https://api.letta.com/')).to.equal(serverName({ type: 'cloud', apiKey: 'k' }))
    expect(serverName({ type: 'embedded' })).to.equal('embedded')
  })
})
