import { createServer, type RequestListener } from 'node:http'
import { expect } from 'chai'
import { createDeviceSignIn, type DeviceSignIn } from '../../lib/client/device-sign-in.ts'
import {
  ANSWER_TOO_LONG,
  CODE_EXPIRED,
  SIGN_IN_CANCELLED,
  SIGN_IN_DENIED,
  signInFailed,
  unexpectedAnswer,
} from '../../lib/client/messages.ts'
import { messageOf } from '../../lib/util/user-error.ts'
import { PENDING, type ScriptedCloud, scriptedCloud, USER_CODE } from '../support/scripted-cloud.ts'

describe('Signing in by a code', () => {
  let cloud: ScriptedCloud
  /** Milliseconds between the polls. */
  let waits: number[]
  let client: DeviceSignIn
  const signal = new AbortController().signal
  before(async () => {
    cloud = await scriptedCloud()
  })
  after(() => cloud.close())
  beforeEach(() => {
    waits = []
    cloud.polls = []
    client = createDeviceSignIn({
      url: cloud.url,
      deviceId: 'device-of-tests',
      wait: async (ms) => waits.push(ms),
    })
  })

  const outcome = async (code = client.requestCode(signal)): Promise<string> =>
    client
      .waitForTokens(await code, signal)
      .then(({ access }) => `signed in with ${access}`, messageOf)

  it('shows a code, and polls until it is confirmed', async () => {
    cloud.polls = [PENDING, PENDING]
    const code = await client.requestCode(signal)
    expect([code.userCode, code.url]).to.deep.equal([
      USER_CODE,
      `${cloud.url}/activate?user_code=${USER_CODE}`,
    ])
    const { access, refresh, expiresInMs } = await client.waitForTokens(code, signal)
    expect([waits.length, refresh, expiresInMs]).to.deep.equal([
      3,
      access.replace('access', 'refresh'),
      3_600_000,
    ])
    const { path, body } = cloud.requests.at(-1) ?? { path: '', body: {} }
    expect([path, body['device_code'], body['device_id']]).to.deep.equal([
      '/api/oauth/token',
      'device-1',
      'device-of-tests',
    ])
  })

  it('polls five seconds slower when the server asks for that', async () => {
    cloud.polls = [PENDING, [400, { error: 'slow_down' }], PENDING]
    expect(await outcome()).to.match(/^signed in/)
    const [first = 0, , third = 0] = waits
    expect(third - first).to.equal(5000)
  })

  it('ends when the person denies it, and when the code expires', async () => {
    cloud.polls = [PENDING, [400, { error: 'access_denied' }]]
    expect(await outcome()).to.equal(SIGN_IN_DENIED)
    cloud.polls = [[400, { error: 'expired_token' }]]
    expect(await outcome()).to.equal(CODE_EXPIRED)
    cloud.polls = [PENDING, PENDING, PENDING]
    const code = { ...(await client.requestCode(signal)), expiresInMs: 40, intervalMs: 20 }
    expect(await outcome(Promise.resolve(code))).to.equal(CODE_EXPIRED)
  })

  it('survives two answers that are no OAuth answers, and reports the third', async () => {
    const page = [502, '<html>Bad gateway</html>'] as const
    cloud.polls = [page, page, PENDING, page]
    expect(await outcome()).to.match(/^signed in/)
    cloud.polls = [page, page, page]
    expect(await outcome()).to.equal(signInFailed(cloud.url, 'HTTP 502'))
    cloud.polls = [[400, { error: 'invalid_client', error_description: 'Unknown client.' }]]
    expect(await outcome()).to.equal(signInFailed(cloud.url, 'Unknown client.'))
  })

  it('is cancelled at once, also between two polls', async () => {
    const controller = new AbortController()
    const slow = createDeviceSignIn({ url: cloud.url, deviceId: 'device-of-tests' })
    const code = { ...(await slow.requestCode(signal)), intervalMs: 60_000 }
    const waiting = slow.waitForTokens(code, controller.signal).then(String, messageOf)
    controller.abort()
    expect(await waiting).to.equal(SIGN_IN_CANCELLED)
  })

  /** What becomes of the first request to a server of OAuth that answers so. */
  const requestFrom = async (answer: RequestListener) => {
    const server = createServer(answer)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const at = server.address()
    const url = `http://127.0.0.1:${typeof at === 'object' ? at?.port : ''}`
    const wait = async (): Promise<void> => undefined
    const code = await createDeviceSignIn({ url, deviceId: 'd', wait })
      .requestCode(signal)
      .catch((thrown: unknown) => messageOf(thrown))
    server.closeAllConnections()
    server.close()
    return { url, code }
  }
  const answerWith =
    (facts: object): RequestListener =>
    (_, response) =>
      void response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ device_code: 'd', user_code: 'C', ...facts }))

  it('asks for the code once more after an error that may pass, and after no other', async () => {
    const facts = answerWith({ verification_uri: 'https://example.com/' })
    const failing = (failures: number, status: number) => {
      let requests = 0
      const answer: RequestListener = (request, response) => {
        requests += 1
        if (requests > failures) return facts(request, response)
        response.statusCode = status
        response.end('{}')
      }
      return { answer, requests: () => requests }
    }
    const once = failing(1, 503)
    expect(Object((await requestFrom(once.answer)).code).userCode).to.equal('C')
    const twice = failing(2, 503)
    const { url, code } = await requestFrom(twice.answer)
    expect([code, twice.requests()]).to.deep.equal([signInFailed(url, 'HTTP 503'), 2])
    const refused = failing(9, 400)
    const denied = await requestFrom(refused.answer)
    expect([denied.code, refused.requests()]).to.deep.equal([
      signInFailed(denied.url, 'HTTP 400'),
      1,
    ])
  })

  it('opens no address but that of a web page', async () => {
    for (const address of ['file:///etc/passwd', 'http://example.com/', 'javascript:alert(1)']) {
      const { url, code } = await requestFrom(answerWith({ verification_uri: address }))
      expect(code).to.equal(signInFailed(url, address))
    }
  })

  it('shows and opens an address without spaces and control characters', async () => {
    const address = 'https://EXAMPLE.com/\u001b]8;;x\u0007a b\u202e?q=\u001b[2J#\u009b'
    const { code } = await requestFrom(answerWith({ verification_uri: address }))
    expect(Object(code).url).to.equal(
      'https://example.com/%1B]8;;x%07a%20b%E2%80%AE?q=%1B[2J#%C2%9B',
    )
  })

  it('polls each minute, and for an hour, when the server names longer times', async () => {
    const times = { expires_in: 31_000_000, interval: 30_000_000 }
    const facts = { verification_uri: 'https://example.com/', ...times }
    const { code } = await requestFrom(answerWith(facts))
    const { expiresInMs, intervalMs } = Object(code)
    expect([expiresInMs, intervalMs]).to.deep.equal([3_600_000, 60_000])
  })

  it('ends in the time of the code when the server asks to slow down for ever', async () => {
    cloud.polls = Array(100).fill([400, { error: 'slow_down' }])
    expect(await outcome()).to.equal(CODE_EXPIRED)
    expect(waits.length).to.be.lessThan(30)
  })

  it('reads no answer that does not end, or is none of OAuth', async () => {
    const { url, code } = await requestFrom((_, response) => {
      const write = (): void => {
        while (!response.closed && response.write('x'.repeat(65_536)));
      }
      response.on('drain', write)
      write()
    })
    expect(code).to.equal(signInFailed(url, ANSWER_TOO_LONG))
    const page = await requestFrom((_, response) => void response.end('<html>Welcome</html>'))
    expect(page.code).to.equal(signInFailed(page.url, unexpectedAnswer(200, true)))
    const moved = await requestFrom(
      (_, response) => void response.writeHead(307, { location: 'http://example.com/' }).end(),
    )
    expect(moved.code).to.include(signInFailed(moved.url, ''))
  })

  it('takes no token with a line break', async () => {
    const bad = { access_token: 'a\nx-header: b', refresh_token: null, expires_in: null }
    cloud.polls = Array(3).fill([200, bad])
    expect(await outcome()).to.equal(signInFailed(cloud.url, unexpectedAnswer(200, true)))
    cloud.polls = [[200, { ...bad, access_token: 'plain' }]]
    expect(await outcome()).to.equal('signed in with plain')
  })

  it('exchanges a refresh token once, and reports that another one is rejected', async () => {
    const code = await client.requestCode(signal)
    const { refresh } = await client.waitForTokens(code, signal)
    const renewed = await client.refresh(refresh ?? '')
    expect(renewed?.refresh).to.be.a('string').and.not.equal(refresh)
    expect(await client.refresh(refresh ?? '')).to.equal(null)
    expect(await client.revoke(renewed?.refresh ?? '')).to.equal(true)
  })
})
