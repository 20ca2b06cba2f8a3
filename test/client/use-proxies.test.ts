import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { APIConnectionError } from '@letta-ai/letta-client'
import { expect } from 'chai'
import { toUserError } from '../../lib/client/errors.ts'
import {
  CERTIFICATE_HINT,
  invalidProxy,
  PROXY_CLOSED,
  proxyAnswered,
  throughProxy,
} from '../../lib/client/messages.ts'
import { useProxies } from '../../lib/client/use-proxies.ts'
import type { UserError } from '../../lib/util/user-error.ts'
import { rejection } from '../support/rejection.ts'
import { withProgram } from '../support/with-program.ts'

const MODELS = 'http://models.example.test/v1'

/** Proxies are of the process, so each test runs letta as one. */
describe('Behind a proxy, letta', () => {
  const desk = withProgram()
  let proxy: Server
  let asked: string[]
  let address: string

  beforeEach(async () => {
    await desk.setUp([{ text: 'Hello from afar.' }])
    asked = []
    // Forwards every request to the scripted model.
    proxy = createServer((incoming, outgoing) => {
      asked.push(String(incoming.url))
      const { method, headers } = incoming
      const { pathname } = new URL(String(incoming.url))
      const forwarded = request(
        new URL(pathname, desk.model.url),
        { method, headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
          answer.pipe(outgoing)
        },
      )
      incoming.pipe(forwarded)
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  })
  afterEach(async () => {
    proxy.closeAllConnections()
    proxy.close()
  })

  const ask = (environment: Record<string, string>) =>
    desk.runs(['-p', 'hi', '--new', '--model', 'openai/scripted'], { environment })

  it('asks the proxy for other machines', async () => {
    const { code, stdout } = await ask({ HTTP_PROXY: address, OPENAI_BASE_URL: MODELS })
    expect([code, stdout]).to.deep.equal([0, 'Hello from afar.\n'])
    expect(asked).to.include(`${MODELS}/chat/completions`)
  })

  it('asks the proxy that the settings of the user name, but none that a project names', async () => {
    const settings = JSON.stringify({ env: { HTTP_PROXY: address } })
    desk.write('.letta/settings.json', settings)
    await ask({ OPENAI_BASE_URL: MODELS })
    expect(asked).to.deep.equal([])
    mkdirSync(path.join(desk.home, '.letta'), { recursive: true })
    writeFileSync(path.join(desk.home, '.letta/settings.json'), settings, { mode: 0o600 })
    const { stdout } = await ask({ OPENAI_BASE_URL: MODELS })
    expect(stdout).to.equal('Hello from afar.\n')
    expect(asked).to.include(`${MODELS}/chat/completions`)
  })

  it('accepts an address without a scheme, in lower case or for all', async () => {
    for (const variable of ['http_proxy', 'ALL_PROXY']) {
      desk.model.setTurns([{ text: 'Hello from afar.' }])
      const environment = { [variable]: address.slice('http://'.length), OPENAI_BASE_URL: MODELS }
      expect((await ask(environment)).code, variable).to.equal(0)
    }
  })

  it('asks this machine and the hosts in NO_PROXY directly', async () => {
    const local = await ask({ HTTP_PROXY: address, HTTPS_PROXY: address })
    expect([local.code, asked]).to.deep.equal([0, []])
    const { code, stderr } = await ask({
      HTTP_PROXY: address,
      NO_PROXY: '.example.test',
      OPENAI_BASE_URL: MODELS,
    })
    expect([code, asked]).to.deep.equal([1, []])
    expect(stderr).to.include('ENOTFOUND').and.not.include(address)
  })

  for (const [entry, url] of [
    ['10.0.0.0/8', 'http://10.255.255.1:8080/v1'],
    ['10.255.*', 'http://10.255.255.1:8080/v1'],
    ['fd00::/8', 'http://[fd00::1]:8080/v1'],
    ['[fd00::1]:8080', 'http://[fd00::1]:8080/v1'],
    ['.example.test', 'http://models.example.test./v1'],
    ['http://models.example.test/', MODELS],
    ['<local>', 'http://buildhost:8080/v1'],
  ] as const) {
    it(`asks ${url} directly when NO_PROXY contains ${entry}`, async () => {
      await ask({
        HTTP_PROXY: address,
        NO_PROXY: `other.test, ${entry}`,
        OPENAI_BASE_URL: url,
        LETTA_MODEL_TIMEOUT: '1',
      })
      expect(asked).to.deep.equal([])
    })
  }

  for (const [how, answer, reason] of [
    ['closes the connection', null, PROXY_CLOSED],
    ['requires a login', 'HTTP/1.1 407 Proxy Authentication Required', proxyAnswered(407)],
    ['allows no tunnel', 'HTTP/1.1 403 Forbidden', proxyAnswered(403)],
  ] as const) {
    it(`names the proxy that ${how}, and does not ask it without end`, async () => {
      let tunnels = 0
      proxy.on('connect', (_, socket) => {
        tunnels++
        if (answer === null) socket.destroy()
        else socket.end(`${answer}\r\nContent-Length: 0\r\n\r\n`)
      })
      const { code, stderr } = await ask({
        HTTPS_PROXY: address,
        OPENAI_BASE_URL: 'https://models.example.test/v1',
      })
      expect(code).to.equal(1)
      expect(stderr).to.include(throughProxy(reason, address))
      expect(tunnels).to.be.below(10)
    })
  }

  it('names the proxy that fails, without its password', async () => {
    const dead = 'http://ada:secret@127.0.0.1:1'
    const { code, stderr } = await ask({ HTTP_PROXY: dead, OPENAI_BASE_URL: MODELS })
    expect(code).to.equal(1)
    expect(stderr).to.include(throughProxy('', 'http://127.0.0.1:1')).and.not.include('secret')
    const server = await desk.runs(['agents', 'list', '--backend', 'http://letta.example.test'], {
      environment: { HTTP_PROXY: dead },
    })
    expect(server.stderr).to.include(throughProxy('connection refused', 'http://127.0.0.1:1'))
  })

  it('refuses what is no address of a proxy, without showing it', async () => {
    for (const value of ['ftp://secret', 'http://', '://secret']) {
      const thrown = (await rejection(useProxies({ HTTPS_PROXY: value }))) as UserError
      expect(thrown.message).to.equal(invalidProxy('HTTPS_PROXY'))
    }
  })

  it('names NODE_EXTRA_CA_CERTS when it does not trust a certificate', () => {
    for (const code of ['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY']) {
      const cause = Object.assign(new Error(code), { code })
      const thrown = toUserError(new APIConnectionError({ cause }), 'https://x', String)
      expect((thrown as UserError).hint, code).to.equal(CERTIFICATE_HINT)
    }
  })
})
