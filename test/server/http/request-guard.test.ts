import { expect } from 'chai'
import { HttpError } from '../../../lib/server/errors.ts'
import { allowedHosts, guardRequest } from '../../../lib/server/http/request-guard.ts'

describe('The request guard of the server on a port', () => {
  const statusOf = (
    target: string,
    headers: Record<string, string>,
    hosts: ReadonlySet<string> | null,
    method = 'GET',
  ): number => {
    try {
      guardRequest({ method, url: target, headers: new Headers(headers) } as Request, hosts)
      return 200
    } catch (thrown) {
      if (thrown instanceof HttpError) return thrown.status
      throw thrown
    }
  }

  it('accepts the names of this machine, and no others', () => {
    const hosts = allowedHosts('127.0.0.1', 8283)
    const status = (host: string) => statusOf(`http://${host}/v1/health`, { host }, hosts)
    const names = ['127.0.0.1:8283', 'LocalHost:8283', '[::1]:8283', 'evil.example:8283']
    expect(names.map(status)).to.deep.equal([200, 200, 200, 421])
  })

  it('accepts the address on which the server listens', () => {
    const own = allowedHosts('127.0.0.2', 8283)
    expect(statusOf('http://127.0.0.2:8283/', { host: '127.0.0.2:8283' }, own)).to.equal(200)
    const usual = allowedHosts('127.0.0.1', 80)
    expect(statusOf('http://127.0.0.1/', { host: '127.0.0.1' }, usual)).to.equal(200)
    expect(statusOf('http://127.0.0.1/', { host: '127.0.0.1:80' }, usual)).to.equal(200)
  })

  it('refuses another host in the target, and credentials', () => {
    const headers = { host: '127.0.0.1:8283' }
    const status = (target: string, hosts = allowedHosts('127.0.0.1', 8283)) =>
      statusOf(target, headers, hosts)
    expect(status('http://evil.example/v1/agents')).to.equal(421)
    expect(status('http://evil.example@127.0.0.1:8283/v1/health')).to.equal(400)
    expect(status('http://ada:secret@elsewhere/v1/health', null)).to.equal(400)
  })

  it('refuses requests of other origins and sites', () => {
    const host = '127.0.0.1:8283'
    const status = (headers: Record<string, string>) =>
      statusOf(`http://${host}/v1/agents`, { host, ...headers }, allowedHosts('127.0.0.1', 8283))
    expect([
      status({ origin: `http://${host}` }),
      status({ origin: 'http://evil.example' }),
      status({ origin: `https://${host}` }),
      status({ origin: 'null' }),
      status({ 'sec-fetch-site': 'same-origin' }),
      status({ 'sec-fetch-site': 'cross-site' }),
    ]).to.deep.equal([200, 403, 403, 403, 200, 403])
  })

  it('accepts a form only where a file is imported', () => {
    const status = (path: string, type: string) => {
      const headers = { host: 'a', 'content-length': '9', 'content-type': type }
      return statusOf(`http://a${path}`, headers, null, 'POST')
    }
    const form = 'multipart/form-data; boundary=x'
    expect([
      status('/v1/agents/import', form),
      status('/v1/agents', form),
      status('/v1/agents/import', 'text/plain'),
      status('/v1/agents', 'application/json'),
    ]).to.deep.equal([200, 415, 415, 200])
  })
})
