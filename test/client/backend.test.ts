import { expect } from 'chai'
import { chooseBackend, serverName } from '../../lib/client/backend.ts'
import { connect } from '../../lib/client/connect.ts'
import { CLOUD_KEY_MISSING, invalidServerUrl } from '../../lib/client/messages.ts'
import { UserError } from '../../lib/util/user-error.ts'

describe('choosing the Letta server', () => {
  const LOCAL = 'http://localhost:8283'

  it('takes the embedded one when nothing names another', () => {
    expect(chooseBackend(null, {})).to.deep.equal({ type: 'embedded' })
    expect(chooseBackend(null, { LETTA_API_KEY: '', LETTA_BASE_URL: '' })).to.deep.equal({
      type: 'embedded',
    })
  })

  it('takes Letta Cloud when there is a key, and an address rather than that', () => {
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

  it('takes no white space around a value for a part of it', () => {
    const environment = { LETTA_API_KEY: ' k\r\n', LETTA_BASE_URL: ` ${LOCAL}\n` }
    expect(chooseBackend(null, environment)).to.deep.equal({
      type: 'selfHosted',
      url: LOCAL,
      password: 'k',
    })
    expect(chooseBackend(null, { LETTA_API_KEY: ' ' })).to.deep.equal({ type: 'embedded' })
  })

  it('gives a server of the user its own password, if there is one', () => {
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

  it('follows the flag before the environment', () => {
    const environment = { LETTA_API_KEY: 'k', LETTA_BASE_URL: LOCAL }
    expect(chooseBackend('embedded', environment)).to.deep.equal({ type: 'embedded' })
    expect(chooseBackend('cloud', environment)).to.deep.equal({ type: 'cloud', apiKey: 'k' })
    expect(chooseBackend('http://other:1', environment)).to.deep.equal({
      type: 'selfHosted',
      url: 'http://other:1',
      password: 'k',
    })
  })

  it('says where a key for Letta Cloud comes from when there is none', () => {
    expect(() => chooseBackend('cloud', {})).to.throw(UserError, CLOUD_KEY_MISSING.message)
  })

  it('refuses an address that is none', async () => {
    for (const url of ['localhost:8283', 'file:///etc/passwd', 'nonsense']) {
      const refused = await connect({ type: 'selfHosted', url, password: null }).catch(
        (thrown) => thrown,
      )
      expect(refused).to.be.instanceOf(UserError)
      expect(refused.message).to.equal(invalidServerUrl(url).message)
    }
  })

  it('calls Letta Cloud and a server of the user over the network', async () => {
    const own = await connect({ type: 'selfHosted', url: `${LOCAL}/`, password: 'p' })
    const cloud = await connect({ type: 'cloud', apiKey: 'k' })
    expect([own, cloud].map(({ type, url, client }) => [type, url, client.baseURL])).to.deep.equal([
      ['selfHosted', LOCAL, LOCAL],
      ['cloud', 'https://api.letta.com', 'https://api.letta.com'],
    ])
  })

  it('names a server the same however its address is written, and without keys', () => {
    const name = (url: string): string => serverName({ type: 'selfHosted', url, password: 'p' })
    expect(name('http://user:secret@Host:8283/?a=b')).to.equal('http://host:8283')
    expect(name('https://api.letta.com/')).to.equal(serverName({ type: 'cloud', apiKey: 'k' }))
    expect(serverName({ type: 'embedded' })).to.equal('embedded')
  })
})
